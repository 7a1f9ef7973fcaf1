"""Questions for slots: the first asking, other words when the answer was not understood, and what was wrong with it."""

import calendar
from collections.abc import Mapping, Sequence
from datetime import date, time, timedelta
from typing import Any

from edge.core.asked import asks_for, most_patient
from edge.core.conversation import Profile
from edge.core.numerals import OF_LENGTH
from edge.dialogue import dates, times
from edge.dialogue.fits import Problem, lengths, possible
from edge.dialogue.phrasing import Voice, choice_name, listed, phrase, told, value
from edge.dialogue.schema import Slot

_PLAIN = frozenset(
    "day date time hour when name full name your name number phone phone number address quantity amount".split()
)
_PARTS = {
    "morning": (time(0), time(12)),
    "afternoon": (time(12), time(18)),
    "evening": (time(17, 30), time(23, 59)),
}
"""Parts of a day, from when to when."""
MOST_OFFERED = 5
"""Choices that one can bear to hear in one sentence."""


_EXPECTS: Mapping[str, Profile] = {
    "name": "name",
    "phone": "digits",
    "digits": "digits",
    "code": "digits",
    "address": "address",
    "boolean": "yes_no",
    "text": "open",
}
"""The others are brief."""
_AS_WORDED = frozenset({"choice", "text", "datetime", "integer"})
"""What may be told at length or in a word, in parts or at once, as the question has it."""


def expects(slots: Sequence[Slot], say: str) -> Profile:
    """How patiently the answer to these words is to be listened to.

    By what is asked for, and of several things half may come first; but "would ten suit you?" is answered by yes or no,
    and "what do you need done?" may be told at length, though one of a few things is to come of it.
    """
    asked = asks_for(say)
    if asked and (asked.profile == "yes_no" or (len(slots) == 1 and slots[0].kind in _AS_WORDED)):
        return asked.profile
    return most_patient([_expected(slot) for slot in slots])


def _expected(slot: Slot) -> Profile:
    """How patiently the answer for one slot is listened to: where a number's length is known, until it is whole."""
    length = slot.shortest if slot.kind in ("digits", "code") and slot.shortest == slot.longest else 0
    return OF_LENGTH.get(length) or _EXPECTS.get(slot.kind, "brief")


def together(missing: Sequence[Slot]) -> tuple[Slot, ...]:
    """What is asked for next: the first slot that is missing; a day and a time at once, where there is one of each."""
    first = missing[0]
    pair = tuple(
        slot for slot in missing if slot.kind in ("date", "time") and (slot.changes == "") == (first.changes == "")
    )
    return pair if first in pair and {slot.kind for slot in pair} == {"date", "time"} and len(pair) == 2 else (first,)


def ask(voice: Voice, slots: Sequence[Slot], today: date, *, part: str | None = None, week: bool = False) -> str:
    """The question for one slot, or for a day and a time."""
    if len(slots) > 1:
        return voice.pick(
            "What day and time would suit you?",
            "Which day and time works best?",
            "When would you like that, what day and time?",
        )
    slot = slots[0]
    if slot.kind == "date" and week:
        return voice.pick("Which day next week would suit you?", "What day next week is best for you?")
    if slot.kind == "time" and part in _PARTS and not _closed(slot, part):
        return voice.pick(f"What time in the {part} would suit you?", f"And at what time in the {part}?")
    return slot.ask or _plainly(voice, slot, today)


def _closed(slot: Slot, part: str) -> bool:
    """Whether no time in this part of the day is possible."""
    begins, ends = _PARTS[part]
    return (isinstance(slot.maximum, time) and slot.maximum < begins) or (
        isinstance(slot.minimum, time) and slot.minimum >= ends
    )


def _plainly(voice: Voice, slot: Slot, today: date) -> str:
    """A question made from the slot's kind and name."""
    label, plain = slot.label, slot.label in _PLAIN or slot.label.split()[-1] in _PLAIN
    if slot.kind == "choice":
        noun = label if label.endswith("s") else f"{label}"
        return voice.pick(
            f"Which {noun} would you like: {offer(slot, today)}?", f"What {noun} should it be: {offer(slot, today)}?"
        )
    if slot.kind == "boolean":
        return _yes_or_no(slot)
    if slot.kind in ("date", "datetime"):
        return (
            voice.pick("What day would suit you?", "Which day is best for you?") if plain else f"What is the {label}?"
        )
    if slot.kind == "time":
        return (
            voice.pick("What time would suit you?", "At what time would you like that?")
            if plain
            else f"What is the {label}?"
        )
    if slot.kind == "name":
        return voice.pick(
            "And what name should I put it under?",
            "May I have your name, please?",
            "Could you tell me your name, please?",
        )
    if slot.kind == "phone":
        return voice.pick("What phone number can we reach you on?", "And what is the best number to reach you on?")
    if slot.kind == "address":
        return voice.pick("What is the address, please?", "And which address is it for?")
    if slot.kind == "integer":
        counted = label.endswith("s") and not label.endswith("ss")
        return (
            f"How many {label} would you like?"
            if counted
            else ("How many would you like?" if plain else f"What is the {label}?")
        )
    return voice.pick(
        f"What is the {label}, please?", f"Could you tell me the {label}, please?", f"And what's the {label}?"
    )


def _yes_or_no(slot: Slot) -> str:
    if slot.description.endswith("?"):
        return slot.description
    for lead, form in (
        ("is ", "Is it {}?"),
        ("has ", "Does it have {}?"),
        ("needs ", "Does it need {}?"),
        ("wants ", "Would you like {}?"),
    ):
        if slot.label.startswith(lead):
            return form.format(slot.label.removeprefix(lead))
    return f"Would you like {slot.label}, yes or no?"


def offer(slot: Slot, today: date) -> str:
    """The choices, or the first few of many."""
    names = [choice_name(slot, choice.spoken, today) for choice in slot.choices]
    return listed(names) if len(names) <= MOST_OFFERED else f"{', '.join(names[: MOST_OFFERED - 1])}, or something else"


def example(slot: Slot, today: date) -> str:
    """Something that could be said for this slot."""
    if slot.examples and slot.kind not in ("choice", "date", "time", "datetime", "boolean"):
        return slot.examples[0]
    if slot.kind == "choice":
        return choice_name(slot, slot.choices[0].spoken, today)
    weekday, day = _near(slot, today + timedelta(8 - today.weekday())), _near(slot, today + timedelta(9))
    shown = {
        "date": f"next {weekday:%A}, or {dates.spoken(day, today).partition(', ')[2]}",
        "time": "ten in the morning, or half past two",
        "datetime": f"{weekday:%A} at ten in the morning",
        "integer": "two",
        "number": "two and a half",
        "money": "fifty dollars",
        "boolean": "yes, or no",
        "name": "my name is Sam Carter",
        "phone": "five five five, oh one four two",
        "digits": "four, oh, seven",
        "code": "A as in Adam, four, oh, seven",
        "address": "twelve Harbor Street",
    }
    return shown.get(slot.kind, "")


def _near(slot: Slot, day: date) -> date:
    """This day, or the first after it that is possible."""
    return next(iter(possible(slot, day, 7)), day)


def again(voice: Voice, slots: Sequence[Slot], today: date, misses: int) -> str:
    """The question in other words, the more help the more often it was not understood (``misses`` from 1)."""
    what = " and ".join(_definite(slot) for slot in slots)
    shown = " ".join(
        example(slot, today).split(", or ")[0] if len(slots) > 1 else example(slot, today) for slot in slots
    )
    first = voice.pick(
        f"Sorry, I didn't catch {what}. {ask(voice, slots, today)}",
        f"I'm sorry, I missed {what}. {ask(voice, slots, today)}",
    )
    slot = slots[0]
    if slot.kind == "choice":
        second = f"Let me say what there is: {offer(slot, today)}. Which one would you like?"
        third = f"Just one of these, please: {offer(slot, today)}. You can also say the first, or the second."
    elif slot.kind == "name":
        second = _spelt(slot, what)
        third = f"I still didn't get {what}. You could say, for example: {shown}."
    else:
        second = f"I still didn't get {what}. You could say, for example: {shown}."
        third = _spelt(slot, what)
    last = f"I'm having trouble hearing {what}. Please say only {what}, slowly, or say cancel to leave it."
    return voice.escalate(misses - 1, first, second, third, last)


def _definite(slot: Slot) -> str:
    """ "the day", "the number of pizzas"."""
    counted = slot.kind == "integer" and slot.label.endswith("s")
    return f"the number of {slot.label}" if counted else f"the {slot.label}"


def _spelt(slot: Slot, what: str) -> str:
    if slot.kind == "name":
        return "I'm having a hard time with the name. Could you spell it for me, letter by letter?"
    if slot.kind in ("phone", "digits", "code"):
        return f"Let's take {what} slowly. Could you say it one by one?"
    if slot.kind == "boolean":
        return "I only need a yes or a no here. Which is it?"
    return f"Let's try once more. Just tell me {what}, in a few words."


def wrong(voice: Voice, slot: Slot, problem: Problem, today: date) -> str:
    """What is wrong with what was said, and the question that mends it."""
    more = voice.pick("What other day would suit you?", "Which other day would you like?")
    if problem.code == "impossible":
        return voice.pick("I'm afraid that day isn't in the calendar. ", "Hmm, that day doesn't exist. ") + more
    if problem.code == "past":
        return voice.pick("That day is already over, I'm afraid. ", "I'm afraid that day has already passed. ") + more
    if problem.code == "closed":
        return voice.pick(f"I'm afraid {_weekdays(slot)}. ", f"I'm sorry, {_weekdays(slot)}. ") + more
    if problem.code == "mismatch" and isinstance(problem.bound, date):
        said = dates.spoken(problem.bound, today)
        return f"Let me check that with you: that date is {said}. Which day did you mean?"
    if problem.code == "needed":
        return f"I'm afraid it can't be done without the {slot.label}. {ask(voice, (slot,), today)}"
    if problem.code == "vague_week":
        return ask(voice, (slot,), today, week=True)
    if problem.code == "no_hour":
        return voice.pick("And at what time that day?", "What time on that day would suit you?")
    if problem.code == "off_step" and isinstance(problem.bound, tuple) and problem.bound:
        near = listed([times.spoken(one) for one in problem.bound])
        return f"I can only do that {_grid(slot)}. Would {near} suit you?"
    if problem.code == "over":
        return voice.pick(
            "That time has already passed today, I'm afraid. ", "I'm afraid it's later than that already. "
        ) + ("What time would suit you, or another day?")
    if problem.code == "denied":
        return voice.pick(f"All right, not that {slot.label} then. ", f"Okay, a different {slot.label}. ") + ask(
            voice, (slot,), today
        )
    if problem.code == "ambiguous" and isinstance(problem.bound, tuple):
        return f"Just to be sure: do you mean {listed([choice_name(slot, name, today) for name in problem.bound])}?"
    if problem.code == "other_job" and isinstance(problem.bound, tuple):
        near = listed([phrase(slot, c.value, today) for c in slot.choices if c.spoken in problem.bound])
        which = "Would that do?" if len(problem.bound) == 1 else "Would one of those do?"
        return voice.pick(
            f"I'm afraid that's not something we offer. What comes nearest is {near}. {which}",
            f"I'm sorry, we don't offer that. The nearest thing we have is {near}. {which}",
        )
    if problem.code == "not_offered":
        not_that = voice.pick("I'm afraid that's not something we offer.", "I'm sorry, we don't offer that.")
        return f"{not_that} What there is: {offer(slot, today)}. Which of these would help?"
    return _bounded(voice, slot, problem, today)


def _weekdays(slot: Slot) -> str:
    """On which days of the week it cannot be, or those few on which it can: "we can't do Sundays"."""
    opened, closed = (
        [f"{name}s" for day, name in enumerate(calendar.day_name) if (day in slot.weekdays) is wanted]
        for wanted in (True, False)
    )
    if len(closed) <= len(opened):
        return f"we can't do {listed(closed)}"
    return f"we can only do {listed(opened, 'and')}"


def _grid(slot: Slot) -> str:
    """On which minutes a time may fall."""
    return {60: "on the hour", 30: "on the hour or the half hour"}.get(slot.step, f"every {slot.step} minutes")


def _bounded(voice: Voice, slot: Slot, problem: Problem, today: date) -> str:
    if problem.code in ("too_early", "too_late"):
        limit = "from" if problem.code == "too_early" else "up to"
        return f"I'm afraid I can only take that {limit} {_bound(problem.bound, today)}. {ask(voice, (slot,), today)}"
    if problem.code in ("too_small", "too_large"):
        limit = "At least" if problem.code == "too_small" else "At most"
        bound = value(slot, problem.bound, today)
        return f"I'm sorry, that number won't do. {limit} {bound}, please. {ask(voice, (slot,), today)}"
    if slot.kind in ("phone", "digits", "code"):
        few, many = lengths(slot)
        if problem.code == "too_short" and slot.kind != "code":
            return voice.pick(
                "I only got a part of that number. Could you go on, or say it all once more?",
                f"I think some digits are missing. Could you say the whole {slot.label} again?",
            )
        size = f" It should have {few} characters." if few == many else ""
        return voice.pick(
            f"I'm sorry, that doesn't look like a valid {slot.label}.{size} Could you say it again, one by one?",
            f"Hmm, I didn't get a full {slot.label}.{size} Could you say it once more, slowly?",
        )
    return f"I'm sorry, I can't use that as the {slot.label}. {ask(voice, (slot,), today)}"


def _bound(bound: Any, today: date) -> str:
    if isinstance(bound, time):
        return times.spoken(bound)
    return dates.spoken(bound, today) if isinstance(bound, date) else str(bound)


def taken(voice: Voice, slots: Sequence[Slot], fresh: Mapping[str, Any], today: date) -> str:
    """A word on what was just understood, so that a slip is noticed at once."""
    given = [slot for slot in slots if told(slot, fresh)]
    new = {slot.kind: slot for slot in reversed(given) if not slot.secret}
    if "choice" in new and not new["choice"].many:
        said = phrase(new["choice"], fresh[new["choice"].name], today)
        return voice.pick(f"{said}, of course.", f"Sure, {said}.", f"{said}, certainly.")
    if "date" in new or "time" in new:
        said = " at ".join(value(new[kind], fresh[new[kind].name], today) for kind in ("date", "time") if kind in new)
        return voice.pick(f"{said}, good.", f"Okay, {said}.", f"{said}, got it.")
    if "name" in new:
        first = str(fresh[new["name"].name]).split()[0]
        return voice.pick(f"Thank you, {first}.", f"Thanks, {first}.")
    return voice.pick("All right.", "Thank you.", "Got it.") if given else ""
