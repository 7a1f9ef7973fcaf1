"""Tells a call in the order in which it was heard, while it goes on. Pure.

What the agent says is known only when it was recognised, and a line only when the agent has fallen silent: until then,
what happened after it began waits. So does what the caller is about to say, until it is said.
"""

import bisect
import math
import re
from collections.abc import Callable
from dataclasses import replace

from trunkline.caller.report import CallEvent


class Telling:
    """Hands events to ``tell``, each once, by their time; of the same time, in the order in which they came."""

    def __init__(self, tell: Callable[[CallEvent], None]) -> None:
        self._tell = tell
        self._waiting: list[CallEvent] = []
        self._unknown: dict[int, float] = {}
        """Where in the call those utterances of the agent begin whose words are not known yet."""

    def heard(self, utterance: int, at: float) -> None:
        """The agent said something, from ``at`` seconds of call time; its words follow."""
        self._unknown[utterance] = at

    def known(self, utterance: int, words: str, waited: float | None) -> None:
        """Its words; nothing is told of one without any. ``waited``: milliseconds, by the caller for it."""
        at = self._unknown.pop(utterance)
        if words:
            self.add(CallEvent("agent", at, words, waited))

    def give_up(self) -> None:
        """What is not known by now never will be."""
        self._unknown.clear()

    def add(self, event: CallEvent) -> None:
        """Something that happened, or is about to."""
        bisect.insort(self._waiting, event, key=lambda each: each.at)

    def release(self, now: float, speech: float | None) -> None:
        """Tell all that has happened by ``now``, seconds of call time, and before what the agent is saying: the
        ``speech`` that began then and goes on, and the first utterance whose words are not known."""
        open_from = min([math.inf if speech is None else speech, *self._unknown.values()])
        lines: list[CallEvent] = []
        while self._waiting and self._waiting[0].at <= now and self._waiting[0].at < open_from:
            event = self._waiting.pop(0)
            if lines and lines[-1].kind == event.kind == "agent":
                lines[-1] = replace(lines[-1], text=sentences(f"{lines[-1].text} {event.text}"))
            else:
                lines.append(event)
        for line in lines:
            self._tell(line)


def sentences(words: str) -> str:
    """Each sentence with a capital: one that was recognised by itself, after a pause, may come without."""
    return re.sub(r"(^|[.!?] )([a-z])", lambda found: found[1] + found[2].upper(), words)
