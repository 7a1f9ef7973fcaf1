"""A request under way: fill its slots, read it back, correct it, and ask for the business."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from edge.core.conversation import Tool, ToolCall
from edge.dialogue import asking, phrasing, schema
from edge.dialogue.reading import Context, Gathered
from edge.dialogue.schema import Slot
from edge.dialogue.situation import Move, Situation, same
from edge.dialogue.slots import gather
from edge.dialogue.state import State
from edge.dialogue.words import Words, alike, join, listen, stem
from edge.dialogue.yesno import verdict

_RIGHT = ("Is that right?", "Is that correct?", "Have I got that right?", "Shall I go ahead?")
_RIGHT_NOW = ("Is it all correct now?", "Is everything else right?", "Shall I go ahead with that?")
_SPELL = re.compile(r"\b(?:spell|spelled|spelling|letters)\b")
_ASKED_BACK = re.compile(
    r"\b(?:did i (?:say|give|tell)|(?:did|do) you (?:say|have|get|hear|write)|was that|is that for|again)\b"
)
"""The caller wants to hear once more what was understood."""
_KEPT = ("name", "phone", "address")
"""Kinds that one caller's second request has from the first."""


@dataclass(frozen=True, slots=True)
class Request:
    """The tool, its slots, and the state that holds its values."""

    tool: Tool
    slots: tuple[Slot, ...]
    state: State

    def missing(self) -> list[Slot]:
        """What it still needs."""
        return [slot for slot in self.slots if slot.needed and slot.name not in self.state.slots]

    def slot(self, name: str) -> Slot:
        """The slot of this name."""
        return next(slot for slot in self.slots if slot.name == name)


def under_way(here: Situation) -> Request | None:
    """The request being made, if its tool is still there."""
    found = here.tool(here.state.tool)
    return Request(*found, here.state) if found else None


def begin(here: Situation, tool: Tool, *, values: Mapping[str, Any] | None = None) -> Request:
    """A fresh request, with what an earlier one of this call already told (who it is for)."""
    found = here.tool(tool.name)
    slots = found[1] if found else schema.read(tool.parameters)
    known = dict(schema.constants(tool.parameters))
    for earlier in here.requests:
        for slot in slots:
            if slot.kind in _KEPT and isinstance(earlier.arguments.get(slot.name), str):
                known[slot.name] = earlier.arguments[slot.name]
    return Request(tool, slots, _cleared(here.state, tool=tool.name, slots=known | dict(values or {})))


def dropped(state: State) -> State:
    """The state with no request in it."""
    return _cleared(state, tool=None, slots={})


def _cleared(state: State, **changes: Any) -> State:
    fresh = State()
    names = (
        "asked",
        "confirming",
        "read_back",
        "changing",
        "offering",
        "tools_offered",
        "closing",
        "misses",
        "part",
        "since",
        "partial",
    )
    return replace(state, **{name: getattr(fresh, name) for name in names} | changes)


def hear(here: Situation, request: Request, *, told_only: bool = False) -> Gathered:
    """What the turn says of this request. ``told_only``: free text is not taken for an answer."""
    state = request.state
    slots = tuple(
        slot for slot in request.slots if not (told_only and slot.kind in ("text", "address")) and not slot.unfit
    )
    found = gather(here.words, slots, _context(here, request, _trusted(here, request)))
    if (
        not found.values
        and not found.problems
        and (state.confirming or state.changing)
        and _short_correction(here.words)
    ):
        names = frozenset(slot.name for slot in slots if slot.kind in ("name", "choice"))
        rest = tuple(
            word for word in here.words if word.text not in ("no", "not", "wait", "weight", "it's", "should", "be")
        )
        found = gather(rest, slots, _context(here, request, names))
    elif not found.values and not found.problems and not state.confirming and _only_a_name(here.words):
        names = frozenset(slot.name for slot in slots if slot.kind == "name")
        found = gather(here.words, slots, _context(here, request, names))
    return found


def _only_a_name(words: Words) -> bool:
    """A name where something else was asked for: two or three words with capitals and nothing else."""
    return 2 <= len(words) <= 3 and all(word.raw[:1].isupper() and word.text.isalpha() for word in words)


def _trusted(here: Situation, request: Request) -> frozenset[str]:
    """The slots whose answer is awaited; after a no, whatever can be told without doubt."""
    state = request.state
    if state.changing and not state.asked:
        return frozenset(slot.name for slot in request.slots if slot.kind in ("choice", "date", "time", "datetime"))
    if state.confirming:
        short = len(here.words) <= 5 and verdict(here.words) != "yes"
        return frozenset(slot.name for slot in request.slots if slot.kind == "time") if short else frozenset()
    return frozenset(state.asked)


def _short_correction(words: Words) -> bool:
    return 1 < len(words) <= 6 and verdict(words) == "no"


def _context(here: Situation, request: Request, asked: frozenset[str]) -> Context:
    state = request.state
    nouns = {stem(word.text) for word in listen(f"{request.tool.name} {request.tool.title}") if len(word.text) > 3}
    for slot in request.slots:
        nouns |= (
            {stem(word.text) for choice in slot.choices for word in listen(choice.spoken)}
            if slot.kind == "choice"
            else set()
        )
    return Context(
        now=here.talk.now,
        asked=asked,
        known=state.slots,
        part=state.part,
        since=_day(state.since),
        partial=state.partial,
        caller=here.talk.caller,
        offered=state.offering,
        nouns=frozenset(nouns),
    )


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def advance(here: Situation, request: Request, heard: Gathered, *, lead: str = "") -> Move | None:
    """The next move, or None where the turn says nothing of the request."""
    state = request.state
    changed = {
        name: value for name, value in heard.values.items() if state.slots.get(name) != value or name in heard.spelled
    }
    if state.confirming and not changed and not heard.problems:
        return _judged(here, request, heard)
    if state.changing and not changed and not heard.problems and not state.asked:
        return _to_change(here, request)
    if not (heard.values or heard.problems or _hinted(heard) or lead):
        return None
    updated = Request(request.tool, request.slots, _updated(request, heard))
    correcting = state.confirming or state.changing
    if heard.problems:
        return _problem(here, updated, heard, changed)
    missing = updated.missing()
    if missing:
        known = lead or asking.taken(here.voice, request.slots, changed, here.today)
        return _ask(here, updated, asking.together(missing), lead=known)
    return read_back(here, updated, only=tuple(changed) if correcting and here.heard else (), spelled=heard.spelled)


def _hinted(heard: Gathered) -> bool:
    return heard.part is not None or heard.since is not None


def _updated(request: Request, heard: Gathered) -> State:
    state = request.state
    values = {**state.slots, **heard.values}
    for name, problem in heard.problems.items():
        if problem.code == "denied":
            values.pop(name, None)
    return replace(
        state,
        slots=values,
        misses=0,
        part=heard.part or state.part,
        since=heard.since.isoformat() if heard.since else state.since,
        partial=heard.partial,
    )


def _problem(here: Situation, request: Request, heard: Gathered, changed: Mapping[str, Any]) -> Move:
    name, problem = next(iter(heard.problems.items()))
    slot = request.slot(name)
    state = request.state
    lead = asking.taken(
        here.voice, request.slots, {k: v for k, v in changed.items() if k not in heard.problems}, here.today
    )
    offering = problem.bound if problem.code == "ambiguous" else _offering((slot,))
    state = replace(
        state,
        asked=(name,),
        changing=state.confirming or state.changing,
        confirming=False,
        offering=offering,
        misses=state.misses,
    )
    say = f"{lead} {asking.wrong(here.voice, slot, problem, here.today)}"
    return Move(say, state, expects=asking.expects((slot,)))


def _ask(here: Situation, request: Request, slots: Sequence[Slot], *, lead: str = "") -> Move:
    state = request.state
    if slots[0].kind == "phone" and here.talk.caller and len(slots) == 1 and not slots[0].ask:
        question = "Can we reach you on the number you're calling from, or is another one better?"
    else:
        question = asking.ask(here.voice, slots, here.today, part=state.part, week=state.since is not None)
    state = replace(
        state,
        asked=tuple(slot.name for slot in slots),
        changing=state.changing or state.confirming,
        confirming=False,
        offering=_offering(slots),
    )
    return Move(f"{lead} {question}", state, expects=asking.expects(slots))


def _offering(slots: Sequence[Slot]) -> tuple[str, ...]:
    return tuple(choice.spoken for choice in slots[0].choices)


def read_back(
    here: Situation,
    request: Request,
    *,
    only: tuple[str, ...] = (),
    spelled: frozenset[str] = frozenset(),
    lead: str = "",
) -> Move:
    """Say what was understood and ask whether it is right; with ``only``, no more than these slots of it."""
    slots = [slot for slot in request.slots if slot.name in only] if only else list(request.slots)
    hidden = schema.constants(request.tool.parameters)
    said = phrasing.summary(
        [slot for slot in slots if slot.name not in hidden], request.state.slots, here.today, spelled
    )
    opening = (
        here.voice.pick("All right, so ", "Okay, so ", "Right, so ")
        if only
        else here.voice.pick("So that's ", "Let me read that back: ", "So, that is ")
    )
    heard = f"{lead} {opening}{said}.".strip() if said else f"{lead} So I'll {title(request.tool)}.".strip()
    state = replace(
        request.state,
        confirming=True,
        changing=False,
        asked=(),
        misses=0,
        part=None,
        since=None,
        partial="",
        read_back=len(heard),
    )
    right = (
        here.voice.pick("Is it all correct now?", "Is everything else right?", "Shall I go ahead with that?")
        if only
        else here.voice.pick(*_RIGHT)
    )
    return Move(f"{heard} {right}", state, expects="yes_no")


def _judged(here: Situation, request: Request, heard: Gathered) -> Move | None:
    """The caller's verdict on what was read back."""
    said = verdict(here.words)
    named = mentioned(here.words, request.slots)
    if _SPELL.search(join(here.words)) and (slot := next((s for s in request.slots if s.kind == "name"), None)):
        return read_back(here, request, only=(slot.name,), spelled=frozenset((slot.name,)))
    if named and _ASKED_BACK.search(join(here.words)):
        return read_back(here, request, only=(named.name,))
    if not here.heard and (said or heard.values):
        return read_back(here, request)
    if said == "yes":
        return _act(here, request)
    if named and (said == "no" or not heard.values):
        return _ask(
            here,
            request,
            (named,),
            lead=here.voice.pick("Of course.", "Sorry about that.", "Sure, let me change that."),
        )
    if said == "no":
        return _to_change(here, request)
    if heard.values:
        return read_back(here, request, only=tuple(heard.values), lead="Yes.")
    return None


def _to_change(here: Situation, request: Request) -> Move | None:
    """Ask which slot is wrong; or, where the caller has named it, for its value."""
    state = request.state
    if state.changing and (named := mentioned(here.words, request.slots)):
        return _ask(here, request, (named,), lead=here.voice.pick("Sure.", "Of course."))
    if state.changing and re.search(r"\b(?:nothing|fine|good|okay|right|correct|leave)\b", join(here.words)):
        return read_back(here, request)
    if state.changing:
        return None
    names = phrasing.listed(f"the {slot.label}" for slot in request.slots if slot.name in state.slots)
    say = here.voice.pick(
        f"Sorry about that. What should I change: {names}?", f"No problem. What would you like to change: {names}?"
    )
    return Move(say, replace(state, confirming=False, changing=True, asked=(), misses=0), expects="open")


def mentioned(words: Words, slots: Sequence[Slot]) -> Slot | None:
    """The slot that the caller calls by its name ("the time is wrong")."""
    generic = {
        "date": "day date",
        "time": "time hour",
        "name": "name",
        "phone": "phone number",
        "address": "address",
        "choice": "service",
    }
    for slot in slots:
        names = {*slot.label.split(), *slot.name.lower().split("_")} | set(
            generic.get(slot.kind, "").split() if slot.kind != "choice" else ()
        )
        if any(alike(word.text, name) >= 0.95 for word in words for name in names if len(name) > 2):
            return slot
    return None


def _act(here: Situation, request: Request) -> Move:
    """The caller has confirmed: ask for the business, unless that very request was already made."""
    arguments = {
        slot.name: request.state.slots[slot.name] for slot in request.slots if slot.name in request.state.slots
    }
    done = dropped(request.state)
    before = next(
        (one for one in here.requests if one.tool == request.tool.name and same(one.arguments, arguments)), None
    )
    if before is None:
        state = replace(done, sent=request.tool.name, sent_slots=arguments, leaving=False)
        return Move(
            request.tool.acknowledgement or "One moment, please.", state, (ToolCall(request.tool.name, arguments),)
        )
    outcome = next((one for one in here.finished if one.tool_call_id == before.tool_call_id), None)
    if outcome is None:
        return Move(
            here.voice.pick(
                "I'm still working on that. It won't be long.", "That's already under way. I'm still working on it."
            ),
            done,
        )
    if outcome.status == "completed":
        return Move(
            "That's already done, so there's no need to do it twice. Is there anything else?",
            replace(done, closing=True),
            expects="yes_no",
        )
    names = phrasing.listed(f"the {slot.label}" for slot in request.slots if slot.name in request.state.slots)
    state = replace(request.state, confirming=False, changing=True, asked=())
    return Move(f"I've tried exactly that, and it didn't work. What should we change: {names}?", state, expects="open")


def missed(here: Situation, request: Request) -> Move:
    """The turn was not understood: ask again, in other words each time."""
    state = replace(request.state, misses=request.state.misses + 1)
    if state.confirming:
        said = phrasing.summary(request.slots, state.slots, here.today)
        say = here.voice.escalate(
            state.misses - 1,
            "Sorry, was that a yes or a no? Shall I go ahead?",
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
            "You could say, for example: make it eleven, or, the name is wrong.",
            f"Just say one of these, please: {names}.",
        )
        return Move(say, state, expects="open")
    slots = [slot for slot in request.slots if slot.name in state.asked] or list(
        asking.together(request.missing() or list(request.slots))
    )
    state = replace(state, asked=tuple(slot.name for slot in slots), offering=_offering(slots))
    return Move(asking.again(here.voice, slots, here.today, state.misses), state, expects=asking.expects(slots))


def back(here: Situation, request: Request) -> Move:
    """After an aside: where the request stood."""
    if request.state.confirming:
        right = here.voice.pick("So, is that right?", "Now, was everything right?")
        return Move(right, request.state, expects="yes_no")
    slots = [slot for slot in request.slots if slot.name in request.state.asked]
    if request.state.changing and not slots:
        return Move("So, what should I change?", request.state, expects="open")
    missing = request.missing()
    if not slots and not missing:
        return read_back(here, request)
    return _ask(here, request, slots or asking.together(missing))


def title(tool: Tool) -> str:
    """What the tool does, as part of a sentence: "book a visit"."""
    text = " ".join(tool.title.split()).rstrip(".") or tool.name.replace("_", " ")
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]
