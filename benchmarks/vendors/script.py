"""What callers say and what the model answers: the same for every system that is measured."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

_WORD = re.compile(r"[a-z0-9']+")


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of a caller, and the answer to it."""

    heard: str
    """Its words, as recognised."""
    reply: str = "Certainly. I have noted that down for you. Is there anything else?"
    seconds: float | None = None
    """How long its sound lasts, pauses included; None: until half a second of silence."""
    tool: str | None = None
    """Function that the model calls, where it is offered one of this name."""
    arguments: Mapping[str, Any] = field(default_factory=dict)
    after: str = "It is booked. You will get a message."
    """What the model says once the function has been answered."""
    before: str = ""
    """What it says before the call of the function."""


DEFAULT = (
    Turn("Hello, my boiler makes a strange noise.", "Sorry to hear that, I can send someone to have a look at it."),
    Turn(
        "Please book a visit for Tuesday at ten.",
        "One moment, I am booking that for you.",
        tool="book_visit",
        arguments={"service": "boiler service", "day": "Tuesday", "time": "10:00", "name": "Anna Berg"},
    ),
    Turn("And how long will the visit take?", "It usually takes about an hour, sometimes a little more than that."),
    Turn("Thank you, that is all.", "Thank you for calling, and have a lovely day."),
)


@dataclass(frozen=True, slots=True)
class Script:
    """What is said in every call; ``calls`` holds other turns for calls whose tag begins with a key."""

    turns: Sequence[Turn] = DEFAULT
    calls: Mapping[str, Sequence[Turn]] = field(default_factory=dict)

    def of(self, tag: str) -> Sequence[Turn]:
        """The turns of the call with this tag."""
        return next((turns for prefix, turns in self.calls.items() if tag.startswith(prefix)), self.turns)

    def answering(self, words: str, tag: str = "") -> Turn:
        """The turn whose words were heard; where there is none, one that answers anything."""
        wanted = _key(words)
        for turn in (*self.of(tag), *(turn for turns in self.calls.values() for turn in turns), *self.turns):
            if _key(turn.heard) and _key(turn.heard) in wanted:
                return turn
        return Turn(words)


def _key(text: str) -> str:
    return " ".join(_WORD.findall(text.lower()))
