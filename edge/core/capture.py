"""Secure keypad capture: keys become a card. Pure: keys and the time go in; what to say and the card come out.

Number, expiry and security code are keyed in one after the other. ``#`` ends one, and so does a pause once it is
whole; ``*`` takes the last digit back, and where there is none, twice, it cancels. What is said tells how many digits
there are, never which. Times are seconds of call audio.
"""

from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Literal

from edge.core import cards
from edge.core.cards import Card
from edge.core.wishes import Wish

StopReason = Literal["cancelled", "timed_out", "invalid"]

MOST = 24
"""Digits of one entry that are kept: more than any is long, so that a longer one is seen to be too long."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a caller gets, in seconds."""

    pause: float = 2.5
    """After a key: then the entry is ended if it is whole; else they are told how far they are."""
    silence: float = 15.0
    """After the last words said to them, without any key: then they are asked again."""
    hold: float = 40.0
    """The same once they have asked us to wait."""
    reminders: int = 3
    """How often in a row they are asked again before the capture ends."""
    tries: int = 3
    """How often one entry may be wrong."""
    total: float = 300.0
    """For the whole of it."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """Say this, in place of anything that waits to be said. It holds no digits."""

    text: str


@dataclass(frozen=True, slots=True)
class Submit:
    """The card is whole: have the gateway take it, then tell ``refused``, or be done."""

    card: Card


@dataclass(frozen=True, slots=True)
class Stop:
    """There will be no card."""

    reason: StopReason


Step = Prompt | Submit | Stop


class Stage(Enum):
    """What is keyed in now."""

    NUMBER = "card number"
    EXPIRY = "expiry date"
    CODE = "security code"
    SUBMITTED = "submitted"
    OVER = "over"


_ASK = {
    Stage.NUMBER: "Please key in your card number, then press hash.",
    Stage.EXPIRY: "Now the expiry date: two digits for the month, two for the year, then hash.",
    Stage.CODE: "Now the security code on the card, then hash.",
}
_WRONG = {
    Stage.NUMBER: "That does not look like a card number. Please key it in once more, then press hash.",
    Stage.EXPIRY: "That is not an expiry date to come. Please key in two digits for the month and two for the year.",
    Stage.CODE: "That is not as long as this card's security code. Please key it in once more.",
}
_WORDS = (
    "no one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty twenty-one twenty-two twenty-three twenty-four"
).split()
_OPEN = (Stage.NUMBER, Stage.EXPIRY, Stage.CODE)


class Capture:
    """One capture. Nothing of its digits shows in its ``repr``, nor outlives ``Submit`` or ``Stop``."""

    def __init__(
        self, text: str, *, code: bool, voice: bool, today: date, now: float, patience: Patience | None = None
    ) -> None:
        """``text`` is said first; ``code``: whether the security code is wanted; ``voice``: whether wishes are heard.

        ``today`` is the day in the caller's time zone, by which a card is valid.
        """
        self.stage = Stage.NUMBER
        self.patience = patience or Patience()
        self.deadline: float | None = now + self.patience.silence
        self._ends = now + self.patience.total
        self._today = today
        self._wants_code = code
        self._entry = bytearray()
        self._done: dict[Stage, bytearray] = {}
        self._leaving = False
        """``*`` was pressed once where there was nothing to take back."""
        self._told = True
        """Whether the caller knows how many digits there are."""
        self._reminders = 0
        self._wrong = 0
        """How often the entry under way was wrong."""
        self._refused = 0
        cancel = "say cancel, or press star twice" if voice else "press star twice"
        how = f"Star takes back a digit; to leave, {cancel}."
        self.opening = Prompt(" ".join(part for part in (text.strip(), _ASK[Stage.NUMBER], how) if part))

    def __repr__(self) -> str:
        return f"Capture({self.stage.value}, {self.count} digits)"

    @property
    def count(self) -> int:
        """Digits of the entry under way."""
        return len(self._entry)

    # -- what the caller does -----------------------------------------------------------------------------------------

    def press(self, key: str, now: float) -> list[Step]:
        """A key was pressed: 0-9, * or #."""
        if self.stage not in _OPEN:
            return []
        self._reminders = 0
        if key == "*":
            return self._take_back(now)
        self._leaving = False
        if key == "#":
            return self._end_entry(now) if self._entry else []
        if key.isascii() and key.isdecimal() and len(self._entry) < MOST:
            self._entry.append(ord(key))
        self._told = False
        self._wait(self.patience.pause, now)
        return []

    def wishes(self, wish: Wish, now: float) -> list[Step]:
        """The caller said what they wish."""
        if self.stage not in _OPEN:
            return []
        self._reminders = 0
        if wish == "cancel":
            return [self._stop("cancelled")]
        if wish == "wait":
            self._wait(self.patience.hold, now)
            return [Prompt("Of course, take your time.")]
        self._wait(self.patience.silence, now)
        return [Prompt(f"{self._so_far()} {_ASK[self.stage]}".strip())]

    # -- what else happens --------------------------------------------------------------------------------------------

    def said(self, now: float) -> None:
        """The last prompt has been heard, or cut off: patience begins anew."""
        if self.stage in _OPEN and self._told and self.deadline is not None:
            self._wait(max(self.patience.silence, self.deadline - now), now)

    def expire(self, now: float) -> list[Step]:
        """The deadline has passed."""
        if self.stage not in _OPEN or self.deadline is None or now < self.deadline - 1e-9:
            return []
        if now >= self._ends - 1e-9:
            return [self._stop("timed_out")]
        if not self._told:
            return self._paused(now)
        if self._reminders >= self.patience.reminders:
            return [self._stop("timed_out")]
        self._reminders += 1
        self._wait(self.patience.silence, now)
        return [Prompt(f"{self._so_far()} {_ASK[self.stage]}".strip())]

    def refused(self, now: float) -> list[Step]:
        """The gateway does not take this card: another try, from its number on, unless there were too many."""
        if self.stage is not Stage.SUBMITTED:
            return []
        self._refused += 1
        if self._refused >= self.patience.tries or now >= self._ends:
            return [self._stop("invalid")]
        self._begin(Stage.NUMBER, now)
        return [
            Prompt(
                "I'm sorry, that card was not accepted. Please key in its number once more, or another's, then hash."
            )
        ]

    def close(self) -> None:
        """Nothing is wanted any more; every digit that is still here is overwritten."""
        self.stage, self.deadline = Stage.OVER, None
        cards.wipe(self._entry)
        for digits in self._done.values():
            cards.wipe(digits)
        self._done.clear()

    # -- inside -------------------------------------------------------------------------------------------------------

    def _wait(self, seconds: float, now: float) -> None:
        self.deadline = min(now + seconds, self._ends)

    def _stop(self, reason: StopReason) -> Stop:
        self.close()
        return Stop(reason)

    def _take_back(self, now: float) -> list[Step]:
        if self._entry:
            self._entry[-1] = 0
            self._entry.pop()
            self._told, self._leaving = False, False
            self._wait(self.patience.pause, now)
            return []
        if self._leaving:
            return [self._stop("cancelled")]
        self._leaving = self._told = True
        self._wait(self.patience.silence, now)
        return [Prompt("There is nothing left to take back. Press star once more to cancel.")]

    def _paused(self, now: float) -> list[Step]:
        """No key for a while: the entry is over if it is whole."""
        if self._whole():
            return self._end_entry(now)
        self._told = True
        self._wait(self.patience.silence, now)
        return [Prompt(self._so_far() or "All digits are taken back.")]

    def _whole(self) -> bool:
        """Whether the entry is what it should be, and of the usual length: not the beginning of a longer one."""
        usual = {Stage.NUMBER: cards.network(self._entry).lengths[0], Stage.EXPIRY: 4}
        return len(self._entry) == usual.get(self.stage, len(self._entry)) and self._fits()

    def _fits(self) -> bool:
        if self.stage is Stage.NUMBER:
            return cards.number_fits(self._entry)
        if self.stage is Stage.EXPIRY:
            return cards.expiry_fits(self._entry, self._today)
        return cards.code_fits(self._entry, self._done[Stage.NUMBER])

    def _end_entry(self, now: float) -> list[Step]:
        if not self._fits():
            self._wrong += 1
            if self._wrong >= self.patience.tries:
                return [self._stop("invalid")]
            stage = self.stage
            self._begin(stage, now)
            return [Prompt(_WRONG[stage])]
        many = _WORDS[len(self._entry)]
        self._done[self.stage], self._entry, self._wrong = self._entry, bytearray(), 0
        following = {Stage.NUMBER: Stage.EXPIRY, Stage.EXPIRY: Stage.CODE if self._wants_code else Stage.SUBMITTED}
        after = following.get(self.stage, Stage.SUBMITTED)
        if after is Stage.SUBMITTED:
            return self._submit()
        thanks = f"Thank you, {many} digits." if self.stage is Stage.NUMBER else "Thank you."
        self._begin(after, now)
        return [Prompt(f"{thanks} {_ASK[after]}")]

    def _begin(self, stage: Stage, now: float) -> None:
        cards.wipe(self._entry)
        self.stage, self._told, self._leaving = stage, True, False
        self._wait(self.patience.silence, now)

    def _submit(self) -> list[Step]:
        card = Card(self._done[Stage.NUMBER], self._done[Stage.EXPIRY], self._done.get(Stage.CODE, bytearray()))
        self._done.clear()
        self.stage, self.deadline = Stage.SUBMITTED, None
        return [Prompt("Thank you. One moment, please."), Submit(card)]

    def _so_far(self) -> str:
        """How many digits there are; never which."""
        if not self._entry:
            return ""
        return f"{_WORDS[len(self._entry)]} digit{'' if len(self._entry) == 1 else 's'} so far.".capitalize()
