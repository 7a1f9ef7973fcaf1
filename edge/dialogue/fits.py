"""Whether a value fits its slot, and what is wrong where it does not."""

from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

from edge.dialogue import codes
from edge.dialogue.schema import Slot


@dataclass(frozen=True, slots=True)
class Problem:
    """Why what was said cannot be a slot's value. ``bound`` is the limit it breaks, or the choices it may mean.

    Codes: impossible, past, mismatch, vague_week, closed, off_step, no_hour, too_early, too_late, too_small, too_large,
    too_short, too_long, unfit, ambiguous, denied, over, other_job, not_offered, needed.
    """

    slot: str
    code: str
    bound: Any = None


def moment(slot: Slot, value: date | time) -> Problem | None:
    """A day or time outside the schema's bounds, or a day of the week on which it cannot be."""
    if _below(value, slot.minimum):
        return Problem(slot.name, "too_early", slot.minimum)
    if _below(slot.maximum, value):
        return Problem(slot.name, "too_late", slot.maximum)
    if isinstance(value, date) and value.weekday() not in slot.weekdays:
        return Problem(slot.name, "closed")
    return None


def possible(slot: Slot, since: date, days: int) -> list[date]:
    """Those of so many days, the first of them ``since``, that fit."""
    return [day for ahead in range(days) if moment(slot, day := since + timedelta(ahead)) is None]


def _below(one: Any, other: Any) -> bool:
    """Whether ``one`` is less, where the two can be compared at all."""
    return type(one) is type(other) and bool(one < other)


def on_step(slot: Slot, value: time) -> Problem | None:
    """A time between two possible ones; the bound is both."""
    minutes = value.hour * 60 + value.minute
    if not slot.step or minutes % slot.step == 0:
        return None
    before = minutes - minutes % slot.step
    near = [time(m // 60, m % 60) for m in (before, before + slot.step) if m < 24 * 60]
    return Problem(slot.name, "off_step", tuple(one for one in near if moment(slot, one) is None))


def number(slot: Slot, value: float) -> Problem | None:
    """A number outside the schema's bounds."""
    if isinstance(slot.minimum, int | float) and value < slot.minimum:
        return Problem(slot.name, "too_small", slot.minimum)
    if isinstance(slot.maximum, int | float) and value > slot.maximum:
        return Problem(slot.name, "too_large", slot.maximum)
    return None


def string(slot: Slot, value: str) -> str | Problem:
    """The string in the form the schema asks for, or what is wrong with it."""
    if slot.kind in ("phone", "digits", "code"):
        return _coded(slot, value)
    if len(value) > slot.longest:
        return Problem(slot.name, "too_long", slot.longest)
    form = codes.fit(value, slot.pattern, 0, slot.longest)
    return form if form is not None and len(form) >= slot.shortest else Problem(slot.name, "unfit")


def _coded(slot: Slot, value: str) -> str | Problem:
    shortest, longest = lengths(slot)
    form = codes.fit(value, slot.pattern, shortest, longest)
    if form is not None:
        return form
    plain = value.lstrip("+")
    if len(plain) < max(shortest, codes.PHONE_DIGITS[0] if slot.kind == "phone" else 0):
        return Problem(slot.name, "too_short", shortest)
    return Problem(slot.name, "too_long", longest) if len(plain) > longest else Problem(slot.name, "unfit")


def lengths(slot: Slot) -> tuple[int, int]:
    """Fewest and most characters of a coded slot: the schema's, else those of telephone numbers."""
    if slot.kind != "phone":
        return slot.shortest, min(slot.longest, 40)
    fewest, most = codes.PHONE_DIGITS
    return max(slot.shortest, fewest if slot.pattern is None else 0), min(slot.longest, most + 5)
