"""What no tool changes, such as the service or the name: the first is called off, and another made in its place.

One after the other, since the first may hold what the other needs: the other is made once the first is called off.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from edge.core.conversation import Cancel, Tool, ToolAsked, ToolCall
from edge.dialogue import changing, choosing, phrasing, standing
from edge.dialogue.changing import ANOTHER
from edge.dialogue.confirming import act
from edge.dialogue.hearing import hear
from edge.dialogue.intent import content
from edge.dialogue.request import Request, ask_for, begin, dropped, mentioned, title
from edge.dialogue.schema import Slot
from edge.dialogue.situation import Move, Situation
from edge.dialogue.words import join, listen
from edge.dialogue.yesno import verdict

_PUTS_RIGHT = re.compile(
    r"\b(?:make (?:it|that)|instead|i meant?|(?:should|must) (?:be|have been)|change|switch|rather)\b"
    r"|\bnot (?:an?|the)\b"
)
_WRONG = re.compile(r"\b(?:wrong|not right|mistake|change)\b")
_SHORT = 8
"""Words of one who says that something is wrong with it, and not of the last visit."""


def offered(here: Situation) -> Move | None:
    """Who puts right what no tool changes is asked whether the first is to be called off, and the other made; or hears
    that it cannot be."""
    made = _made(here)
    if made is None or here.state.tool or ANOTHER.search(join(here.words)):
        return None
    first, request = made
    fixed = [slot for slot in request.slots if f"{first.tool}.{slot.name}" not in _changeable(here)]
    heard = hear(here, request, told_only=True)
    values = {name: value for name, value in heard.values.items() if request.state.slots.get(name) != value}
    named = mentioned(here.words, fixed)
    new = [slot for slot in fixed if slot.name in values]
    about_it = named and not choosing.called_for(here)  # Else it is told of another that is wished for.
    puts_right = new and (about_it or _PUTS_RIGHT.search(join(here.words)))
    if not puts_right and not (named and len(here.words) <= _SHORT and _WRONG.search(join(here.words))):
        return None
    slot = next(iter(new), named)
    if slot is None or _calls_off(here, first, request.state.slots) is None:
        what = slot.label if slot else "request"
        say = f"I'm sorry, the {what} can't be changed from here. Is there anything else I can do for you?"
        return Move(say, here.becomes(closing=True, misses=0), expects="yes_no")
    lead = f"I can't change the {slot.label} of the first one, but I can cancel it and {title(request.tool)} anew"
    request = Request(request.tool, request.slots, replace(request.state, slots={**request.state.slots, **values}))
    if not new:
        return ask_for(here, request, (slot,), lead=f"{lead}.")
    said = phrasing.summary(request.slots, request.state.slots, here.today)
    told = tuple(slot.name for slot in request.slots if phrasing.told(slot, request.state.slots))
    return Move(f"{lead}: {said}. Shall I do that?", replace(request.state, unheard=told), expects="yes_no")


def goes_on(here: Situation, request: Request) -> Move | None:
    """The answer to whether the first is to be called off, and then whether the other is to be made."""
    first = next((one for one in here.requests if one.tool_call_id == request.state.recalls), None)
    said = verdict(here.words)
    if first is None or said is None or not request.state.confirming or _is_emergency(request.slots):
        return None
    if hear(here, request, told_only=True).values or (said == "yes" and request.state.unheard):
        return None
    if said == "no":
        return _stays(request, "All right, then it stays as it is.")
    after = here.requests[here.requests.index(first) + 1 :]
    asked = next((one for one in after if (tool := here.tool(one.tool)) and _cancels(*tool)), first)
    ended = here.outcome_of(asked)
    if ended == ("called_off" if asked is first else "completed"):
        return act(here, Request(request.tool, request.slots, replace(request.state, recalls=None)))
    if asked is not first:
        if ended is not None:
            return _stays(request, "I couldn't cancel the first one, so it stays as it is.")
        return Move("I'm still cancelling the first one. Shall I try again?", request.state, expects="yes_no")
    _, values = changing.as_it_stands(here) or (first, {})
    calls_off = _calls_off(here, first, values)
    if calls_off is None:
        return _stays(request, "I'm sorry, I can't cancel the first one any more.")
    say = f"I'm cancelling the first one now. Shall I then {title(request.tool)} anew?"
    return Move(say, request.state, (calls_off,), expects="yes_no")


def _stays(request: Request, say: str) -> Move:
    state = replace(dropped(request.state), closing=True)
    return Move(f"{say} Is there anything else I can do for you?", state, expects="yes_no")


def _made(here: Situation) -> tuple[ToolAsked, Request] | None:
    """The last request that stands, and the same as one that waits for a yes."""
    first, values = changing.as_it_stands(here) or (None, {})
    found = here.tool(first.tool) if first else None
    if first is None or found is None or _is_emergency(found[1]):
        return None
    request = begin(here, found[0], values=values)
    return first, Request(*found, replace(request.state, confirming=True, recalls=first.tool_call_id))


def _is_emergency(slots: tuple[Slot, ...]) -> bool:
    """Whether it is for ``edge.dialogue.danger``, where help is sent for anew before the first is called off."""
    return any(slot.advice for slot in slots)


def _changeable(here: Situation) -> set[str]:
    return {slot.changes for _, slots in here.tools for slot in slots if slot.changes}


def _cancels(tool: Tool, slots: tuple[Slot, ...]) -> bool:
    return standing.changes(tool) and not any(slot.changes for slot in slots)


def _calls_off(here: Situation, first: ToolAsked, values: Mapping[str, Any]) -> Cancel | ToolCall | None:
    """What calls it off: the caller's wish while it is under way, then the tool that cancels such a thing."""
    if first in here.running:
        return Cancel(first.tool_call_id) if first in here.talk.cancellable else None
    made = here.tool(first.tool)
    for tool, slots in here.tools:
        alike = made and set(content(listen(tool.title))) & set(content(listen(made[0].title)))
        if alike and _cancels(tool, slots) and all(slot.name in values for slot in slots if slot.needed):
            return ToolCall(tool.name, {slot.name: values[slot.name] for slot in slots if slot.name in values})
    return None
