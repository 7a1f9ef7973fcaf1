"""What became of a request that did not work: say so, and offer a way on."""

import re
from dataclasses import replace
from typing import Any

from edge.core.conversation import ToolOutcome
from edge.dialogue import asking, phrasing
from edge.dialogue.request import Request, begin
from edge.dialogue.schema import Slot
from edge.dialogue.situation import Move, Situation, not_stored

_TO_MODEL = re.compile(r"(?:ask|give|call|use|try|tell|provide|pass|retry|set|repeat|the caller)\b", re.IGNORECASE)
"""With these a sentence speaks to a language model, not to a caller."""
_PLAIN = re.compile(r"[A-Z][A-Za-z0-9 ,.'’:!?-]{8,140}[.!]")
_TOPICS = {
    "date": r"\b(?:day|date|sunday|saturday|holiday|week)\b",
    "time": r"\b(?:time|hour|slot|taken|closed|late|early|free)\b",
    "datetime": r"\b(?:day|date|time|hour|slot|taken|closed)\b",
    "name": r"\bname\b",
    "phone": r"\bphone|number\b",
    "address": r"\baddress\b",
}


def reopen(here: Situation, outcome: ToolOutcome) -> Request | None:
    """The request as it was made, to be mended."""
    found = here.tool(outcome.tool)
    if found is None:
        return None
    asked = next((one for one in here.requests if one.tool_call_id == outcome.tool_call_id), None)
    values = dict(asked.arguments) if asked else _last_values(here, outcome.tool)
    request = begin(here, found[0], values=values)
    state = replace(request.state, changing=True, reported=(*request.state.reported[-15:], outcome.tool_call_id))
    return Request(request.tool, request.slots, state)


def _last_values(here: Situation, tool: str) -> dict[str, Any]:
    """What was asked for where history has no record of it: what the state knows, before or after the asking."""
    if here.state.tool == tool:
        return dict(here.state.slots)
    return dict(here.state.sent_slots) if here.state.sent == tool else {}


def sorry(here: Situation, outcome: ToolOutcome) -> str:
    """That it did not work, and why, where that is for people."""
    return here.voice.pick("I'm sorry, that didn't work out.", "I'm afraid that didn't go through.") + _reason(outcome)


def told(here: Situation, move: Move) -> Move:
    """What nobody else tells the caller comes before the reply to something else."""
    outcome = here.outcome
    if outcome is None or not outcome.untold or outcome.tool_call_id in move.state.reported:
        return move
    move = replace(move, state=replace(move.state, reported=(*move.state.reported[-15:], outcome.tool_call_id)))
    title = next((tool.title for tool, _ in here.tools if tool.name == outcome.tool), "")
    about = f" About your request to {title}:" if title else ""
    return move.led(f"{about} {sorry(here, outcome)}".strip())


def report(here: Situation, outcome: ToolOutcome) -> Move:
    """Explain, and ask for what may help."""
    said = sorry(here, outcome)
    request = reopen(here, outcome)
    if request is None:
        state = here.becomes(
            reported=(*here.state.reported[-15:], outcome.tool_call_id), tool=None, slots={}, closing=True
        )
        return Move(f"{said} Is there anything else I can do for you?", state, expects="yes_no")
    if outcome.content.get("code") == "repeated" and request.tool.repeat == "ask" and not request.missing():
        state = replace(request.state, changing=False, confirming=True, again=True)
        return Move("You've asked for exactly that already. Would you like it once more?", state, expects="yes_no")
    if not_stored(outcome) and not request.missing():
        state = replace(request.state, changing=False, confirming=True)
        return Move("I'm sorry, I couldn't pass that on just now. Shall I try once more?", state, expects="yes_no")
    slot = concerned(request, outcome)
    if slot is not None:
        state = replace(request.state, asked=(slot.name,))
        say = f"{said} {asking.ask(here.voice, (slot,), here.today)}"
        return Move(say, state, expects=asking.expects((slot,), say))
    names = phrasing.listed(f"the {slot.label}" for slot in request.slots if slot.name in request.state.slots)
    way = f"Would you like to change {names}, or leave it?" if names else "Would you like to try again, or leave it?"
    return Move(f"{said} {way}", request.state, expects="brief")


def concerned(request: Request, outcome: ToolOutcome) -> Slot | None:
    """The slot that the failure speaks of: by its field's name, its label, or what its kind is about."""
    said = f"{outcome.content.get('field', '')} {outcome.content.get('code', '')} {outcome.content.get('message', '')}"[
        :400
    ]
    said = re.sub(r"[_'`\"]", " ", said.lower())
    slots = [slot for slot in request.slots if not slot.unfit]
    named = next((slot for slot in slots if re.search(rf"\b{re.escape(slot.label)}\b", said)), None)
    return named or next((slot for slot in slots if slot.kind in _TOPICS and re.search(_TOPICS[slot.kind], said)), None)


def _reason(outcome: ToolOutcome) -> str:
    """The failure's own sentence, where it is one for people."""
    message = " ".join(str(outcome.content.get("message") or "").split())
    said = []
    for sentence in re.split(r"(?<=[.!?])\s+", message[:400]):
        if _TO_MODEL.match(sentence) or not _PLAIN.fullmatch(sentence):
            break
        said.append(sentence)
    return " " + " ".join(said[:2]) if said else ""
