"""A request in the making: its tool, the values so far, what is missing, and the question for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from edge.core.conversation import CallerSaid, Tool
from edge.dialogue import asking, schema
from edge.dialogue.names import introduced
from edge.dialogue.schema import Slot
from edge.dialogue.situation import Move, Situation
from edge.dialogue.state import State
from edge.dialogue.words import Words, alike, listen

EARLY = 3
"""Turns at the beginning of a call in which people introduce themselves."""
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

    def wordy(self) -> bool:
        """Whether a whole answer in free words is awaited."""
        return any(slot.name in self.state.asked and slot.kind in ("text", "address") for slot in self.slots)

    def slot(self, name: str) -> Slot:
        """The slot of this name."""
        return next(slot for slot in self.slots if slot.name == name)


def under_way(here: Situation) -> Request | None:
    """The request being made, if its tool is still there."""
    found = here.tool(here.state.tool)
    return Request(*found, here.state) if found else None


def begin(here: Situation, tool: Tool, *, values: Mapping[str, Any] | None = None) -> Request:
    """A fresh request, with what was told in this call before: who it is for, by an earlier one or by themselves."""
    found = here.tool(tool.name)
    slots = found[1] if found else schema.read(tool.parameters)
    known = dict(schema.constants(tool.parameters))
    if name := _introduced(here):
        known |= {slot.name: name for slot in slots if slot.kind == "name"}
    for earlier in here.requests:
        for slot in slots:
            if slot.kind in _KEPT and isinstance(earlier.arguments.get(slot.name), str):
                known[slot.name] = earlier.arguments[slot.name]
    return Request(tool, slots, cleared(here.state, tool=tool.name, slots=known | dict(values or {})))


def _introduced(here: Situation) -> str | None:
    """The name by which the caller has introduced themselves, in their first words of the call."""
    turns = (entry.text for entry in here.talk.entries if isinstance(entry, CallerSaid))
    return next((name for text in islice(turns, EARLY) if (name := introduced(listen(text)))), None)


def dropped(state: State) -> State:
    """The state with no request in it."""
    return cleared(state, tool=None, slots={})


def cleared(state: State, **changes: Any) -> State:
    fresh = State()
    names = (
        "asked",
        "confirming",
        "unheard",
        "again",
        "recalls",
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


def ask_for(here: Situation, request: Request, slots: Sequence[Slot], *, lead: str = "") -> Move:
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
        offering=offering(slots),
    )
    return Move(f"{lead} {question}", state, expects=asking.expects(slots, question))


def offering(slots: Sequence[Slot]) -> tuple[str, ...]:
    return tuple(choice.spoken for choice in slots[0].choices)


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


def title(tool: Tool) -> str:
    """What the tool does, as part of a sentence: "book a visit"."""
    text = " ".join(tool.title.split()).rstrip(".") or tool.name.replace("_", " ")
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]
