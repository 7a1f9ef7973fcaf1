"""Enum slots: the choice that was named, told by its day or time, or by its place ("the second one")."""

import re
from datetime import date, time

from edge.dialogue import choices, dates, times
from edge.dialogue.fits import Problem
from edge.dialogue.numbers import cardinal, ordinal
from edge.dialogue.reading import ANY, BLANK, DECLINES, Work
from edge.dialogue.schema import Slot
from edge.dialogue.words import Words, join, listen
from edge.dialogue.yesno import verdict


def pick(work: Work) -> None:
    for slot in work.of("choice"):
        asked = work.asked(slot)
        if len(slot.choices) == 1 and slot.needed:
            continue
        matched = _by_moment(work, slot)
        matched = matched or [
            one for one in choices.match(work.words, slot.choices, asked=asked) if not _label(work, slot, one)
        ]
        turned_down = all(one.choice.spoken.lower() in DECLINES for one in matched)
        if slot.name in work.context.known and not asked and not work.corrected(0, len(work.words)):
            matched = [one for one in matched if choices.plainly(work.words, one)]
        if turned_down and asked and (picked := _by_place(work, slot) or _by_verdict(work, slot)):
            matched = [picked]
        if matched:
            _take_choice(work, slot, matched)
        elif problem := _not_offered(work, slot):
            work.take(slot, None, problem)


def _not_offered(work: Work, slot: Slot) -> Problem | None:
    """Something that is none of the choices was named, and not merely misheard."""
    if near := choices.near(work.words, slot.choices):
        return Problem(slot.name, "other_job", tuple(one.choice.spoken for one in near))
    if work.asked(slot) and choices.another_thing(work.words, slot.choices):
        return Problem(slot.name, "not_offered")
    return None


def _label(work: Work, slot: Slot, match: choices.Match) -> bool:
    """Whether only the slot itself was named ("the service"), and none of its choices."""
    return match.score < 1 and {work.words[at].text for at in match.words} <= set(slot.label.split())


def _take_choice(work: Work, slot: Slot, matched: list[choices.Match]) -> None:
    best = matched[0]
    meant = [one for one in matched if one.choice.spoken.lower() not in DECLINES and one.score > best.score - 0.1]
    matched = meant or matched
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


def _by_moment(work: Work, slot: Slot) -> list[choices.Match]:
    """Choices that are days or times, by the day and time that were said."""
    today = work.context.now.date()
    moments = [(choice, *_moment(choice, today)) for choice in slot.choices] if work.asked(slot) else []
    if not any(day or hour for _, day, hour in moments):
        return []
    calendar = dates.Calendar(today)
    days = [found for found in dates.find(work.words, calendar, bare=True) if isinstance(found.value, date)]
    blanked = work.words
    for found in days:
        blanked = tuple(BLANK if found.start <= at < found.end else word for at, word in enumerate(blanked))
    hours = [found for found in times.find(blanked, bare=True) if not work.denied(found.start)]
    days = [found for found in days if not work.denied(found.start)]
    if not days and not hours:
        return []
    matched = []
    for choice, day, hour in moments:
        day_fits = not days or day is None or any(found.value == day for found in days)
        hour_fits = not hours or hour is None or any(_same_dial(found.value, hour) for found in hours)
        if day_fits and hour_fits and ((days and day) or (hours and hour)):
            spans = [*(days if day else ()), *(hours if hour else ())]
            used = tuple(sorted(at for span in spans for at in range(span.start, span.end)))
            matched.append(choices.Match(choice, 1.0, used))
    return matched


def _moment(choice: choices.Choice, today: date) -> tuple[date | None, time | None]:
    """The day and time that a choice names, in ISO form or in words ("Wednesday at ten in the morning")."""
    if choice.day or choice.hour:
        return choice.day, choice.hour
    words = listen(choice.spoken)
    days = [found.value for found in dates.find(words, dates.Calendar(today)) if isinstance(found.value, date)]
    hours = [found.value for found in times.find(words)]
    return (days[0] if days else None), (hours[0] if hours else None)


def _same_dial(one: time, other: time) -> bool:
    return (one.hour % 12, one.minute) == (other.hour % 12, other.minute)


def _by_place(work: Work, slot: Slot) -> choices.Match | None:
    """ "the first one", "number two", "the last", "the later one", "either"."""
    order = [choice for name in work.context.offered for choice in slot.choices if choice.spoken == name] or list(
        slot.choices
    )
    text = join(work.words)
    order = [choice for choice in order if choice.spoken.lower() not in DECLINES] or order
    moments = {choice.spoken: _moment(choice, work.context.now.date()) for choice in order}
    timed = sorted(order, key=lambda c: (moments[c.spoken][0] or date.min, moments[c.spoken][1] or time.min))
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


def _by_verdict(work: Work, slot: Slot) -> choices.Match | None:
    """Yes or no, where values are called so; a yes also to the only value that there is, or that was offered."""
    said = verdict(work.all)
    chosen = next((c for c in slot.choices if said and c.spoken.lower() == said), None)
    real = [c for c in slot.choices if c.spoken.lower() not in DECLINES]
    offered = [c for c in real if c.spoken in work.context.offered]
    for only in (real, offered):
        if chosen is None and said == "yes" and len(only) == 1 and len(slot.choices) > 1:
            chosen = only[0]
    return choices.Match(chosen, 1.0, (0,)) if chosen else None


def _numbered(words: Words, at: int) -> bool:
    return len([word for word in words if word.text]) == 1 or (
        at > 0 and words[at - 1].text in ("number", "option", "choice")
    )
