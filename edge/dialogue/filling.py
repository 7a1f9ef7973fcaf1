"""A request goes on: what was said fills or corrects its slots, and the next question follows."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from edge.dialogue import asking, phrasing
from edge.dialogue.confirming import act, judged, read_back, to_change
from edge.dialogue.fits import Problem
from edge.dialogue.reading import Gathered
from edge.dialogue.request import Request, ask_for, dropped, offering
from edge.dialogue.situation import Move, Situation
from edge.dialogue.state import State
from edge.dialogue.yesno import verdict


def advance(here: Situation, request: Request, heard: Gathered, *, lead: str = "") -> Move | None:
    """The next move, or None where the turn says nothing of the request."""
    state = request.state
    changed = {
        name: value for name, value in heard.values.items() if state.slots.get(name) != value or name in heard.spelled
    }
    if state.confirming and not changed and not heard.problems:
        return judged(here, request, heard)
    if state.changing and not changed and not heard.problems and not state.asked:
        return to_change(here, request)
    if not (heard.values or heard.problems or _hinted(heard) or lead):
        return None
    updated = Request(request.tool, request.slots, _updated(request, heard))
    correcting = state.confirming or state.changing
    if heard.problems:
        return _problem(here, updated, heard, changed)
    if over := _over(here, updated):
        heard.problems[over.slot] = over
        updated = Request(request.tool, request.slots, _updated(request, heard))
        return _problem(here, updated, heard, {})
    missing = updated.missing()
    if missing:
        known = lead or asking.taken(here.voice, request.slots, changed, here.today)
        if not known and heard.values:
            known = here.voice.pick("Yes, I have that.", "Right, I have that.")
        return ask_for(here, updated, asking.together(missing), lead=known)
    if request.tool.quick:
        return act(here, updated)  # It changes nothing, so nothing is read back.
    return read_back(here, updated, only=(*changed, *state.unheard) if correcting else (), spelled=heard.spelled)


def _over(here: Situation, request: Request) -> Problem | None:
    """A time of today that has gone by."""
    slots = {slot.kind: slot for slot in request.slots if slot.name in request.state.slots and slot.when == ""}
    if not {"date", "time"} <= slots.keys() or request.state.slots[slots["date"].name] != here.today.isoformat():
        return None
    at = request.state.slots[slots["time"].name]
    if at is None:  # It stays as it was booked.
        return None
    return Problem(slots["time"].name, "over") if at <= here.talk.now.time().isoformat() else None


def _hinted(heard: Gathered) -> bool:
    return heard.part is not None or heard.since is not None


def _updated(request: Request, heard: Gathered) -> State:
    state = request.state
    values = {**state.slots, **heard.values}
    for name, problem in heard.problems.items():
        if problem.code in ("denied", "over"):
            values.pop(name, None)
    return replace(
        state,
        slots=values,
        misses=0,
        part=heard.part or state.part,
        since=heard.since.isoformat() if heard.since else state.since,
        partial=heard.partial,
    )


def _names(problem: Problem) -> tuple[str, ...]:
    """What was offered instead: names of choices, or times."""
    return tuple(one if isinstance(one, str) else one.isoformat() for one in problem.bound)


def _problem(here: Situation, request: Request, heard: Gathered, changed: Mapping[str, Any]) -> Move:
    name, problem = next(iter(heard.problems.items()))
    slot = request.slot(name)
    state = request.state
    fresh = {k: v for k, v in changed.items() if k not in heard.problems}
    lead = asking.taken(here.voice, request.slots, fresh, here.today)
    if problem.code in NOT_OFFERED:  # "Tuesday, all right" would sound as if it could be had.
        lead = ""
    offered = _names(problem) if isinstance(problem.bound, tuple) else offering((slot,))
    state = replace(
        state,
        asked=(name,),
        changing=state.confirming or state.changing,
        confirming=False,
        offering=offered,
        misses=state.misses,
    )
    say = f"{lead} {asking.wrong(here.voice, slot, problem, here.today)}"
    return Move(say, state, expects=asking.expects((slot,), say))


NOT_OFFERED = frozenset({"other_job", "not_offered"})
"""Problems of something that cannot be had at all."""


def turned_down(here: Situation, request: Request) -> Move | None:
    """The caller wants none of what there is: the request ends, and nothing else is booked in its place."""
    state = request.state
    asked = [slot for slot in request.slots if slot.name in state.asked and slot.kind == "choice"]
    if not asked or state.changing or verdict(here.words) != "no":
        return None
    say = here.voice.pick(
        "All right. I'm sorry that I can't help with that.", "Then I can't help with that, I'm sorry."
    )
    return Move(
        f"{say} Is there anything else I can do for you?", replace(dropped(state), closing=True), expects="yes_no"
    )


def missed(here: Situation, request: Request) -> Move:
    """The turn was not understood: ask again, in other words each time."""
    state = replace(request.state, misses=request.state.misses + 1)
    if state.confirming:
        said = phrasing.summary(request.slots, state.slots, here.today)
        say = here.voice.escalate(
            state.misses - 1,
            "Sorry, was that a yes or a no? Is that right?",
            f"I didn't quite get that. I have {said}. Is that right, yes or no?",
            "Please say yes if it's right, or tell me what to change.",
            "I'm having trouble hearing you. Say yes, and I'll go ahead, or say cancel.",
        )
        return Move(say, state, expects="yes_no")
    if state.changing and not state.asked:
        names = phrasing.listed(f"the {slot.label}" for slot in request.slots)
        say = here.voice.escalate(
            state.misses - 1,
            f"Sorry, I didn't get that. Which one should I change: {names}?",
            f"You could say, for example: the {request.slots[-1].label} is wrong.",
            f"Just say one of these, please: {names}.",
        )
        return Move(say, state, expects="brief")
    slots = [slot for slot in request.slots if slot.name in state.asked] or list(
        asking.together(request.missing() or list(request.slots))
    )
    state = replace(state, asked=tuple(slot.name for slot in slots), offering=offering(slots))
    say = asking.again(here.voice, slots, here.today, state.misses)
    return Move(say, state, expects=asking.expects(slots, say))


def back(here: Situation, request: Request) -> Move:
    """After an aside: where the request stood."""
    if request.state.confirming:
        right = here.voice.pick("So, is that right?", "So, is that correct?")
        return Move(right, request.state, expects="yes_no")
    slots = [slot for slot in request.slots if slot.name in request.state.asked]
    if request.state.changing and not slots:
        return Move("So, what should I change?", request.state, expects="brief")
    missing = request.missing()
    if not slots and not missing:
        return read_back(here, request)
    return ask_for(here, request, slots or asking.together(missing))
