"""Finding the visit that a caller speaks of: under the number they call from, by the name and the day they say.

Never another's: a visit that was booked from another number, or under another name, is as good as not there.
"""

import re
from collections.abc import Awaitable, Callable, Sequence
from datetime import date, timedelta
from difflib import SequenceMatcher
from typing import Any

from pydantic import BaseModel

from workflows.caller import Caller, Unanswered
from workflows.choice import NONE, choice_of
from workflows.errors import ToolError
from workflows.holding import ways_to_say
from workflows.ports import Booked, World
from workflows.slots import spoken_slot, starts
from workflows.spoken import spoken_day, spoken_list, spoken_number
from workflows.steps import quickly

NOTICE = timedelta(hours=2)
"""How long before its start a visit can last be changed: after that its technician is on the way."""

PREPAID = frozenset({"boiler replacement"})
"""Services with a deposit. What becomes of the money is for a person to settle."""

OFFERED = 3
"""How many visits are named to choose from."""

ALIKE = 0.8
"""How alike two words must be to count as one name, heard or spelt a little differently: difflib's ratio."""

_TITLES = frozenset({"mr", "mrs", "ms", "miss", "dr", "mister"})


class Whose(BaseModel):
    """Whose visits, and from which day on."""

    phone: str
    since: date


class Found(BaseModel):
    """The visits of one number."""

    visits: list[Booked]


Find = Callable[[Any, Whose], Awaitable[Found]]
"""A tool's own activity around ``visits_of``."""


async def visits_of(world: World, whose: Whose) -> Found:
    """Look for them. For activities."""
    if world.visits is None:
        raise ToolError("unavailable", "I'm sorry, I can't look up visits at the moment.", fault="system")
    return Found(visits=await world.visits.standing(whose.phone, whose.since))


async def find_visit(find: Find, day: date, name: str, caller: Caller) -> Booked:
    """The visit that the caller means, which can still be changed.

    Raises:
        ToolError: there is none, it is too late, or the caller does not say which.
    """
    if caller.number is None:
        raise ToolError(
            "unknown_number",
            "I'm sorry, I can't see the number you are calling from, so I can't find your visit. Please call again "
            "from the number you booked with. Nothing has been changed.",
        )
    found = await quickly(find, Whose(phone=caller.number, since=caller.now.date()))
    mine = [visit for visit in found.visits if same_person(visit.name, name)]
    if not mine:
        raise ToolError(
            "not_found",
            f"I'm sorry, I find no visit for {name} under the number you are calling from. Nothing has been changed.",
        )
    that_day = [visit for visit in mine if visit.slot.day == day]
    visit = that_day[0] if len(that_day) == 1 else await _which(that_day, mine, day, caller)
    _check_changeable(visit, caller)
    return visit


def same_person(booked: str, said: str) -> bool:
    """Whether every word of the shorter name is in the other, as far as one can hear."""
    one, other = sorted((_words(booked), _words(said)), key=len)
    return bool(one) and all(
        any(SequenceMatcher(None, word, candidate, autojunk=False).ratio() >= ALIKE for candidate in other)
        for word in one
    )


def spoken_visit(visit: Booked) -> str:
    """ "tap repair on Tuesday the twenty-fourth of November at ten in the morning"."""
    return f"{visit.slot.service} on {spoken_slot(visit.slot)}"


async def _which(that_day: Sequence[Booked], mine: Sequence[Booked], day: date, caller: Caller) -> Booked:
    options = {f"the {spoken_visit(visit)}": visit for visit in (that_day or mine)[:OFFERED]}
    spoken = spoken_list(list(options))
    words = {
        option: [visit.slot.service, *ways_to_say(visit.slot), *(["yes", "that one"] if len(options) == 1 else [])]
        for option, visit in options.items()
    }
    text = (
        f"I find {spoken_number(len(that_day))} visits: {spoken}."
        if that_day
        else f"I find no visit on {spoken_day(day)}, but I do find {spoken}."
    )
    end = "Which do you mean?" if len(options) > 1 else "Is that the one you mean?"
    answer = await caller.ask(f"{text} {end}", choice_of(words, "Which visit is meant."), patience=90.0)
    if isinstance(answer, Unanswered):
        raise ToolError(
            "unanswered", "I could not tell which visit you mean, so nothing has been changed. Please call us again."
        )
    if answer.choice == NONE:
        raise ToolError("not_found", "All right. Then I find no such visit, and nothing has been changed.")
    return options[answer.choice]


def _check_changeable(visit: Booked, caller: Caller) -> None:
    if starts(visit.slot) - caller.now.replace(tzinfo=None) < NOTICE:
        raise ToolError(
            "too_late",
            f"I'm sorry, it is too late to change your {spoken_visit(visit)}: {visit.technician} is on the way or has "
            "been. It stays as it is.",
        )
    if visit.slot.service in PREPAID:
        raise ToolError(
            "needs_person",
            f"I'm sorry, a deposit was paid for your {spoken_visit(visit)}, so one of us has to change it with you. "
            "It stays as it is.",
        )


def _words(name: str) -> list[str]:
    return [word for word in re.findall(r"[^\W\d_]+", name.casefold()) if word not in _TITLES]
