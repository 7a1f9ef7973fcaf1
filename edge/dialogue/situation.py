"""What a reply is made from: the turn, the state of the dialogue, the tools, and what became of earlier requests."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from edge.core.conversation import (
    AgentSaid,
    Answer,
    CallerSaid,
    Cancel,
    Conversation,
    LookedUp,
    Profile,
    Question,
    Tool,
    ToolAsked,
    ToolCall,
    ToolOutcome,
)
from edge.dialogue import schema
from edge.dialogue.phrasing import Voice, said_of
from edge.dialogue.schema import Slot
from edge.dialogue.state import State
from edge.dialogue.words import Words, listen

MOST_TURNS = 8
"""Turns without a reply (each was interrupted before it began) that are read together."""


@dataclass(frozen=True, slots=True)
class Move:
    """A reply before it is cut in pieces."""

    say: str
    state: State
    acts: tuple[ToolCall | Answer | Cancel, ...] = ()
    expects: Profile | None = None
    """What kind of answer it waits for, where its words do not say."""
    end: bool = False
    keep: bool = False
    """The reply is an aside: what was said before stays what "repeat that" repeats."""

    def led(self, lead: str) -> "Move":
        """The move with these words before it."""
        return replace(self, say=f"{lead} {self.say}")


@dataclass(frozen=True, slots=True)
class Situation:
    """``words``: what the caller said since the last reply. ``outcome``: a failure nobody has spoken of.

    ``told``: an announcement followed it, so the caller knows. Of ``state.unheard`` only what is still unheard is left.
    """

    talk: Conversation
    state: State
    words: Words
    voice: Voice
    first: bool
    last_text: str
    requests: tuple[ToolAsked, ...]
    running: tuple[ToolAsked, ...]
    finished: tuple[ToolOutcome, ...]
    outcome: ToolOutcome | None
    told: bool
    refused: bool
    """The last entry is the outcome itself: the caller has not said anything since."""
    tools: tuple[tuple[Tool, tuple[Slot, ...]], ...] = field(default=())
    looked_up: LookedUp | None = None
    """The last entry, where it is what a quick tool told."""

    @property
    def today(self) -> date:
        return self.talk.now.date()

    def tool(self, name: str | None) -> tuple[Tool, tuple[Slot, ...]] | None:
        """A tool and its slots, if it is there."""
        return next((one for one in self.tools if one[0].name == name), None)

    def outcome_of(self, request: ToolAsked) -> str | None:
        """What became of a request in the end: its status, "not_stored" where nothing did, "called_off" where the
        caller wished it; None while it runs."""
        last = next((one for one in reversed(self.finished) if one.tool_call_id == request.tool_call_id), None)
        if last is None or request in self.running:
            return None
        return "not_stored" if not_stored(last) else "called_off" if called_off(last) else last.status

    def becomes(self, **changes: Any) -> State:
        """The state with these changes."""
        return replace(self.state, **changes)


def look(talk: Conversation) -> Situation:
    """The situation of a conversation."""
    said = [entry for entry in talk.entries if isinstance(entry, AgentSaid)]
    carried = [(entry, state) for entry in said if (state := State.of(entry.state)) is not None]
    tools = tuple((tool, slots) for tool in talk.tools if _sayable(slots := schema.read(tool.parameters)))
    before, state = carried[-1] if carried else (None, State())
    if before and state.unheard:
        slots = next((slots for tool, slots in tools if tool.name == state.tool), ())
        state = replace(state, unheard=_unheard(slots, state, before.text, talk.now.date()))
    turns = [entry for entry in talk.entries if isinstance(entry, CallerSaid)]
    new = [turn for turn in turns if turn.turn > state.turn] or turns[-1:]
    last = talk.entries[-1] if talk.entries else None
    refused = isinstance(last, ToolOutcome) and _failed(last)
    text = "" if refused else " ".join(turn.text for turn in new[-MOST_TURNS:])
    turn = max([state.turn, *(turn.turn for turn in new)])
    asked_on = bool(said) and said[-1].state is None and "anything else" in said[-1].text and state.tool is None
    state = replace(state, turn=turn, closing=state.closing or asked_on)
    requests = tuple(entry for entry in talk.entries if isinstance(entry, ToolAsked))
    outcomes = tuple(entry for entry in talk.entries if isinstance(entry, ToolOutcome))
    settled = {one.tool_call_id: at for at, one in enumerate(talk.entries) if isinstance(one, ToolOutcome)}
    failed = [one for one in outcomes if _failed(one) and one.tool_call_id not in state.reported]
    return Situation(
        talk=talk,
        state=state,
        words=listen(text),
        voice=Voice(talk.call_id, turn, state.said),
        first=not carried and len(turns) <= 1,
        last_text=said[-1].text if said else "",
        requests=requests,
        running=tuple(
            one
            for at, one in enumerate(talk.entries)
            if isinstance(one, ToolAsked) and settled.get(one.tool_call_id, -1) < at
        ),
        finished=outcomes,
        outcome=last if refused and isinstance(last, ToolOutcome) else failed[-1] if failed else None,
        told=bool(failed) and _announced(talk, failed[-1]),
        refused=refused,
        tools=tools,
        looked_up=last if isinstance(last, LookedUp) else None,
    )


FOR_GOOD = frozenset("invalid_arguments unknown_tool declined".split())
"""Codes of refusals that come again however often the same is asked."""


def not_stored(outcome: ToolOutcome) -> bool:
    """Whether nothing came of a request at all, so that the very same may be made again."""
    return outcome.status == "refused" and str(outcome.content.get("code")) not in FOR_GOOD


def called_off(outcome: ToolOutcome) -> bool:
    """Whether it ended as the caller wished it to: there is nothing to explain, and nothing to mend."""
    return outcome.status == "failed" and outcome.content.get("code") == "cancelled"


def _failed(outcome: ToolOutcome) -> bool:
    return outcome.status != "completed" and not called_off(outcome)


def _unheard(slots: tuple[Slot, ...], state: State, heard: str, today: date) -> tuple[str, ...]:
    """Of the slots that were read back those whose words the caller has not heard to their end."""
    return tuple(
        slot.name
        for slot in slots
        if slot.name in state.unheard and said_of(slot, state.slots.get(slot.name), today).lower() not in heard.lower()
    )


def _announced(talk: Conversation, outcome: ToolOutcome) -> bool:
    """Whether a workflow's own words about it were heard after it."""
    after = talk.entries[talk.entries.index(outcome) :]
    return any(isinstance(entry, AgentSaid) and entry.cause == "announcement" and entry.text for entry in after)


def _sayable(slots: tuple[Slot, ...]) -> bool:
    return not any(slot.unfit and slot.needed for slot in slots)


def same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two requests ask for the same: nulls and spaces aside."""

    def plain(arguments: Mapping[str, Any]) -> dict[str, Any]:
        return {k: " ".join(v.split()) if isinstance(v, str) else v for k, v in arguments.items() if v is not None}

    return plain(one) == plain(other)


def open_question(here: Situation) -> Question | None:
    """The workflow's question that was said last; the oldest where none was."""
    order = {
        entry.text: at for at, entry in enumerate(here.talk.entries) if isinstance(entry, AgentSaid) and entry.text
    }
    if not here.talk.questions:
        return None
    return max(here.talk.questions, key=lambda one: (order.get(one.text, -1), one.question_id == here.state.question))
