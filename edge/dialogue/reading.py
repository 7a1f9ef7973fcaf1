"""An utterance being read: what is known before, what was found so far, and the words not used yet."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from edge.dialogue import fits
from edge.dialogue.fits import Problem
from edge.dialogue.schema import Slot
from edge.dialogue.words import Word, Words, join

ANY = re.compile(
    r"\b(?:any ?time|any ?day|whenever|whatever|whichever|doesn't matter|don't mind|don't care|up to you|"
    r"you (?:choose|pick|decide)|"
    r"either|as soon as (?:possible|you can)|asap|(?:the )?(?:earliest|soonest)|no preference|"
    r"(?:first|next) (?:available|free|possible|open)|first (?:day(?! of)|you have|you can))\b"
)


_DENIES = re.compile(
    r"\b(?:not|isn't|never|except|other than|apart from)(?: (?:on|at|the|for|a))*$|"
    r"\bany ?(?:day|time|thing) (?:but|accept)(?: (?:the|a))?$"
)
"""Before what is not wanted: "not on a Sunday", "any day but Sunday"; recognisers write "accept" for "except"."""
_BUSY = re.compile(
    r"^(?!.*\b(?:not|can't|cannot|couldn't|won't|isn't|don't|never|nobody|no one|wait)\b).*\b(?:until|till|til)"
    r"(?: (?:about|around|on|the))*$"
)
"""Before when something else ends: "I work until three"; but who is "not home until three" can be there then."""


BLANK = Word("", "", ".")


CORRECTION = frozenset("no sorry actually mean make rather instead wait weight".split())
_CANNOT = frozenset("can't cannot couldn't won't".split())
""" "I can't make it on Tuesday" corrects nothing."""


DECLINES = frozenset(
    ("none", "neither", "no", "decline", "declined", "none of these", "none of them", "cancel", "other", "nothing")
)
"""What the value of an enum is called that turns the others down."""


@dataclass(frozen=True, slots=True)
class Context:
    """What is known when an utterance is read.

    ``asked``: slots whose answer is awaited, read with more trust. ``part`` and ``since``: a part of the day and a week
    mentioned before. ``partial``: digits of a number that has not been said to its end. ``offered``: names of choices
    in the order they were last said. ``nouns``: words a count may count. ``earlier``: what the request before this one
    asked for, which "the same day" may mean.
    """

    now: datetime
    asked: frozenset[str] = frozenset()
    known: Mapping[str, Any] = field(default_factory=dict)
    part: str | None = None
    since: date | None = None
    partial: str = ""
    caller: str | None = None
    offered: tuple[str, ...] = ()
    nouns: frozenset[str] = frozenset()
    earlier: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Gathered:
    """What was found. ``part``, ``since``, ``partial``: as in Context, for the next time.

    ``spelled``: for names, the part that was given letter by letter.
    """

    values: dict[str, Any] = field(default_factory=dict)
    problems: dict[str, Problem] = field(default_factory=dict)
    part: str | None = None
    since: date | None = None
    partial: str = ""
    spelled: dict[str, str] = field(default_factory=dict)


class Work:
    """The words not yet used, the slots, and what was found so far."""

    def __init__(self, words: Words, slots: tuple[Slot, ...], context: Context) -> None:
        self.all, self.words, self.slots, self.context = words, words, slots, context
        self.out = Gathered()
        self.day: date | None = None
        self.days_end: tuple[int, ...] = ()
        """Behind the days that were said."""
        self.hour: time | None = None

    def of(self, *kinds: str) -> list[Slot]:
        """Slots of these kinds still without a value, those asked for first, then those without a known one.

        Of those that are all known, the first that is corrected is the new day, not the one it is booked for.
        """
        known = self.context.known
        found = [slot for slot in self.slots if slot.kind in kinds and slot.name not in self.out.values]
        return sorted(
            found,
            key=lambda slot: (
                slot.name not in self.context.asked,
                slot.name in known,
                slot.name in known and not slot.changes,
            ),
        )

    def asked(self, slot: Slot) -> bool:
        return slot.name in self.context.asked

    def use(self, start: int, end: int) -> None:
        """No later step looks at these words."""
        self.words = tuple(BLANK if start <= at < end else word for at, word in enumerate(self.words))

    def take(self, slot: Slot, value: Any, problem: Problem | None = None) -> None:
        if problem is not None:
            self.out.problems[slot.name] = problem
        else:
            self.out.values[slot.name] = [value] if slot.many and not isinstance(value, list) else value
            self.out.problems.pop(slot.name, None)

    def denied(self, start: int) -> bool:
        before = join(self.all[max(0, start - 5) : start])
        return bool(_DENIES.search(before) or _BUSY.search(before))

    def corrected(self, start: int, end: int) -> bool:
        return any(
            word.text in CORRECTION and self.all[max(0, at - 1)].text not in _CANNOT
            for at, word in enumerate(self.all[start:end], start)
        )


def take_string(work: Work, slot: Slot, value: str) -> None:
    fitted = fits.string(slot, value)
    if isinstance(fitted, Problem):
        return work.take(slot, None, fitted)
    return work.take(slot, int(fitted) if slot.numeric and fitted.isdecimal() else fitted)
