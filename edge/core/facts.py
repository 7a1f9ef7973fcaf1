"""What a business knows that callers ask about: when it is open, what things cost, whom to call in an emergency."""

import calendar
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time

Hours = tuple[time, time]
"""From, and up to."""

_DAYS = tuple(name.lower() for name in calendar.day_name)
_TIME = r"((?:[01]\d|2[0-3]):[0-5]\d)"
_HOURS = re.compile(f"{_TIME}-{_TIME}")


@dataclass(frozen=True, slots=True)
class Facts:
    """``hours``: by day of the week, Monday is 0; a day that is not there is closed, and none at all is not known.

    ``prices``: by the name of what they are for, as they are to be said ("ninety dollars"). ``emergency_number``: whom
    to call where there is fire, or somebody is hurt.
    """

    hours: Mapping[int, Hours] = field(default_factory=dict)
    prices: Mapping[str, str] = field(default_factory=dict)
    emergency_number: str = "911"


def days_of(text: str) -> range:
    """The days of the week in "monday" or "monday-friday".

    Raises:
        ValueError: they are no such days.
    """
    first, several, last = text.lower().partition("-")
    last = last if several else first
    if first not in _DAYS or last not in _DAYS[_DAYS.index(first) :]:
        raise ValueError(f"{text!r} is not a day of the week such as monday, nor several such as monday-friday.")
    return range(_DAYS.index(first), _DAYS.index(last) + 1)


def hours_of(text: str) -> Hours:
    """The hours in "08:00-18:00".

    Raises:
        ValueError: they are no such hours.
    """
    found = _HOURS.fullmatch(text)
    hours = (time.fromisoformat(found[1]), time.fromisoformat(found[2])) if found else None
    if hours is None or hours[0] >= hours[1]:
        raise ValueError(f"{text!r} are not hours of a day such as 08:00-18:00.")
    return hours


def together(hours: Mapping[int, Hours]) -> list[tuple[int, int, Hours]]:
    """Days in a row with the same hours: the first of them, the last, and the hours."""
    rows: list[tuple[int, int, Hours]] = []
    for day in sorted(hours):
        if rows and rows[-1][1] == day - 1 and rows[-1][2] == hours[day]:
            rows[-1] = (rows[-1][0], day, hours[day])
        else:
            rows.append((day, day, hours[day]))
    return rows
