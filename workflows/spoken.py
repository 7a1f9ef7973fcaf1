"""Days, times and lists in words, as they are said on the phone. No digits, so that any voice reads them right."""

from collections.abc import Sequence
from datetime import date, time

_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
_TENS = dict(enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2))
_ORDINALS = {
    1: "first",
    2: "second",
    3: "third",
    5: "fifth",
    8: "eighth",
    9: "ninth",
    12: "twelfth",
    20: "twentieth",
    30: "thirtieth",
}


def spoken_number(number: int) -> str:
    """A whole number below a million in words: "two thousand one hundred and four"; others as digits."""
    if not 0 <= number < 1_000_000:
        return str(number)
    if number < 20:
        return _UNITS[number]
    if number < 100:
        tens, unit = divmod(number, 10)
        return f"{_TENS[tens]}-{_UNITS[unit]}" if unit else _TENS[tens]
    size, name = (1000, "thousand") if number >= 1000 else (100, "hundred")
    many, rest = divmod(number, size)
    joint = " and " if rest < 100 else " "
    return f"{spoken_number(many)} {name}" + (f"{joint}{spoken_number(rest)}" if rest else "")


def spoken_ordinal(number: int) -> str:
    """1 to 31 as a rank: "twenty-fourth"."""
    if number in _ORDINALS:
        return _ORDINALS[number]
    if number < 20:
        return f"{_UNITS[number]}th"
    return f"{_TENS[number // 10]}-{spoken_ordinal(number % 10)}"


def spoken_day(day: date) -> str:
    """ "Tuesday the twenty-fourth of November"."""
    return f"{day:%A} the {spoken_ordinal(day.day)} of {day:%B}"


def spoken_time(at: time) -> str:
    """ "ten in the morning", "half past two in the afternoon", "noon"."""
    if (at.hour, at.minute) in ((12, 0), (0, 0)):
        return "noon" if at.hour else "midnight"
    part = "in the morning" if at.hour < 12 else "in the afternoon" if at.hour < 18 else "in the evening"
    hour = spoken_number((at.hour - 1) % 12 + 1)
    past = {0: hour, 15: f"quarter past {hour}", 30: f"half past {hour}"}
    return f"{past.get(at.minute, f'{hour} {spoken_number(at.minute)}')} {part}"


def spoken_list(items: Sequence[str], word: str = "or") -> str:
    """ "one, two, or three"."""
    if len(items) < 3:
        return f" {word} ".join(items)
    return f"{', '.join(items[:-1])}, {word} {items[-1]}"


def spoken_digits(text: str) -> str:
    """Digits one by one: "one zero four two"; anything else is left out."""
    return " ".join(_UNITS[int(character)] for character in text if character in "0123456789")
