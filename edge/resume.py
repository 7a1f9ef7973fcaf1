"""A call that goes on after its line broke or its node died: what JetStream has of it, for the part that follows.

Nothing else survives a node, and nothing else is needed: the turns and what was heard of the replies are the history,
with what the dialogue remembered in it; tools without an outcome still run; what a workflow wanted said or asked and
nobody has heard is said and asked now.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

import structlog

from edge.core.conversation import AgentSaid, CallerSaid, Cause, Entry, LookedUp, ToolAsked, ToolOutcome
from edge.errors import EdgeError, Refused
from edge.ports import Bus
from schemas import conversations
from schemas.announcements import AnnouncementRequested
from schemas.base import Event
from schemas.calls import CallResumed
from schemas.cards import CardCollected, CardNotCollected, CardRequested, CardWithdrawn
from schemas.conversations import Conversation, rebuild
from schemas.questions import QuestionAsked
from schemas.sealing import Seals, open_all
from schemas.turns import TurnCommitted

_log = structlog.get_logger(__name__)

Settled = CardCollected | CardNotCollected | CardWithdrawn
Wanted = AnnouncementRequested | QuestionAsked | CardRequested
SEALED = "sealed"
LONGEST_REPEATED = 200
"""Characters of the agent's last question that are said again in whole; of a longer one the last sentence."""


@dataclass(frozen=True, slots=True)
class Past:
    """What came before. ``part`` counts this part of the call, from 2."""

    part: int
    turns: int
    entries: tuple[Entry, ...]
    waiting: tuple[Event, ...]
    """Announcements, questions and cards that are still wanted, as they were asked for."""
    seen: frozenset[str]
    """Ids of the events that this was made from."""

    @property
    def unanswered(self) -> CallerSaid | None:
        """The caller's last turn, where it still waits for its reply."""
        for entry in reversed(self.entries):
            if isinstance(entry, AgentSaid) and entry.cause in ("turn", "rest") and not entry.interrupted:
                return None
            if isinstance(entry, CallerSaid):
                return entry
        return None

    @property
    def question(self) -> str:
        """What the agent asked last and should ask again; empty where it was no question."""
        last = next((entry for entry in reversed(self.entries) if isinstance(entry, AgentSaid) and entry.text), None)
        if last is None or last.interrupted or not last.text.endswith("?"):
            return ""
        return last.text if len(last.text) <= LONGEST_REPEATED else re.split(r"(?<=[.!?]) ", last.text)[-1]


async def take_up(bus: Bus, call_id: str, region: str, node: str, transport: str, seals: Seals) -> Past | None:
    """Make the call this node's, and say what was before; None where it has not begun yet, or where NATS is away and
    nobody can tell: a caller who is greeted twice is better off than one who is turned away.

    Whoever carried it until now hears ``call_resumed`` and lets go; what it still had to say comes before that.

    Raises:
        Refused: ``call_over``.
        EdgeError: NATS went away in the middle of it.
    """
    try:
        before = await bus.recall(call_id)
    except EdgeError as error:
        _log.warning("What was said before cannot be read; the call begins anew.", call=call_id, why=error.message)
        return None
    if not before:
        return None
    if rebuild(before).ended:
        raise Refused("call_over", "That call has ended; begin a new one.")
    part = 2 + sum(isinstance(event, CallResumed) for event in before)
    await bus.store(CallResumed(call_id=call_id, region=region, transport=transport, node=node, part=part))
    events = await bus.recall(call_id)
    if rebuild(events).ended:  # Somebody ended it for dead in this very moment.
        raise Refused("call_over", "That call has ended; begin a new one.")
    return past_of(events, part, datetime.now(UTC), seals)


def past_of(events: Sequence[Event], part: int, now: datetime, seals: Seals) -> Past:
    """What these events of one call leave for the next part of it."""
    talk = rebuild(events)
    turns = [event.turn for event in events if isinstance(event, TurnCommitted)]
    return Past(
        part=part,
        turns=max(turns, default=0),
        entries=tuple(_entry(entry, seals) for entry in talk.entries),
        waiting=tuple(_waiting(events, talk, now)),
        seen=frozenset(event.id for event in events),
    )


def _entry(entry: conversations.Entry, seals: Seals) -> Entry:
    match entry:
        case conversations.CallerSaid(turn, text):
            return CallerSaid(turn, text)
        case conversations.AgentSaid(reply, cause, text, interrupted, state):
            return AgentSaid(reply, cast(Cause, cause), text, interrupted, _opened(state, seals))
        case conversations.ToolAsked(tool_call, tool, arguments):
            return ToolAsked(tool_call, tool, open_all(arguments, seals))
        case conversations.LookedUp(tool, arguments, content, age, failed):
            return LookedUp(tool, open_all(arguments, seals), content, age, failed)
        case conversations.ToolOutcome(tool_call, tool, status, content, untold):
            return ToolOutcome(tool_call, tool, status, content, untold)


def _waiting(events: Sequence[Event], talk: Conversation, now: datetime) -> list[Event]:
    """With what is left of their time; those whose time is over are left to their workflows."""
    unheard = {one.announcement_id for one in talk.announcements if one.status == "waiting"}
    unheard |= {one.question_id for one in talk.open_questions}
    unheard |= {event.card_request_id for event in events if isinstance(event, CardRequested)}
    unheard -= {event.card_request_id for event in events if isinstance(event, Settled)}
    left: list[Event] = []
    for event in events:
        if isinstance(event, Wanted) and _id(event) in unheard:
            unheard.discard(_id(event))
            gone = max(0.0, (now - event.time).total_seconds())
            if event.expires is None or event.expires > gone:
                rest: Any = None if event.expires is None else event.expires - gone
                left.append(event.model_copy(update={"expires": rest}))
    return left


def _id(event: Wanted) -> str:
    match event:
        case AnnouncementRequested():
            return event.announcement_id
        case QuestionAsked():
            return event.question_id
        case _:
            return event.card_request_id


def portable(state: Any, seals: Seals) -> dict[str, Any] | None:
    """What a model attached to a reply, as an event may carry it: a state that has no JSON form stays on this node.

    Where there are keys it is sealed: a dialogue remembers what was said of a request before it makes it.
    """
    to_json = getattr(state, "to_json", None)
    plain = state if isinstance(state, dict) else to_json() if callable(to_json) else None
    return {SEALED: seals.seal(plain)} if plain is not None and seals else plain


def _opened(state: Mapping[str, Any] | None, seals: Seals) -> Mapping[str, Any] | None:
    """None where it does not open: the dialogue then begins its request anew."""
    if state is None or SEALED not in state:
        return state
    opened = open_all(state[SEALED], seals)
    return opened if isinstance(opened, dict) else None
