"""Slots for days, times, and both in one."""

import math
import re
from dataclasses import replace
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any

from edge.dialogue import dates, fits, places, times
from edge.dialogue.fits import Problem
from edge.dialogue.numbers import cardinal
from edge.dialogue.reading import ANY, Work
from edge.dialogue.schema import Slot
from edge.dialogue.words import join, listen

_OLD = re.compile(
    r"\b(?:from|(?:booked|scheduled|it's|it is|visit|appointment)(?: is)?(?: for| on)?"
    r"|(?:i|we)(?:'ve| have)?(?: already)? (?:booked|scheduled|have|'ve got|made) "
    r"(?:a|an|my|our|the) (?:\w+ ){1,3}(?:for|on))(?: the)?$"
)
_NEW = re.compile(
    r"\b(?:to|(?:make|say) (?:it|that)|rather|(?:we|you|i) (?:do|have|say|make)|prefer|like|better|how about|what about"
    r"|for)(?: (?:on|have|it|for|be|the))*$"
)
"""Before the day that something is booked for, and before the one that is wanted in its place."""
_INSTEAD = re.compile(r"instead|rather|(?:would|is|works?)\b.*\bbetter|please instead")
"""After the one that is wanted."""
_FROM_NOW = re.compile(
    r"\b(?:in|within) (?:about |around |the next )?(?P<many>half an|a couple of|\w+) hours?\b(?: or (?:two|so|three))?"
)
_BEFORE = re.compile(r"^(?!.*\b(?:not|can't|cannot|couldn't|won't|isn't|don't|never|nobody)\b).*\bbefore$")
_STEP = 60
"""Minutes before a time that somebody may have come, where any minute will do."""
_MONTH = 31
"""Days in which one is looked for, where any will do."""


def days(work: Work) -> None:
    slots = work.of("date", "datetime")
    if not slots:
        return None
    slot = slots[0]
    bare = any(work.asked(slot) for slot in slots)
    reading = dates.Calendar(work.context.now.date(), work.context.since, slot.when == "", _known_day(work, slots))
    found = dates.find(work.words, reading, bare=bare)
    if len(found) > 1 and found[0].value == "vague_week":
        reading = replace(reading, since=_next_week(work))  # "Some time next week, Wednesday or Thursday."
        found = dates.find(work.words, reading, bare=bare)[1:]
    for one in found:
        work.use(one.start, one.end)
    work.days_end = tuple(one.end for one in found)
    meant = [one for one in found if not work.denied(one.start)]
    whichever = bare and slot.kind == "date" and slot.name not in work.context.known and ANY.search(join(work.words))
    if whichever and not meant and (day := _first(work, slot, found)):
        return work.take(slot, day.isoformat())
    if found and not meant:
        return work.take(slot, None, Problem(slot.name, "denied"))
    if len(meant) > 1 and work.corrected(meant[0].end, meant[-1].start):
        meant = meant[-1:]
    elif len(slots) == 1:  # Of "Sunday or Monday" it is the one that is possible.
        meant = ([one for one in meant if _fitting(slot, one) or not isinstance(one.value, date)] or meant)[:1]
    for slot, one in _each(work, slots, meant):
        _take_day(work, slot, one)
    return None


def _each(work: Work, slots: list[Slot], meant: list[dates.Found]) -> list[tuple[Slot, dates.Found]]:
    """The slot of each day: the new one and the old one as the words around them say, the others in order."""
    given = []
    for one in meant:
        before, after = join(work.all[: one.start]), join(work.all[one.end : one.end + 3])
        old = _OLD.search(before)
        new = not old and (_NEW.search(before) or _INSTEAD.match(after))
        likely = [slot for slot in slots if (new and slot.changes) or (not new and old and not slot.changes)]
        if slot := next(iter(likely or slots), None):
            slots = [other for other in slots if other is not slot]
            given.append((slot, one))
    return given


def stays(work: Work) -> None:
    """ "The same day", "at the same time as before": what is to be changed keeps its value, a second request has
    that of the first."""
    text = join(work.words)
    only = re.search(r"^(?:(?:at |on )?the )?same(?: as (?:before|now))?(?: please)?$", text)
    for slot in work.of("date", "time"):
        thing = "day|date" if slot.kind == "date" else "time|hour"
        said = re.search(rf"\bsame (?:\w+ )?(?:{thing})\b|\b(?:keep|leave) the (?:{thing})\b", text)
        said = said or re.search(rf"\b(?:{thing}) (?:\w+ )?(?:stays?|same)\b", text)
        if not said and not (only and work.asked(slot)):
            continue
        if slot.changes and slot.nullable:
            work.take(slot, work.context.known.get(slot.changes.partition(".")[2]))
        elif isinstance(before := work.context.earlier.get(slot.name), str) and slot.name not in work.context.known:
            work.take(slot, before)


def _known_day(work: Work, slots: list[Slot]) -> date | None:
    """The day that was given last, which "the day after" comes after."""
    known = [given.get(slot.name) for given in (work.context.known, work.context.earlier) for slot in slots]
    given = next((value for value in known if isinstance(value, str)), None)
    return moment.date() if (moment := parse_datetime(given)) else None


def from_now(work: Work) -> None:
    """ "In an hour or two": a time of today, or of tomorrow where it is so late; rounded up to a possible one."""
    found = _FROM_NOW.search(join(work.words))
    at = work.of("time")
    day = [slot for slot in work.of("date") if at and (slot.changes == "") == (at[0].changes == "")]
    if found is None or not day:
        return
    many = cardinal(listen(found["many"]), 0) or (1, 0)
    hours = {"half an": 0.5, "a couple of": 2.0}.get(found["many"], min(many[0], 24))
    step = timedelta(minutes=at[0].step or 15)
    midnight = work.context.now.replace(hour=0, minute=0, second=0, microsecond=0)
    soon = work.context.now + timedelta(hours=hours)
    moment = midnight + step * math.ceil((soon - midnight) / step)
    start = found.string[: found.start()].count(" ")
    work.use(start, start + len(found[0].split()))
    for slot, value in ((day[0], moment.date()), (at[0], moment.time())):
        work.take(slot, value.isoformat(), fits.moment(slot, value))


def _next_week(work: Work) -> date:
    """Its Monday."""
    today = work.context.now.date()
    return today + timedelta(7 - today.weekday())


def _first(work: Work, slot: Slot, denied: list[dates.Found]) -> date | None:
    """The first day to come that is possible, and that the caller has not denied."""
    since = work.context.since or work.context.now.date() + timedelta(1)
    not_on = {day for one in denied for day in _fitting(slot, one)}
    return next((day for day in fits.possible(slot, since, _MONTH) if day not in not_on), None)


def _fitting(slot: Slot, found: dates.Found) -> list[date]:
    """Those of the days that were said which are possible."""
    return fits.possible(slot, found.value, found.days) if isinstance(found.value, date) else []


def _take_day(work: Work, slot: Slot, found: dates.Found) -> None:
    if not isinstance(found.value, date):
        if found.value == "vague_week":
            work.out.since = _next_week(work)
        return work.take(slot, None, Problem(slot.name, found.value, found.on))
    fitting = _fitting(slot, found)
    if not fitting:
        return work.take(slot, None, fits.moment(slot, found.value))
    if slot.kind == "datetime":
        work.day = fitting[0]
        return None
    return work.take(slot, fitting[0].isoformat())


def hours(work: Work) -> None:
    slots = work.of("time", "datetime")
    if not slots:
        return None
    counting = any(work.asked(slot) for slot in work.of("integer", "number"))
    bare = any(work.asked(slot) for slot in slots) and not counting
    opens = slots[0].minimum if isinstance(slots[0].minimum, time) else times.OPENS
    closes = slots[0].maximum if isinstance(slots[0].maximum, time) else times.CLOSES
    found = times.find(work.words, bare=bare, opens=opens, closes=closes, part=work.context.part)
    if not found and not counting:
        found = _behind_day(work, opens, closes)
    meant = [one for one in found if not work.denied(one.start)]
    if not found and bare and slots[0].name not in work.context.known and ANY.search(join(work.words)):
        part = times.part_of_day(work.words) or work.context.part
        meant = [
            times.Found(
                max(opens, min(closes, time({"afternoon": 14, "evening": 18}.get(part or "", 10)))), 0, 0, False
            )
        ]
    if not found and bare and (picked := _offered(work)):
        meant = [times.Found(picked, 0, 0, False)]
    for one in found:
        work.use(one.start, one.end)
    if found and not meant:
        return work.take(slots[0], None, Problem(slots[0].name, "denied"))
    if len(meant) > 1 and len(slots) == 1:
        last = slots[0].changes or work.corrected(meant[0].end, meant[-1].start)
        meant = meant[-1:] if last else meant[:1]
    for slot, one in zip(slots, meant, strict=False):
        at = _meant(work, slot, one)
        if slot.kind == "datetime":
            work.hour = at
        elif problem := fits.moment(slot, at) or fits.on_step(slot, at):
            work.take(slot, None, problem)
        else:
            work.take(slot, at.isoformat())
    return None


def _behind_day(work: Work, opens: time, closes: time) -> list[times.Found]:
    """The number alone right behind a day: "Tuesday ten"; but not that of a house."""
    for at in work.days_end:
        if (place := places.find(work.words[at:])) and place[0] == 0:
            continue
        found = times.find(work.words[at:], bare=True, opens=opens, closes=closes)
        if found and found[0].start == 0:
            return [replace(found[0], start=at, end=at + found[0].end)]
    return []


def _meant(work: Work, slot: Slot, found: times.Found) -> time:
    """ "Before noon" is the last possible time before it; "not before noon" is noon."""
    minutes = found.value.hour * 60 + found.value.minute - (slot.step or _STEP)
    before = minutes >= 0 and _BEFORE.search(join(work.all[: found.start]))
    return time(minutes // 60, minutes % 60) if before else found.value


def _offered(work: Work) -> time | None:
    """The one that is picked from times that were offered: "the first one", "the later one"."""
    try:
        times_offered = sorted(time.fromisoformat(one) for one in work.context.offered)
    except ValueError:
        return None
    said = {word.text for word in work.words}
    if not times_offered:
        return None
    if said & {"first", "earlier", "former", "sooner", "either"}:
        return times_offered[0]
    return times_offered[-1] if said & {"second", "later", "latter", "last", "other"} else None


def moments(work: Work) -> None:
    """A day and a time make a date-time; with one of them alone the other stays as it was known."""
    if work.day is None and work.hour is None:
        return
    for slot in work.of("datetime")[:1]:
        if slot.name in work.out.problems:
            return  # What was said is no day: its hour is not for the day that was known before.
        before = parse_datetime(work.context.known.get(slot.name))
        day = work.day or (before.date() if before else None)
        hour = work.hour or (before.time() if before else None)
        zone: tzinfo | None = work.context.now.tzinfo
        if day and hour:
            work.take(slot, datetime.combine(day, hour.replace(tzinfo=None), zone).isoformat())
        elif day:
            work.out.since = day
            work.take(slot, None, Problem(slot.name, "no_hour"))
        elif work.context.since and hour:
            work.take(slot, datetime.combine(work.context.since, hour, zone).isoformat())


def parse_datetime(value: Any) -> datetime | None:
    """The moment of an ISO string, or None."""
    try:
        return datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
