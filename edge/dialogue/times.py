"""Times of day as people say them: "half past two", "ten in the morning", "10:30", "noon"."""

import calendar
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from typing import Literal

from edge.dialogue.numbers import HOMOPHONES, SMALL, TENS, cardinal, spoken_number
from edge.dialogue.words import Words, join

OPENS, CLOSES = time(8), time(18)
"""The hours in which an ambiguous time ("at two") is looked for first."""
_PARTS = {"morning": "morning", "afternoon": "afternoon", "evening": "evening", "tonight": "night", "night": "night"}
_INTRODUCE = frozenset({"at", "around", "about", "by", "after", "before", "until", "till", "from", "between", "@"})
_PUT_RIGHT = frozenset({"sorry", "no", "rather", "mean", "meant"})
"""After these a number is another time, where one was said before: "at two, sorry, three"."""
_PAST, _TO = frozenset({"past", "after"}), frozenset({"to", "till", "of", "before", "til"})
_UNITS = frozenset(
    """days day weeks week months month hours hour minutes minute years year people times pm's dollars dollar euros
    pounds percent bedroom bathroom floor""".split()
)
_PICKS = frozenset(
    "first second third last later earlier latter former that this other which either no any the".split()
)
"""After these "one" is no hour: "the later one"."""
_MAKE_IT = re.compile(
    r"\b(?:(?:make|say|do) (?:it|that)|(?:we|you|i) (?:do|say|make|have)|(?:it|that|visit|appointment|this) (?:\w+ )?to"
    r"|(?:rather|prefer|want|like)(?: have)?)$"
)
_AFTER = frozenset("instead please then rather on in would is today tomorrow".split())
_PHRASES: Mapping[str, time | Literal["opens", "closes"]] = {
    "first thing": "opens",
    "as early as possible": "opens",
    "as early as you can": "opens",
    "as late as possible": "closes",
    "last thing": "closes",
    "close of business": "closes",
    "end of the day": "closes",
    "after work": "closes",
    "before lunch": time(11),
    "lunchtime": time(12),
    "lunch time": time(12),
    "around lunch": time(12),
    "at lunch": time(12),
    "over lunch": time(12),
    "after lunch": time(13),
}
"""Times that have a name of their own; of the first and the last possible one."""
_WITH_THE = frozenset({"end of the day"})
"""Others with a "the" are no time: "the first thing I need"."""
_HALF_DAY = 720
_MONTHS = frozenset(name.lower() for name in calendar.month_name if name)


@dataclass(frozen=True, slots=True)
class Found:
    """A time between two words; ``firm`` where it can be nothing else."""

    value: time
    start: int
    end: int
    firm: bool


@dataclass(frozen=True, slots=True)
class _Clock:
    """Minutes on the dial, or of the day where ``whole``; and where the words that said so end."""

    minutes: int
    end: int
    firm: bool
    whole: bool = False


def find(
    words: Words, *, bare: bool = False, opens: time = OPENS, closes: time = CLOSES, part: str | None = None
) -> list[Found]:
    """Every time in ``words``, in order. With ``bare``, a number alone is a time ("ten").

    ``part`` is a part of the day which was said before ("morning"), for a time which does not tell its own.
    """
    found: list[Found] = []
    part = part_of_day(words) or part
    at = 0
    while at < len(words):
        clock = _clock(words, at, opens, closes)
        if clock is None:
            at += 1
            continue
        half, end = _half(words, clock.end)
        introduced = at > 0 and (
            words[at - 1].text in _INTRODUCE
            or _made(words, at, end)
            or (words[at - 1].text == "to" and found != [] and found[-1].end == at - 1)
            or (words[at - 1].text in _PUT_RIGHT and found != [])
        )
        firm = clock.firm or half is not None or (introduced and not _counts(words, end))
        if firm or (bare and not _counts(words, end)):
            found.append(Found(_resolve(clock, half or part, opens, closes), at, end, firm))
        at = max(end, at + 1) if firm or bare else at + 1
    return found


def part_of_day(words: Words) -> str | None:
    """ "morning", "afternoon", "evening" or "night" where just one was said, no greeting and not after "not"."""
    parts = {
        _PARTS[word.text]
        for at, word in enumerate(words)
        if word.text in _PARTS
        and not (at and words[at - 1].text == "good")
        and not {"not", "except"}.intersection(before.text for before in words[max(0, at - 3) : at])
    }
    return parts.pop() if len(parts) == 1 else None


def spoken(value: time) -> str:
    """The time for the ear; what ``find`` reads back as the same minute."""
    if (value.hour, value.minute) in ((12, 0), (0, 0)):
        return "noon" if value.hour else "midnight"
    hour = spoken_number(value.hour % 12 or 12)
    minute = f" {'oh ' if value.minute < 10 else ''}{spoken_number(value.minute)}" if value.minute else ""
    return f"{hour}{minute} {_part_phrase(value.hour)}"


def _part_phrase(hour: int) -> str:
    if 1 <= hour < 12:
        return "in the morning"
    if 12 <= hour < 18:
        return "in the afternoon"
    return "in the evening" if 18 <= hour < 21 else "at night"


def _text(words: Words, at: int) -> str:
    return words[at].text if 0 <= at < len(words) else ""


def _made(words: Words, at: int, end: int) -> bool:
    """Whether a time is what is wished for: "make it ten", "could we do ten", "move it to ten", "ten instead"."""
    alone = end == len(words) or words[end - 1].ends or _text(words, end) in _AFTER
    return bool(_MAKE_IT.search(join(words[max(0, at - 4) : at]))) and (alone or _text(words, at - 1) in ("it", "that"))


def _counts(words: Words, end: int) -> bool:
    """Whether the number counts something, as in "two weeks"."""
    return _text(words, end) in _UNITS


def _clock(words: Words, at: int, opens: time, closes: time) -> _Clock | None:
    text = _text(words, at).removesuffix("ish")
    if phrase := next((one for one in _PHRASES if join(words[at : at + len(one.split())]) == one), None):
        meant = _PHRASES[phrase]
        value = opens if meant == "opens" else closes if meant == "closes" else meant
        if _text(words, at - 1) != "the" or phrase in _WITH_THE:
            return _Clock(value.hour * 60 + value.minute, at + len(phrase.split()), True, True)
    if text in ("noon", "midday", "noontime"):
        return _Clock(_HALF_DAY, at + 1, True, True)
    if text == "midnight":
        return _Clock(0, at + 1, True, True)
    return _relative(words, at) or _digital(words, at) or _hour(words, at)


def _relative(words: Words, at: int) -> _Clock | None:
    """ "half past two", "half two", "quarter to three", "ten past four"; but not "from ten to four"."""
    if _text(words, at - 1) == "from":
        return None
    start = at + 1 if _text(words, at) == "a" else at
    if _text(words, start) == "half":
        after = start + 2 if _text(words, start + 1) in _PAST else start + 1
        hour = _hour_number(words, after)
        return _Clock(hour[0] % 12 * 60 + 30, _oclock(words, hour[1]), True) if hour else None
    if _text(words, start) == "quarter":
        minutes, after = 15, start + 1
    elif (number := cardinal(words, start)) and 1 <= number[0] <= 59:
        minutes, after = number
        after += _text(words, after) in ("minutes", "minute")
    else:
        return None
    hour = _hour_number(words, after + 1)
    if hour is None or _text(words, after) not in _PAST | _TO or words[after - 1].ends:
        return None
    if _text(words, after) in _TO:
        minutes = -minutes
    return _Clock((hour[0] * 60 + minutes) % _HALF_DAY, _oclock(words, hour[1]), True)


def _digital(words: Words, at: int) -> _Clock | None:
    """ "10:30", "10.30", "1030", "14:00"."""
    text = _text(words, at).replace(".", ":")
    hour, colon, minute = text.partition(":")
    if not colon and text.isdecimal() and len(text) == 4 and not _year(words, at):
        hour, minute = text[:2], text[2:]
    minute = minute[:2] if minute.count(":") else minute
    if not (hour.isdecimal() and minute.isdecimal() and len(hour) <= 2 and len(minute) == 2):
        return None
    if int(hour) > 23 or int(minute) > 59:
        return None
    whole = int(hour) > 12 or hour.startswith("0")
    minutes = int(hour) * 60 + int(minute)
    return _Clock(minutes if whole else minutes % _HALF_DAY, _oclock(words, at + 1), bool(colon), whole)


def _year(words: Words, at: int) -> bool:
    """Whether four digits are a year: "June 2028", "in 2028"."""
    before = _text(words, at - 1)
    return _text(words, at)[:2] == "20" and (before in ("in", "of", "year") or before in _MONTHS)


def _hour(words: Words, at: int) -> _Clock | None:
    """ "ten", "ten thirty", "two oh five", "ten o'clock", "fourteen hundred"."""
    hour = _hour_number(words, at, most=23)
    if hour is None or (_text(words, at) == "one" and (_text(words, at - 1) in _PICKS or _text(words, at + 1) == "of")):
        return None
    value, end = hour
    minute, after = _minute(words, end)
    closed = _oclock(words, after)
    whole = value > 12 or value == 0
    minutes = value * 60 + minute if whole else value % 12 * 60 + minute
    return _Clock(minutes, closed, closed > after, whole)


def _minute(words: Words, at: int) -> tuple[int, int]:
    """Minutes said after the hour: "thirty", "oh five", "05"; 0 where none are."""
    text = _text(words, at)
    if text in ("oh", "o", "0") and 1 <= SMALL.get(_text(words, at + 1), 0) <= 9:
        return SMALL[_text(words, at + 1)], at + 2
    if text == "hundred":
        return 0, at + 1
    if text.isdecimal() and len(text) != 2:
        return 0, at
    number = cardinal(words, at)
    if number is None or not (10 <= number[0] <= 59 or text.startswith("0")) or (at and words[at - 1].after == ","):
        return 0, at
    return number


def _hour_number(words: Words, at: int, most: int = 12) -> tuple[int, int] | None:
    text = _text(words, at).removesuffix("ish")
    if text in HOMOPHONES and _text(words, at - 1) in ("at", "past") and not words[at].ends:
        follows = _text(words, at + 1)
        return (HOMOPHONES[text], at + 1) if follows in ("", "in", "o'clock", "pm", "am", "on") else None
    if text in SMALL:
        small, tens = SMALL[text], _text(words, at - 1) in TENS and not words[at - 1].ends
        return (small, at + 1) if small <= most and not (tens and 1 <= small <= 9) else None
    if text == "twenty" and most > 12:
        number = cardinal(words, at)
        return number if number and number[0] <= most else None
    if not text.isdecimal() or len(text) > 2 or int(text) > most:
        return None
    return int(text), at + 1


def _oclock(words: Words, at: int) -> int:
    """Past an "o'clock", however it was written."""
    if _text(words, at) in ("o'clock", "oclock", "o'clocks", "clock"):
        return at + 1
    return at + 2 if _text(words, at) in ("o", "a", "of") and _text(words, at + 1) in ("clock", "clocks") else at


def _half(words: Words, at: int) -> tuple[str | None, int]:
    """The half or part of the day right after a time, and the index after it."""
    text = _text(words, at)
    if text in ("am", "pm"):
        return text, at + 1
    if text in ("a", "p") and _text(words, at + 1) == "m":
        return text + "m", at + 2
    start = at
    while start < len(words) and start - at < 3 and _text(words, start) in ("in", "the", "at", "on", "that", "this"):
        start += 1
    if _text(words, start) in _PARTS and (start > at or _text(words, start) != "night"):
        return _PARTS[_text(words, start)], start + 1
    return None, at


def _resolve(clock: _Clock, half: str | None, opens: time, closes: time) -> time:
    """The minute of the day: as the half of the day says, else within opening hours, else by day."""
    if clock.whole:
        return time(clock.minutes // 60 % 24, clock.minutes % 60)
    early, late = clock.minutes, clock.minutes + _HALF_DAY
    if half in ("am", "morning"):
        chosen = early
    elif half in ("pm", "afternoon", "evening"):
        chosen = late
    elif half == "night":
        chosen = early if early < 5 * 60 else late
    else:
        inside = [m for m in (early, late) if opens <= time(m // 60, m % 60) <= closes]
        chosen = inside[0] if inside else (early if early >= 6 * 60 else late)
    return time(chosen // 60, chosen % 60)
