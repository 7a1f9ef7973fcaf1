"""What an utterance says of a request's slots: values in the schema's own form, and what is wrong with the others."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any

from edge.dialogue import choices, codes, dates, fits, names, times
from edge.dialogue.fits import Problem
from edge.dialogue.money import find_money
from edge.dialogue.numbers import amount, cardinal, digits, ordinal
from edge.dialogue.schema import Slot
from edge.dialogue.words import STOPWORDS, Word, Words, alike, join, stem
from edge.dialogue.yesno import verdict

ANY = re.compile(
    r"\b(?:any ?time|any ?day|whenever|whatever|whichever|doesn't matter|don't mind|don't care|up to you|you (?:choose|pick|decide)|"
    r"either|as soon as (?:possible|you can)|asap|(?:the )?(?:earliest|soonest)|first available|no preference)\b"
)
_NONE = re.compile(r"\b(?:neither|none|no thanks?|nothing|skip|don't have (?:one|any|it)|no)\b")
_BLANK = Word("", "", ".")
_CORRECTION = frozenset("no sorry actually mean make rather instead wait weight".split())


@dataclass(frozen=True, slots=True)
class Context:
    """What is known when an utterance is read.

    ``asked``: slots whose answer is awaited, read with more trust. ``part`` and ``since``: a part of the day and a week
    mentioned before. ``partial``: digits of a number that has not been said to its end. ``offered``: names of choices
    in the order they were last said. ``nouns``: words a count may count.
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


@dataclass(slots=True)
class Gathered:
    """What was found. ``part``, ``since`` and ``partial`` as in Context, for the next time. ``rest``: words not used."""

    values: dict[str, Any] = field(default_factory=dict)
    problems: dict[str, Problem] = field(default_factory=dict)
    part: str | None = None
    since: date | None = None
    partial: str = ""
    rest: Words = ()
    spelled: frozenset[str] = frozenset()


def gather(words: Words, slots: tuple[Slot, ...], context: Context) -> Gathered:
    """Everything the words say of the slots. Never raises; what cannot be read is not there."""
    work = _Work(words, slots, context)
    for step in (
        _told_names,
        _choices,
        _dates,
        _coded,
        _times,
        _moments,
        _money,
        _numbers,
        _bare_names,
        _strings,
        _booleans,
        _nulls,
    ):
        step(work)
    work.out.part = times.part_of_day(words)
    work.out.rest = tuple(word for word in work.words if word.text)
    return work.out


class _Work:
    """The words not yet used, the slots, and what was found so far."""

    def __init__(self, words: Words, slots: tuple[Slot, ...], context: Context) -> None:
        self.all, self.words, self.slots, self.context = words, words, slots, context
        self.out = Gathered()
        self.day: date | None = None
        self.hour: time | None = None

    def of(self, *kinds: str) -> list[Slot]:
        """Slots of these kinds still without a value, those asked for first, then those without a known one."""
        found = [slot for slot in self.slots if slot.kind in kinds and slot.name not in self.out.values]
        return sorted(found, key=lambda slot: (slot.name not in self.context.asked, slot.name in self.context.known))

    def asked(self, slot: Slot) -> bool:
        return slot.name in self.context.asked

    def use(self, start: int, end: int) -> None:
        """No later step looks at these words."""
        self.words = tuple(_BLANK if start <= at < end else word for at, word in enumerate(self.words))

    def take(self, slot: Slot, value: Any, problem: Problem | None = None) -> None:
        if problem is not None:
            self.out.problems[slot.name] = problem
        else:
            self.out.values[slot.name] = [value] if slot.many and not isinstance(value, list) else value
            self.out.problems.pop(slot.name, None)

    def denied(self, start: int) -> bool:
        before = [word.text for word in self.all[max(0, start - 2) : start]]
        return bool(before) and (
            before[-1] in ("not", "isn't")
            or (before[0] in ("not", "isn't") and before[-1] in ("on", "at", "the", "for"))
        )

    def corrected(self, start: int, end: int) -> bool:
        return any(word.text in _CORRECTION for word in self.all[start:end])


def _told_names(work: _Work) -> None:
    for slot in work.of("name")[:1]:
        asked = work.asked(slot)
        found = names.find(work.words)
        if found is None and asked and (spelled := names.spelling(work.words)):
            found = names.find(work.words, asked=True) or spelled
        if found:
            _take_name(work, slot, found)


def _take_name(work: _Work, slot: Slot, found: names.Found) -> None:
    before = work.context.known.get(slot.name)
    value = names.amend(before, found) if isinstance(before, str) else found.value
    fitted = fits.string(slot, value)
    work.use(found.start, found.end)
    if isinstance(fitted, Problem):
        work.take(slot, None, fitted)
    else:
        work.take(slot, fitted)
        work.out.spelled |= {slot.name} if found.spelled else frozenset()


def _choices(work: _Work) -> None:
    for slot in work.of("choice"):
        asked = work.asked(slot)
        if len(slot.choices) == 1 and slot.needed:
            continue
        matched = _by_moment(work, slot) if any(c.day or c.hour for c in slot.choices) else []
        matched = matched or choices.match(work.words, slot.choices, asked=asked)
        if not matched and asked and (picked := _by_place(work, slot) or _by_verdict(work, slot)):
            matched = [picked]
        if matched:
            _take_choice(work, slot, matched)


def _take_choice(work: _Work, slot: Slot, matched: list[choices.Match]) -> None:
    best = matched[0]
    rivals = [one for one in matched if one.score >= best.score - 0.1]
    if slot.many:
        work.take(slot, [one.choice.value for one in matched if one.score >= 0.6])
    elif len(rivals) > 1 and rivals[0].words == rivals[1].words:
        work.take(slot, None, Problem(slot.name, "ambiguous", tuple(one.choice.spoken for one in rivals)))
    else:
        inorder = sorted(rivals, key=lambda one: one.words[0])
        switched = len(inorder) > 1 and work.corrected(inorder[0].words[-1], inorder[-1].words[0])
        best = inorder[-1] if switched else inorder[0]
        work.take(slot, best.choice.value)
    for one in matched:
        for at in one.words:
            work.use(at, at + 1)


def _by_moment(work: _Work, slot: Slot) -> list[choices.Match]:
    """Choices that are days or times, by the day and time that were said."""
    today = work.context.now.date()
    days = [
        found for found in dates.find(work.words, dates.Calendar(today), bare=True) if isinstance(found.value, date)
    ]
    blanked = work.words
    for found in days:
        blanked = tuple(_BLANK if found.start <= at < found.end else word for at, word in enumerate(blanked))
    hours = times.find(blanked, bare=work.asked(slot))
    days = [found for found in days if not work.denied(found.start)]
    hours = [found for found in hours if not work.denied(found.start)]
    if not days and not hours:
        return []
    matched = []
    for choice in slot.choices:
        day_fits = not days or choice.day is None or any(found.value == choice.day for found in days)
        hour_fits = not hours or choice.hour is None or any(_same_dial(found.value, choice.hour) for found in hours)
        if day_fits and hour_fits and ((days and choice.day) or (hours and choice.hour)):
            spans = [*(days if choice.day else ()), *(hours if choice.hour else ())]
            used = tuple(sorted(at for span in spans for at in range(span.start, span.end)))
            matched.append(choices.Match(choice, 1.0, used))
    return matched


def _same_dial(one: time, other: time) -> bool:
    return (one.hour % 12, one.minute) == (other.hour % 12, other.minute)


def _by_place(work: _Work, slot: Slot) -> choices.Match | None:
    """ "the first one", "number two", "the last", "the later one", "either"."""
    order = [choice for name in work.context.offered for choice in slot.choices if choice.spoken == name] or list(
        slot.choices
    )
    text = join(work.words)
    timed = sorted(order, key=lambda c: (c.day or date.min, c.hour or time.min))
    chosen = None
    if re.search(r"\b(?:later|latest|latter)\b", text):
        chosen = timed[-1] if re.search(r"\blate(?:r|st)\b", text) else order[-1]
    elif re.search(r"\b(?:earlier|earliest|former|sooner|soonest)\b", text):
        chosen = timed[0] if "former" not in text else order[0]
    elif re.search(r"\blast\b", text):
        chosen = order[-1]
    elif ANY.search(text):
        chosen = order[0]
    else:
        for at in range(len(work.words)):
            place = ordinal(work.words, at) or (cardinal(work.words, at) if _numbered(work.words, at) else None)
            if place and 1 <= place[0] <= len(order):
                chosen = order[place[0] - 1]
                break
    return choices.Match(chosen, 1.0, tuple(range(len(work.words)))) if chosen else None


def _by_verdict(work: _Work, slot: Slot) -> choices.Match | None:
    """Yes or no, where values are called so; a yes also to the only value there is besides turning it down."""
    said = verdict(work.all)
    chosen = next((c for c in slot.choices if said and c.spoken.lower() == said), None)
    real = [c for c in slot.choices if c.spoken.lower() not in DECLINES]
    if chosen is None and said == "yes" and len(real) == 1 and len(slot.choices) > 1:
        chosen = real[0]
    return choices.Match(chosen, 1.0, (0,)) if chosen else None


def _numbered(words: Words, at: int) -> bool:
    return len([word for word in words if word.text]) == 1 or (
        at > 0 and words[at - 1].text in ("number", "option", "choice")
    )


def _dates(work: _Work) -> None:
    slots = work.of("date", "datetime")
    if not slots:
        return None
    bare = any(work.asked(slot) for slot in slots)
    reading = dates.Calendar(work.context.now.date(), work.context.since, slots[0].when == "")
    found = dates.find(work.words, reading, bare=bare)
    if (
        not found
        and bare
        and ANY.search(join(work.words))
        and slots[0].kind == "date"
        and slots[0].name not in work.context.known
    ):
        return work.take(slots[0], (work.context.now.date() + timedelta(1)).isoformat())
    for one in found:
        work.use(one.start, one.end)
    meant = [one for one in found if not work.denied(one.start)]
    if found and not meant:
        return work.take(slots[0], None, Problem(slots[0].name, "denied"))
    if len(meant) > 1 and (len(slots) == 1 or work.corrected(meant[0].end, meant[-1].start)):
        meant = meant[-1:] if work.corrected(meant[0].end, meant[-1].start) else meant[:1]
    for slot, one in zip(slots, meant, strict=False):
        _take_day(work, slot, one)
    return None


def _take_day(work: _Work, slot: Slot, found: dates.Found) -> None:
    if not isinstance(found.value, date):
        if found.value == "vague_week":
            today = work.context.now.date()
            work.out.since = today + timedelta(7 - today.weekday())
        return work.take(slot, None, Problem(slot.name, found.value, found.on))
    if (problem := fits.moment(slot, found.value)) and slot.kind == "date":
        return work.take(slot, None, problem)
    if slot.kind == "datetime":
        work.day = found.value
        return None
    return work.take(slot, found.value.isoformat())


def _times(work: _Work) -> None:
    slots = work.of("time", "datetime")
    if not slots:
        return None
    counting = any(work.asked(slot) for slot in work.of("integer", "number"))
    bare = any(work.asked(slot) for slot in slots) and not counting
    opens = slots[0].minimum if isinstance(slots[0].minimum, time) else times.OPENS
    closes = slots[0].maximum if isinstance(slots[0].maximum, time) else times.CLOSES
    found = times.find(work.words, bare=bare, opens=opens, closes=closes, part=work.context.part)
    meant = [one for one in found if not work.denied(one.start)]
    if not found and bare and slots[0].name not in work.context.known and ANY.search(join(work.words)):
        part = times.part_of_day(work.words) or work.context.part
        meant = [
            times.Found(
                max(opens, min(closes, time({"afternoon": 14, "evening": 18}.get(part or "", 10)))), 0, 0, False
            )
        ]
    for one in found:
        work.use(one.start, one.end)
    if found and not meant:
        return work.take(slots[0], None, Problem(slots[0].name, "denied"))
    if len(meant) > 1 and len(slots) == 1:
        meant = meant[-1:] if work.corrected(meant[0].end, meant[-1].start) else meant[:1]
    for slot, one in zip(slots, meant, strict=False):
        if slot.kind == "datetime":
            work.hour = one.value
        elif problem := fits.moment(slot, one.value):
            work.take(slot, None, problem)
        else:
            work.take(slot, one.value.isoformat())
    return None


def _moments(work: _Work) -> None:
    """A day and a time make a date-time; with one of them alone the other stays as it was known."""
    if work.day is None and work.hour is None:
        return
    for slot in work.of("datetime")[:1]:
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


def _coded(work: _Work) -> None:
    for slot in work.of("phone", "digits", "code"):
        asked = work.asked(slot)
        shortest, longest = fits.lengths(slot)
        if slot.kind == "phone" and work.context.caller and _same_number(work.all, asked):
            _take_string(work, slot, work.context.caller)
            continue
        if slot.kind == "code":
            found = codes.find_code(work.words, slot.pattern, shortest, longest, asked=asked)
        else:
            found = codes.find_digits(work.words, asked=asked)
        if found is None and asked and slot.kind == "phone" and work.context.caller and verdict(work.all) == "yes":
            _take_string(work, slot, work.context.caller)
        if found:
            work.use(found.start, found.end)
            joined = work.context.partial + found.value if asked else found.value
            whole = next((one for one in (joined, found.value) if isinstance(fits.string(slot, one), str)), joined)
            _take_string(work, slot, whole)
            short = slot.name in work.out.problems and work.out.problems[slot.name].code == "too_short"
            work.out.partial = joined if short else ""


def _same_number(words: Words, asked: bool) -> bool:
    text = join(words)
    return bool(
        re.search(r"\b(?:number i'm calling (?:from|on)|(?:this|same|my current) number|calling from)\b", text)
    ) or (asked and bool(re.search(r"\b(?:this one|the same|this phone)\b", text)))


def _take_string(work: _Work, slot: Slot, value: str) -> None:
    fitted = fits.string(slot, value)
    if isinstance(fitted, Problem):
        return work.take(slot, None, fitted)
    return work.take(slot, int(fitted) if slot.numeric and fitted.isdecimal() else fitted)


def _money(work: _Work) -> None:
    for slot in work.of("money"):
        found = find_money(work.words, asked=work.asked(slot))
        if found is None:
            continue
        cents, start, end = found
        work.use(start, end)
        value: Any = cents / 100 if slot.numeric else f"{cents // 100}.{cents % 100:02d}"
        work.take(slot, value, fits.number(slot, cents / 100))


def _numbers(work: _Work) -> None:
    for slot in work.of("integer", "number"):
        asked = work.asked(slot)
        at = 0
        while at < len(work.words):
            found = amount(work.words, at, guess=asked and _alone(work.words))
            if found is None and asked and work.words[at].text in ("a", "an") and _alone(work.words):
                found = (1, at + 1)
            if found and (asked or _counted(work, slot, found[1])) and not work.denied(at):
                value, end = _decimal(work.words, *found) if slot.kind == "number" else (found[0], found[1])
                work.use(at, end)
                work.take(slot, value, fits.number(slot, value))
                break
            at = max(found[1] if found else 0, at + 1)


def _decimal(words: Words, value: float, end: int) -> tuple[float, int]:
    """What follows "point"; "and a half"."""
    rest = [word.text for word in words[end : end + 3]]
    if rest[:1] == ["point"] and (fraction := digits(words, end + 1))[0]:
        return float(f"{value:.0f}.{fraction[0][:6]}"), fraction[1]
    return (value + 0.5, end + 3) if rest == ["and", "a", "half"] else (value, end)


def _alone(words: Words) -> bool:
    return len([word for word in words if word.text]) <= 3


def _counted(work: _Work, slot: Slot, end: int) -> bool:
    """Whether the number counts what the slot is about: a noun of it follows within three words, or its name came before."""
    own = {stem(word) for word in slot.label.split()} | work.context.nouns
    after = work.all[end : end + 3]
    if any(stem(word.text) in own for word in after if word.text not in STOPWORDS):
        return True
    before = {stem(word.text) for word in work.all[max(0, end - 4) : end]}
    return bool(before & ({stem(word) for word in slot.label.split()} - work.context.nouns)) or (
        slot.name in work.context.known and work.corrected(0, end) and not after
    )


def _bare_names(work: _Work) -> None:
    for slot in work.of("name")[:1]:
        if work.asked(slot) and (found := names.find(work.words, asked=True)):
            _take_name(work, slot, found)


_STRING_LEAD = re.compile(
    r"^(?:(?:uh|um|er|well|so|okay|yes|yeah|sure|it's|it is|its|that's|that is|that would be|i live at|we're at|we are at|the|my|our|please)\s+)+",
    re.IGNORECASE,
)


def _strings(work: _Work) -> None:
    """An address or free text is the whole of an answer, or what follows its own name ("the address is ...")."""
    for slot in work.of("address", "text"):
        told = _after_label(work, slot)
        said = told or (_written(work.all) if work.asked(slot) and not work.out.values else "")
        said = _STRING_LEAD.sub("", said).strip(" .,;:!?-") if told is None else said
        if said and re.search(r"\w", said):
            _take_string(work, slot, said[: slot.longest] if slot.kind == "text" else said)
            if work.asked(slot):
                work.use(0, len(work.words))


def _after_label(work: _Work, slot: Slot) -> str | None:
    label = slot.label.split()
    texts = [word.text for word in work.all]
    for at in range(len(texts) - len(label)):
        if texts[at : at + len(label)] == label and texts[at + len(label)] in ("is", "should"):
            rest = work.all[at + len(label) + 1 :]
            if rest and rest[0].text in ("be", "at"):
                rest = rest[1:]
            return _written(rest).strip(" .,;:!?-") or None
    return None


def _written(words: Words) -> str:
    parts = []
    for word in words:
        glue = word.after if word.after in ("-", "/") else (word.after[:1] if word.after[:1] in (",", ".") else "")
        parts.append(word.raw + (glue if glue in ("-", "/") else glue + " "))
    return "".join(parts).strip()


def _booleans(work: _Work) -> None:
    said = verdict(work.all)
    for slot in work.of("boolean"):
        if (told := _told_boolean(work, slot)) is not None:
            work.take(slot, told)
        elif work.asked(slot) and said:
            work.take(slot, said == "yes")


def _told_boolean(work: _Work, slot: Slot) -> bool | None:
    """ "with delivery", "no gift wrap", or a phrase of its synonyms "true" and "false"."""
    text = join(work.all)
    for key, value in (("false", False), ("true", True), ("False", False), ("True", True)):
        if any(re.search(rf"\b{re.escape(phrase.lower())}\b", text) for phrase in slot.synonyms.get(key, ())):
            return value
    content = [word for word in slot.label.split() if word not in STOPWORDS and word not in ("is", "has", "with")]
    at = [next((i for i, word in enumerate(work.all) if alike(word.text, part) >= 0.9), None) for part in content]
    places = [place for place in at if place is not None]
    if not content or len(places) < len(content) or (work.asked(slot) and verdict(work.all)):
        return None
    before = {word.text for word in work.all[max(0, min(places) - 3) : min(places)]}
    return not before & {"no", "not", "without", "don't", "never", "skip"}


def _nulls(work: _Work) -> None:
    """ "neither", "I don't have one": nothing, where nothing is allowed."""
    if not _NONE.search(join(work.all)):
        return
    for slot in work.slots:
        if not work.asked(slot) or slot.name in work.out.values or slot.kind == "boolean":
            continue
        decline = next((c for c in slot.choices if c.spoken.lower() in DECLINES), None)
        if decline is not None:
            work.take(slot, decline.value)
        elif slot.nullable and not slot.needed:
            work.take(slot, None)


DECLINES = frozenset(
    ("none", "neither", "no", "decline", "declined", "none of these", "none of them", "cancel", "other", "nothing")
)
"""What the value of an enum is called that turns the others down."""
