"""Tells a call in the order in which it was heard, while it goes on. Pure.

What the agent says is known only when it has fallen silent and its words were recognised. Until then, what happened
after it began waits; so does what the caller is about to say, until it is said.
"""

import bisect
from collections.abc import Callable

from trunkline.caller.report import CallEvent


class Telling:
    """Hands events to ``tell``, each once, by their time; of the same time, in the order in which they came."""

    def __init__(self, tell: Callable[[CallEvent], None]) -> None:
        self._tell = tell
        self._waiting: list[CallEvent] = []
        self._unknown: dict[int, float] = {}
        """Where in the call those words of a turn begin that are not known yet."""

    def begins(self, turn: int, at: float) -> None:
        """The agent speaks in this turn, from ``at`` seconds of call time, if it does not already."""
        self._unknown.setdefault(turn, at)

    def known(self, turn: int, words: str, waited: float | None) -> None:
        """These are the words that began; nothing is told of a sound without any. ``waited`` in milliseconds."""
        at = self._unknown.pop(turn, None)
        if at is not None and words:
            self.add(CallEvent("agent", at, words, waited))

    @property
    def unknown(self) -> list[int]:
        """The turns whose words are not known yet, in the order in which they began."""
        return list(self._unknown)

    def add(self, event: CallEvent) -> None:
        """Something that happened, or is about to."""
        bisect.insort(self._waiting, event, key=lambda each: each.at)

    def release(self, now: float) -> None:
        """Tell all that has happened by ``now``, up to the first words that are not known yet."""
        until = min([now, *self._unknown.values()])
        while self._waiting and self._waiting[0].at <= until:
            self._tell(self._waiting.pop(0))
