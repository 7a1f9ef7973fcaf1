"""Days as people say them: "next Tuesday", "the 24th", "November 24th", "in two weeks", "at the weekend"."""

import calendar
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from edge.dialogue.numbers import amount, cardinal, ordinal, spoken_number, spoken_ordinal
from edge.dialogue.words import Words, alike

Wrong = Literal["impossible", "past", "mismatch", "vague_week"]
"""Why a day that was said is none: not in the calendar, over, not that weekday, or a whole week."""

_DAYS = tuple(day.lower() for day in calendar.day_name)
_MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name} | {
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "sept": 9, "oct": 10,
    "nov": 11, "dec": 12,
}  # fmt: skip
_WEEKENDS = frozenset({"weekend", "weekends"})
_SHORT_DAYS = {"mon": 0, "tue": 1, "tues": 1, "wed": 2, "weds": 2, "thu": 3, "thur": 3, "thurs": 3, "fri": 4}
_SPLIT_DAYS = {"mon": 0, "man": 0, "tues": 1, "twos": 1, "two's": 1, "choose": 1, "chews": 1, "wends": 2, "wens": 2,
    "wins": 2, "thirst": 3, "thurs": 3, "thus": 3, "fry": 4, "fri": 4, "satur": 5, "sun": 6}  # fmt: skip
"""What is left of a weekday when the recogniser hears its "day" as a word: "choose day"."""
_BESIDE = {"day after": 1, "following day": 1, "next day": 1, "day before": -1}
_PARTS_OF_WEEK = {"early": 0, "beginning": 0, "start": 0, "middle": 2, "mid": 2, "late": 4, "end": 4}
"""Days after its Monday."""
_FEW = 3
"""Days or weeks after which "a few" begin, and how many days these may then be."""
_FAR = 300
"""Days ahead from which a date is said with its year."""
_JUST_OVER = 14
"""A day and month so few days ago is taken for a slip, not for next year's."""


@dataclass(frozen=True, slots=True)
class Found:
    """A day between two words, or what is wrong with it. ``sure`` where it can be nothing but a day."""

    value: date | Wrong
    start: int
    end: int
    sure: bool = True
    on: date | None = None
    """The day that was meant, where it is known and wrong."""
    days: int = 1
    """How many days it may be, from ``value`` on: a weekend is two."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """How days are read: from ``today``; weekdays from ``since``; ``ahead`` where only days to come count.

    ``known`` is the day that was spoken of last, for "the day after".
    """

    today: date
    since: date | None = None
    ahead: bool = True
    known: date | None = None


_Reader = Callable[[Words, int, Calendar], Found | None]


def find(words: Words, reading: Calendar, *, bare: bool = False) -> list[Found]:
    """Every day in ``words``, in order.

    With ``bare``, an ordinal or a number alone is a day of the month, and "the weekend" is one to come: where no day
    was asked for, it may as well be the one that something broke at.
    """
    found: list[Found] = []
    at = 0
    while at < len(words):
        hits = (hit for reader in _READERS if (hit := reader(words, at, reading)) is not None)
        one = next((hit for hit in hits if bare or hit.sure or hit.days == 1), None)
        if one is None and bare:
            one = _alone(words, at, reading)
        if one is not None:
            found.append(_over(one, reading))
            reading = replace(reading, known=one.value if isinstance(one.value, date) else reading.known)
        at = max(one.end, at + 1) if one else at + 1
    return found


def spoken(day: date, today: date) -> str:
    """The day for the ear: "today", "Tuesday, November twenty-fourth"; with its year where it is far off."""
    if day == today:
        return "today"
    said = f"{calendar.day_name[day.weekday()]}, {calendar.month_name[day.month]} {spoken_ordinal(day.day)}"
    return said if -_JUST_OVER <= (day - today).days < _FAR else f"{said}, {_spoken_year(day.year)}"


def _spoken_year(year: int) -> str:
    century, rest = divmod(year, 100)
    return f"{spoken_number(century)} {spoken_number(rest)}" if 2010 <= year < 2100 else str(year)


def _over(found: Found, reading: Calendar) -> Found:
    """A day before today is wrong where only days to come count."""
    if isinstance(found.value, date) and reading.ahead and found.value < reading.today:
        return Found("past", found.start, found.end, found.sure, found.value)
    return found


def _text(words: Words, at: int) -> str:
    return words[at].text if 0 <= at < len(words) else ""


def _weekday(words: Words, at: int) -> tuple[int, int] | None:
    """Monday is 0, a weekend its Saturday, and the index after it."""
    text = _text(words, at).removesuffix("'s")
    if text in _WEEKENDS:
        return calendar.SATURDAY, at + 1
    if text in _DAYS:
        return _DAYS.index(text), at + 1
    if text in _SHORT_DAYS and _text(words, at + 1) != "day":
        return _SHORT_DAYS[text], at + 1
    if text in _SPLIT_DAYS and _text(words, at + 1) in ("day", "days"):
        return _SPLIT_DAYS[text], at + 2
    if len(text) >= 6 and "day" in text[-4:]:
        best = max(range(7), key=lambda day: alike(text, _DAYS[day]))
        return (best, at + 1) if alike(text, _DAYS[best]) >= 0.85 else None
    return None


def _month(words: Words, at: int) -> int | None:
    text = _text(words, at)
    if text in _MONTHS or len(text) < 6:
        return _MONTHS.get(text)
    return next((number for name, number in _MONTHS.items() if len(name) >= 6 and alike(text, name) >= 0.85), None)


def _day_number(words: Words, at: int) -> tuple[int, int] | None:
    number = ordinal(words, at) or cardinal(words, at)
    return number if number and number[0] <= 99 else None


def _year(words: Words, at: int) -> tuple[int | None, int]:
    """A year at ``at``: "2027", "twenty twenty seven", "two thousand twenty seven"; None where there is none."""
    number = cardinal(words, at)
    if number is None:
        return None, at
    value, end = number
    least = {20: 20, 2000: 1}.get(value)
    if least and (rest := cardinal(words, end)) and least <= rest[0] <= 99:
        value, end = 2000 + rest[0], rest[1]
    return (value, end) if 1900 <= value <= 2100 else (None, at)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _in_year(month: int, day: int, year: int | None, reading: Calendar) -> date | Wrong:
    """The day of this month that was meant: this year's, or the next one's where this year's is over."""
    if year is not None:
        return _date(year, month, day) or "impossible"
    here = _date(reading.today.year, month, day)
    if here is None or (reading.ahead and (reading.today - here).days > _JUST_OVER):
        years = range(
            reading.today.year + (here is not None),
            reading.today.year + 5 if (month, day) == (2, 29) else reading.today.year + 2,
        )
        return next((found for y in years if (found := _date(y, month, day))), "impossible")
    if not reading.ahead and here > reading.today:
        return _date(reading.today.year - 1, month, day) or here
    return here


def _iso(words: Words, at: int, reading: Calendar) -> Found | None:
    parts = [_text(words, at + n) for n in range(3)]
    if not (
        all(part.isdecimal() for part in parts) and len(parts[0]) == 4 and words[at].after == words[at + 1].after == "-"
    ):
        return None
    return Found(_date(int(parts[0]), int(parts[1]), int(parts[2])) or "impossible", at, at + 3)


def _slashed(words: Words, at: int, reading: Calendar) -> Found | None:
    """ "11/24" or "24/11", with or without a year."""
    first, second = _text(words, at), _text(words, at + 1)
    if not (first.isdecimal() and second.isdecimal() and len(first + second) <= 4) or words[at].after != "/":
        return None
    month, day = (int(first), int(second)) if int(first) <= 12 else (int(second), int(first))
    year, end = _year(words, at + 2) if words[at + 1].after == "/" else (None, at + 2)
    return Found(_in_year(month, day, year, reading) if 1 <= month <= 12 else "impossible", at, end)


def _near(words: Words, at: int, reading: Calendar) -> Found | None:
    """ "today", "tomorrow", "the day after tomorrow", "yesterday"."""
    text, after = _text(words, at), _text(words, at + 1)
    if text == "day" and _text(words, at + 1) == "after" and _text(words, at + 2) in ("tomorrow", "tomorow"):
        return Found(reading.today + timedelta(2), at, at + 3)
    step = _BESIDE.get(f"{text} {after}")
    if reading.known and step:
        return Found(reading.known + timedelta(step), at, at + 2)
    offset = {"today": 0, "tonight": 0, "tomorrow": 1, "tomorow": 1, "tomorrow's": 1, "yesterday": -1}.get(text)
    return None if offset is None else Found(reading.today + timedelta(offset), at, at + 1)


def _span(words: Words, at: int, reading: Calendar) -> Found | None:
    """ "in two weeks", "three days from now", "a week from Tuesday", "a fortnight today", "in a few days"."""
    start = at + 1 if _text(words, at) in ("in", "within") else at
    number = amount(words, start) or ((1, start + 1) if _text(words, start) in ("a", "one") else None)
    few = _text(words, start) == "a" and _text(words, start + 1) == "few"
    if few:
        number = (_FEW, start + 2)
    if _text(words, start) == "a" and (couple := amount(words, start + 1)):
        number = (couple[0], couple[1] + (_text(words, couple[1]) == "of"))
    unit = _text(words, number[1]) if number else ""
    if number is None or unit.rstrip("s") not in ("day", "week", "month", "fortnight") or number[0] > 1000:
        return None
    end, base = number[1] + 1, reading.today
    linked = _text(words, end) in ("from", "on", "after") or _text(words, end) in ("ago", "today", "tomorrow")
    if start == at and not linked:
        return None
    sign = -1 if _text(words, end) == "ago" else 1
    if linked:
        end += _text(words, end) in ("from", "on", "after", "ago")
        anchor = _near(words, end, reading) or _named(words, end, reading)
        if anchor and isinstance(anchor.value, date):
            base, end = anchor.value, anchor.end
        elif _text(words, end) in ("now", "then"):
            end += 1
    days = number[0] * sign * {"day": 1, "week": 7, "fortnight": 14}.get(unit.rstrip("s"), 30)
    return Found(base + timedelta(days), at, end, days=_FEW if few else 1)


def _named(words: Words, at: int, reading: Calendar) -> Found | None:
    """A weekday or a weekend, with "this", "next", "last" before it, "week" or a date after it."""
    which = _text(words, at) if _text(words, at) in ("this", "next", "last", "coming") else ""
    start = at + bool(which)
    start += _text(words, start) == "coming"
    weekday = _weekday(words, start)
    if weekday is None:
        return _week(words, at) if which == "next" else None
    day, end = weekday
    dated = _dated(words, end + (_text(words, end) == "on"), reading)
    if dated and which != "last":
        return _agree(day, dated, at, reading)
    if which == "" and _text(words, end) == "next" and _text(words, end + 1) == "week":
        which, end = "next", end + 2
    monday = reading.today - timedelta(reading.today.weekday())
    if which == "next":
        value = monday + timedelta(7 + day)
    elif which == "last":
        value = reading.today - timedelta((reading.today.weekday() - day - 1) % 7 + 1)
    else:
        since = reading.since or reading.today + timedelta(which == "" and reading.ahead)
        value = since + timedelta((day - since.weekday()) % 7)
        if not reading.ahead and reading.since is None:
            value = reading.today - timedelta((reading.today.weekday() - day) % 7)
    weekend = _text(words, start) in _WEEKENDS
    if _text(words, end) == "week" and which == "":
        value, end = value + timedelta(7), end + 1
    return Found(value, at, end, not weekend or which not in ("", "last"), days=2 if weekend else 1)


def _part_of_week(words: Words, at: int, reading: Calendar) -> Found | None:
    """ "The end of the week", which is not today, "the beginning of next week", "early next week"."""
    part = _PARTS_OF_WEEK.get(_text(words, at))
    end = at + 1 + (_text(words, at + 1) == "of")
    end += _text(words, end) in ("the", "this")
    following = _text(words, end) == "next"
    end += following
    if part is None or _text(words, end) != "week":
        return None
    monday = reading.today - timedelta(reading.today.weekday()) + timedelta(7 * following)
    late = part == _PARTS_OF_WEEK["end"]
    return Found(max(reading.today + timedelta(late), monday + timedelta(part)), at, end + 1, days=1 + late)


def _nth(words: Words, at: int, reading: Calendar) -> Found | None:
    """ "The first Monday in December"."""
    number = ordinal(words, at + (_text(words, at) == "the"))
    weekday = _weekday(words, number[1]) if number else None
    month = _month(words, weekday[1] + 1) if weekday and _text(words, weekday[1]) in ("in", "of") else None
    if number is None or weekday is None or month is None or number[0] > 5:
        return None
    year = reading.today.year + (month < reading.today.month)
    first = date(year, month, 1)
    day = first + timedelta((weekday[0] - first.weekday()) % 7 + 7 * (number[0] - 1))
    return Found(day if day.month == month else "impossible", at, weekday[1] + 2)


def _week(words: Words, at: int) -> Found | None:
    if _text(words, at + 1) != "week":
        return None
    return Found("vague_week", at, at + 2)


def _agree(weekday: int, dated: Found, start: int, reading: Calendar) -> Found:
    """A weekday and a date: they must meet. A day of the month alone is looked for in the months to come."""
    value = dated.value
    if not isinstance(value, date):
        return Found(value, start, dated.end, True, dated.on)
    if value.weekday() == weekday:
        return Found(value, start, dated.end)
    if not dated.sure:
        for month in range(1, 3):
            year, number = divmod(value.month - 1 + month, 12)
            later = _date(value.year + year, number + 1, value.day)
            if later and later.weekday() == weekday:
                return Found(later, start, dated.end)
    return Found("mismatch", start, dated.end, True, value)


def _dated(words: Words, at: int, reading: Calendar) -> Found | None:
    """ "November 24th", "the 24th of November", "24 November 2027", "the 24th"."""
    start = at + (_text(words, at) == "the")
    if (month := _month(words, start)) is not None:
        number = _day_number(words, start + 1 + (_text(words, start + 1) == "the"))
        if number is None:
            return None
        year, end = _year(words, number[1])
        return Found(_in_year(month, number[0], year, reading), at, end)
    number = _day_number(words, start)
    if number is None:
        return None
    month = _month(words, number[1] + (_text(words, number[1]) == "of"))
    if month is not None:
        year, end = _year(words, number[1] + 1 + (_text(words, number[1]) == "of"))
        return Found(_in_year(month, number[0], year, reading), at, end)
    count = ordinal(words, start)
    definite = start > at or (count is not None and _text(words, start)[:1].isdecimal())
    if count is None or not definite or _ranks(words, *count):
        return None
    return Found(_of_month(count[0], reading), at, count[1], sure=False)


def _of_month(day: int, reading: Calendar) -> date | Wrong:
    """The next day of this number (the last, where days to come do not count); within three months."""
    step = 1 if reading.ahead else -1
    for month in range(3):
        year, number = divmod(reading.today.month - 1 + step * month, 12)
        found = _date(reading.today.year + year, number + 1, day)
        if found and (found - reading.today).days * step >= 0:
            return found
    return "impossible"


def _alone(words: Words, at: int, reading: Calendar) -> Found | None:
    """A day of the month with nothing around it that says so: "24", "twenty fourth"."""
    if _text(words, at) == "this" and _text(words, at + 1) in ("morning", "afternoon", "evening"):
        return Found(reading.today, at, at + 1)
    number = ordinal(words, at)
    if number is None and _text(words, at).isdecimal() and 12 < int(_text(words, at)[:6]) <= 31:
        number = (int(_text(words, at)), at + 1)
    if _text(words, at - 1) in ("a", "one", "just", "another", "per"):
        return None
    if number is None or _ranks(words, *number):
        return None
    return Found(_of_month(number[0], reading), at, number[1], sure=False)


def _ranks(words: Words, number: int, end: int) -> bool:
    """Whether an ordinal before ``end`` is no day of the month: "the second one", "the first day you have"."""
    after = _text(words, end)
    return after in ("one", "choice", "option", "time", "thing") or (
        number == 1
        and after in ("day", "available", "free", "possible", "open", "you")
        and _text(words, end + 1) != "of"
    )


_READERS: tuple[_Reader, ...] = (_iso, _slashed, _nth, _span, _near, _part_of_week, _named, _dated)
