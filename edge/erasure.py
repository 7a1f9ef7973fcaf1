"""What this process erases when it is asked to: the tapes of calls."""

import json
from collections.abc import Awaitable, Callable

from edge.tapes import Tapes


def answerer(node: str, tapes: Tapes) -> Callable[[bytes], Awaitable[bytes]]:
    """Answers a JSON list of call ids with ``{"node", "erased", "left"}``; what is no such list, with zeros."""

    async def answer(question: bytes) -> bytes:
        try:
            asked = json.loads(question)
        except ValueError:
            asked = []
        calls = [each for each in asked if isinstance(each, str)] if isinstance(asked, list) else []
        erased, left = await tapes.erase(calls)
        return json.dumps({"node": node, "erased": erased, "left": left}).encode()

    return answer
