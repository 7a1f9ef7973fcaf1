"""Before it acts the agent reads back what it understood, and the caller says yes, no, or what is wrong."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from edge.core.conversation import Cancel, ToolAsked, ToolCall
from edge.dialogue import phrasing, schema
from edge.dialogue.reading import Gathered
from edge.dialogue.request import Request, ask_for, dropped, mentioned, title
from edge.dialogue.schema import Slot
from edge.dialogue.situation import Move, Situation, same
from edge.dialogue.words import join
from edge.dialogue.yesno import verdict

_RIGHT = ("Is that right?", "Is that correct?", "Does that sound right?")
_RIGHT_NOW = ("Is it all correct now?", "Is everything else correct?", "Is that correct now?")
_SPELL = re.compile(r"\b(?:spell|spelled|spelling|letters)\b")
_ASKED_BACK = re.compile(
    r"\b(?:did i (?:say|give|tell)|(?:did|do) you (?:say|have|get|hear|write)|was that|is that for|again)\b"
)
"""The caller wants to hear once more what was understood."""


def read_back(
    here: Situation,
    request: Request,
    *,
    only: tuple[str, ...] = (),
    spelled: Mapping[str, str] | None = None,
    lead: str = "",
    opening: str = "",
) -> Move:
    """Say what was understood and ask whether it is right; with ``only``, no more than these slots of it.

    ``opening``: the words before what was understood already, where it is said once more.
    """
    hidden = schema.constants(request.tool.parameters)
    slots = [slot for slot in request.slots if slot.name not in hidden and (not only or slot.name in only)]
    said = phrasing.summary(slots, request.state.slots, here.today, spelled or {})
    right = _RIGHT_NOW if only and not opening else _RIGHT
    opening = opening or _opening(here, request, slots, said, anew=not only)
    heard = f"{lead} {opening}{said}.".strip() if said else f"{lead} So I'll {title(request.tool)}.".strip()
    told = {slot.name for slot in slots if phrasing.told(slot, request.state.slots)}
    state = replace(
        request.state,
        confirming=True,
        again=False,
        changing=False,
        asked=(),
        misses=0,
        part=None,
        since=None,
        partial="",
        unheard=tuple(slot.name for slot in request.slots if slot.name in told.union(request.state.unheard)),
    )
    return Move(f"{heard} {here.voice.pick(*right)}", state, expects="yes_no")


def _opening(here: Situation, request: Request, slots: Sequence[Slot], said: str, *, anew: bool) -> str:
    """The words before what was understood; it must be clear what is to be done."""
    if not anew:
        return here.voice.pick("All right, so ", "Okay, so ", "Right, so ")
    if phrasing.names_a_thing(slots, request.state.slots):
        return here.voice.pick("So that's ", "Let me read that back: ", "So, that is ")
    # "So that's on Tuesday" would not say what is.
    opening = here.voice.pick("So I'll ", "Let me read that back: I'll ", "So, I'll ") + title(request.tool)
    return f"{opening} " if said.startswith(("on ", "at ", "for ", "today")) else f"{opening}, "


def judged(here: Situation, request: Request, heard: Gathered) -> Move | None:
    """The caller's verdict on what was read back."""
    said = verdict(here.words)
    named = mentioned(here.words, request.slots)
    if _SPELL.search(join(here.words)) and (slot := next((s for s in request.slots if s.kind == "name"), None)):
        last = str(request.state.slots.get(slot.name, "")).split()[-1:]
        return read_back(here, request, only=(slot.name,), spelled={slot.name: last[0]} if last else None)
    if named and _ASKED_BACK.search(join(here.words)):
        return read_back(here, request, only=(named.name,))
    if request.state.unheard and said == "yes":
        return _unheard(here, request)
    if said == "yes":
        return act(here, request)
    if request.state.again and said == "no" and not heard.values:
        say = here.voice.pick("All right, we'll leave it at that.", "Okay, then it stays as it is.")
        state = replace(dropped(request.state), closing=True)
        return Move(f"{say} Is there anything else I can do for you?", state, expects="yes_no")
    if named and (said == "no" or not heard.values):
        return ask_for(
            here,
            request,
            (named,),
            lead=here.voice.pick("Of course.", "Sorry about that.", "Sure, let me change that."),
        )
    if said == "no":
        return to_change(here, request)
    if heard.values:
        return read_back(here, request, only=tuple(heard.values), lead="Yes.")
    return None


def _unheard(here: Situation, request: Request) -> Move:
    """A yes to what was not heard is none: what is left of it once more, or all where nothing was heard."""
    hidden = schema.constants(request.tool.parameters)
    told = [slot for slot in request.slots if slot.name not in hidden and phrasing.told(slot, request.state.slots)]
    if len(request.state.unheard) == len(told):
        return read_back(here, request)
    opening = here.voice.pick("I also said: ", "You may have missed this: ")
    return read_back(here, request, only=request.state.unheard, opening=opening)


def to_change(here: Situation, request: Request) -> Move | None:
    """Ask which slot is wrong; or, where the caller has named it, for its value."""
    state = request.state
    if state.changing and (named := mentioned(here.words, request.slots)):
        return ask_for(here, request, (named,), lead=here.voice.pick("Sure.", "Of course."))
    if state.changing and re.search(r"\b(?:nothing|fine|good|okay|right|correct|leave)\b", join(here.words)):
        return read_back(here, request)
    if state.changing:
        return None
    open_to_it = [slot for slot in request.slots if slot.changes] or request.slots
    names = phrasing.listed(f"the {slot.label}" for slot in open_to_it if slot.name in state.slots)
    say = here.voice.pick(
        f"Sorry about that. What should I change: {names}?", f"No problem. What would you like to change: {names}?"
    )
    return Move(say, replace(state, confirming=False, changing=True, asked=(), misses=0), expects="brief")


def made_before(here: Situation, tool: str, arguments: Mapping[str, Any]) -> ToolAsked | None:
    """The last request for the very same; one that was refused before anything came of it does not count."""
    alike = [one for one in here.requests if one.tool == tool and same(one.arguments, arguments)]
    return alike[-1] if alike and here.outcome_of(alike[-1]) != "not_stored" else None


def _unsettled(here: Situation, request: Request) -> bool:
    """Whether what this request would change is not done yet, so that there is nothing to be changed."""
    tools = {slot.changes.partition(".")[0] for slot in request.slots if slot.changes}
    return any(asked.tool in tools for asked in here.running)


def _instead(here: Situation, request: Request, move: Move) -> Move:
    """The move, which calls off what this request takes the place of; or says that it is too late for that."""
    first = next((one for one in here.requests if one.tool_call_id == request.state.recalls), None)
    if first and first in here.talk.cancellable:
        say = f"{move.say} I'm calling off the first one."
        return replace(move, say=say, acts=(*move.acts, Cancel(first.tool_call_id)))
    late = first is not None and here.outcome_of(first) == "completed"
    return replace(move, say=f"{move.say} The first one I can't call off any more.") if late else move


def act(here: Situation, request: Request) -> Move:
    """The caller has confirmed, or need not: ask for the business, unless that very request was already made."""
    arguments = {
        slot.name: request.state.slots[slot.name] for slot in request.slots if slot.name in request.state.slots
    }
    if _unsettled(here, request):
        say = "That's still under way, and I can only change it once it is done. Shall I try again?"
        return Move(say, request.state, expects="yes_no")
    done = dropped(request.state)
    before = made_before(here, request.tool.name, arguments)
    made = before is not None and (before in here.running or here.outcome_of(before) == "completed")
    asks = made and request.tool.repeat == "ask"
    if before is None or asks:
        state = replace(done, sent=request.tool.name, sent_slots=arguments, leaving=False)
        said = request.tool.acknowledgement or ("" if request.tool.quick else "One moment, please.")
        if asks and not request.state.again:
            said = ""  # It is refused, and the caller is asked about it: see ``failure.report``.
        move = Move(said, state, (ToolCall(request.tool.name, arguments),))
        return _instead(here, request, move)
    if before in here.running:
        return Move(
            here.voice.pick(
                "I'm still working on that. It won't be long.", "That's already under way. I'm still working on it."
            ),
            done,
        )
    if here.outcome_of(before) == "completed":
        return Move(
            "That's already done, so there's no need to do it twice. Is there anything else?",
            replace(done, closing=True),
            expects="yes_no",
        )
    names = phrasing.listed(f"the {slot.label}" for slot in request.slots if slot.name in request.state.slots)
    state = replace(request.state, confirming=False, changing=True, asked=())
    return Move(f"I've tried exactly that, and it didn't work. What should we change: {names}?", state, expects="brief")
