"""A call's conversation, rebuilt from its events alone.

What JetStream has of a call is enough to go on with it, to show it, or to look into it later. One thing is not there,
because it never leaves the edge: requests of the model that were refused before anything was stored.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeVar

from schemas.announcements import AnnouncementNotSpoken, AnnouncementRequested, AnnouncementSpoken
from schemas.base import Event
from schemas.calls import CallEnded, CallStarted
from schemas.events import decode
from schemas.lookups import LookupAnswered
from schemas.questions import QuestionAnswered, QuestionAsked, QuestionUnanswered
from schemas.subjects import parse
from schemas.tools import ToolCompleted, ToolFailed, ToolProgressed, ToolRequested, ToolStarted
from schemas.turns import ReplyHeard, TurnCommitted

E = TypeVar("E", bound=Event)


@dataclass(frozen=True, slots=True)
class CallerSaid:
    """A turn of the caller."""

    turn: int
    text: str


@dataclass(frozen=True, slots=True)
class AgentSaid:
    """What of a reply was heard."""

    reply: str
    cause: str
    text: str
    interrupted: bool
    state: Mapping[str, Any] | None = None
    """What the language model attached to the reply."""


@dataclass(frozen=True, slots=True)
class ToolAsked:
    """The agent asked for business."""

    tool_call_id: str
    tool: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ToolOutcome:
    """What became of it; ``content`` is the result, or ``{"code", "message"}`` where it failed."""

    tool_call_id: str
    tool: str
    status: Literal["completed", "failed"]
    content: Mapping[str, Any]
    untold: bool = False
    """Whether nobody tells the caller of it, unless the model does."""


@dataclass(frozen=True, slots=True)
class LookedUp:
    """A quick tool was asked, and this came of it; ``{"code", "message"}`` where it ``failed``."""

    tool: str
    arguments: Mapping[str, Any]
    content: Mapping[str, Any]
    age: float
    failed: bool


Entry = CallerSaid | AgentSaid | ToolAsked | ToolOutcome | LookedUp


@dataclass(frozen=True, slots=True)
class ToolLife:
    """One tool call from request to outcome."""

    asked: ToolAsked
    workflow_id: str | None = None
    steps: tuple[str, ...] = ()
    outcome: ToolOutcome | None = None


@dataclass(frozen=True, slots=True)
class AnnouncementLife:
    """What a workflow wanted said. ``heard`` are the words that were; ``reason`` says why they were not."""

    announcement_id: str
    tool_call_id: str
    text: str
    status: Literal["waiting", "spoken", "not_spoken"] = "waiting"
    heard: str = ""
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class QuestionLife:
    """What a workflow asked. ``words`` are the caller's own; ``reason`` says why there is no answer."""

    question_id: str
    tool_call_id: str
    text: str
    status: Literal["open", "answered", "unanswered"] = "open"
    answer: Mapping[str, Any] | None = None
    words: str = ""
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Conversation:
    """A call as its events tell it. ``entries`` are what a language model is given of its history."""

    call_id: str
    started: CallStarted | None = None
    ended: CallEnded | None = None
    entries: tuple[Entry, ...] = ()
    tools: tuple[ToolLife, ...] = ()
    announcements: tuple[AnnouncementLife, ...] = ()
    questions: tuple[QuestionLife, ...] = ()

    @property
    def open_tools(self) -> tuple[str, ...]:
        """Ids of the tool calls without an outcome, oldest first."""
        return tuple(life.asked.tool_call_id for life in self.tools if life.outcome is None)

    @property
    def open_questions(self) -> tuple[QuestionLife, ...]:
        """Asked and not settled, oldest first."""
        return tuple(question for question in self.questions if question.status == "open")


@dataclass(frozen=True, slots=True)
class _Told:
    """A call's events: each once, by the wall clock."""

    events: list[Event]

    def all(self, kind: type[E]) -> list[E]:
        return [event for event in self.events if isinstance(event, kind)]

    def first(self, kind: type[E], **ids: str) -> E | None:
        return next((e for e in self.all(kind) if all(getattr(e, name) == value for name, value in ids.items())), None)

    def each(self, kind: type[E], key: str) -> list[E]:
        """The first of each id."""
        found: dict[str, E] = {}
        for event in self.all(kind):
            found.setdefault(getattr(event, key), event)
        return list(found.values())


def events_of(messages: Iterable[tuple[str, bytes]]) -> list[Event]:
    """The events in messages of (subject, body); kinds that are not known (a newer writer's) are left out.

    Raises:
        ValueError: a subject or a body of a known kind is not an event's.
    """
    events = []
    for subject, body in messages:
        kind = parse(subject)[2]
        try:
            events.append(decode(kind, body))
        except KeyError:
            continue
    return events


def rebuild(events: Iterable[Event]) -> Conversation:
    """The conversation that these events of one call tell, in whatever order they come and however often.

    They are put in order by wall clock; where clocks of two machines disagree, an outcome still follows its request.

    Raises:
        ValueError: there are none, or they are of several calls.
    """
    once = {event.id: event for event in events}
    calls = {event.call_id for event in once.values()}
    if len(calls) != 1:
        raise ValueError(f"A conversation is rebuilt from the events of one call, not of {len(calls)}.")
    told = _Told(sorted(once.values(), key=lambda event: event.time))
    return Conversation(
        call_id=calls.pop(),
        started=told.first(CallStarted),
        ended=told.first(CallEnded),
        entries=_entries(told),
        tools=tuple(_tool(told, request) for request in told.each(ToolRequested, "tool_call_id")),
        announcements=tuple(_announcement(told, a) for a in told.each(AnnouncementRequested, "announcement_id")),
        questions=tuple(_question(told, q) for q in told.each(QuestionAsked, "question_id")),
    )


def _tool(told: _Told, request: ToolRequested) -> ToolLife:
    about = {"tool_call_id": request.tool_call_id}
    started = told.first(ToolStarted, **about)
    steps = [event.step for event in told.all(ToolProgressed) if event.tool_call_id == request.tool_call_id]
    settled = _settled(told, request)
    return ToolLife(
        asked=ToolAsked(request.tool_call_id, request.tool, request.arguments),
        workflow_id=started.workflow_id if started else None,
        steps=tuple(steps),
        outcome=_outcome(settled) if settled else None,
    )


def _settled(told: _Told, request: ToolRequested) -> ToolCompleted | ToolFailed | None:
    """The first outcome; later ones of the same tool call change nothing."""
    for event in told.events:
        if isinstance(event, ToolCompleted | ToolFailed) and event.tool_call_id == request.tool_call_id:
            return event
    return None


def _outcome(event: ToolCompleted | ToolFailed) -> ToolOutcome:
    if isinstance(event, ToolCompleted):
        return ToolOutcome(event.tool_call_id, event.tool, "completed", event.result)
    content = {"code": event.code, "message": event.message}
    return ToolOutcome(event.tool_call_id, event.tool, "failed", content, untold=event.fault == "model")


def _entries(told: _Told) -> tuple[Entry, ...]:
    timed: list[tuple[datetime, Entry]] = []
    for turn in told.all(TurnCommitted):
        timed.append((turn.time, CallerSaid(turn.turn, turn.text)))
    for reply in told.all(ReplyHeard):
        timed.append((reply.time, AgentSaid(reply.reply, reply.cause, reply.text, reply.interrupted, reply.state)))
    for asked in told.all(LookupAnswered):
        found = LookedUp(asked.tool, asked.arguments, asked.content, asked.age, asked.status == "failed")
        timed.append((asked.time, found))
    for request in told.each(ToolRequested, "tool_call_id"):
        timed.append((request.time, ToolAsked(request.tool_call_id, request.tool, request.arguments)))
        if settled := _settled(told, request):
            timed.append((max(request.time, settled.time), _outcome(settled)))
    return tuple(entry for _, entry in sorted(timed, key=lambda item: item[0]))


def _announcement(told: _Told, request: AnnouncementRequested) -> AnnouncementLife:
    about = {"announcement_id": request.announcement_id}
    life = (request.announcement_id, request.tool_call_id, request.text)
    if spoken := told.first(AnnouncementSpoken, **about):
        return AnnouncementLife(*life, "spoken", heard=spoken.heard)
    if silent := told.first(AnnouncementNotSpoken, **about):
        return AnnouncementLife(*life, "not_spoken", reason=silent.reason)
    return AnnouncementLife(*life)


def _question(told: _Told, asked: QuestionAsked) -> QuestionLife:
    about = {"question_id": asked.question_id}
    life = (asked.question_id, asked.tool_call_id, asked.text)
    if answered := told.first(QuestionAnswered, **about):
        return QuestionLife(*life, "answered", answer=answered.answer, words=answered.words)
    if unanswered := told.first(QuestionUnanswered, **about):
        return QuestionLife(*life, "unanswered", reason=unanswered.reason)
    return QuestionLife(*life)
