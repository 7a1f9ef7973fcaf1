"""What this process erases when it is asked to: the tapes of calls, and the answers that quick tools have kept."""

import json
from collections.abc import Awaitable, Callable

from edge.tapes import Tapes

Forget = Callable[[], Awaitable[tuple[int, int]]]
"""Throws something away: how much that was, and how much is left."""


def answerer(node: str, tapes: Tapes, answers: Forget) -> Callable[[bytes], Awaitable[bytes]]:
    """Answers a JSON list of call ids with ``{"node", "erased", "left", "answers", "answers_left"}``.

    ``erased`` and ``left`` count tapes. What is no such list is answered with zeros.
    """

    async def answer(question: bytes) -> bytes:
        try:
            asked = json.loads(question)
        except ValueError:
            asked = None
        if not isinstance(asked, list):
            return _told(node, (0, 0), (0, 0))
        calls = [each for each in asked if isinstance(each, str)]
        return _told(node, await tapes.erase(calls), await answers())

    return answer


def _told(node: str, tapes: tuple[int, int], answers: tuple[int, int]) -> bytes:
    told = {"node": node, "erased": tapes[0], "left": tapes[1], "answers": answers[0], "answers_left": answers[1]}
    return json.dumps(told).encode()
