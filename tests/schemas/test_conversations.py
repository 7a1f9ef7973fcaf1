import itertools
import random
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from edge.core import conversation as live
from edge.core.history import History
from schemas.announcements import AnnouncementNotSpoken, AnnouncementRequested, AnnouncementSpoken
from schemas.base import Event
from schemas.calls import CallEnded, CallStarted
from schemas.conversations import AgentSaid, CallerSaid, LookedUp, ToolAsked, ToolOutcome, events_of, rebuild
from schemas.events import encode
from schemas.lookups import LookupAnswered
from schemas.questions import QuestionAnswered, QuestionAsked, QuestionUnanswered
from schemas.subjects import subject
from schemas.tools import ToolCompleted, ToolFailed, ToolProgressed, ToolRequested, ToolStarted
from schemas.turns import ReplyHeard, TurnCommitted

_START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def a_call() -> list[Event]:
    """A booking with a question, a failed second wish, and a caller who hangs up before all is said."""
    seconds = itertools.count()

    def make(kind: type[Event], back: Any = 0.0, **fields: Any) -> Event:
        at = next(seconds)
        times = {"at": float(at), "time": _START + timedelta(seconds=at - back)}
        return kind.model_validate({"call_id": "c1", "region": "local", **times, **fields})

    def heard(reply: str, cause: str, text: str, interrupted: bool = False) -> Event:
        return make(ReplyHeard, reply=reply, turn=1, cause=cause, text=text, interrupted=interrupted, proof="mark")

    tool = {"tool_call_id": "book-1", "tool": "book"}
    other = {"tool_call_id": "pay-1", "tool": "pay"}
    return [
        make(CallStarted, agent="harbor", transport="twilio", node="n1", tools=["book"]),
        heard("r1", "greeting", "Hello."),
        make(TurnCommitted, turn=1, text="A boiler service please", start=1.0, end=2.0, why="finished"),
        make(ToolRequested, **tool, arguments={"service": "boiler"}, turn=1),
        heard("r2", "turn", "One moment", interrupted=True),
        make(ToolStarted, **tool, workflow_id="book-1", run_id="r"),
        make(ToolProgressed, **tool, step="held a slot"),
        make(QuestionAsked, question_id="q1", tool_call_id="book-1", text="Ten or two?", answer={"type": "object"}),
        heard("r3", "question", "Ten or two?"),
        make(TurnCommitted, turn=2, text="Ten", start=5.0, end=6.0, why="finished"),
        make(QuestionAnswered, question_id="q1", tool_call_id="book-1", answer={"choice": "10:00"}, words="Ten"),
        make(
            LookupAnswered, lookup_id="l1", tool="hours", arguments={}, status="answered", content={"n": 1}, seconds=0
        ),
        make(ToolCompleted, **tool, result={"reference": "HB-7"}),
        make(AnnouncementRequested, announcement_id="a1", tool_call_id="book-1", text="You are booked."),
        heard("r4", "announcement", "You are booked."),
        make(AnnouncementSpoken, announcement_id="a1", tool_call_id="book-1", heard="You are booked."),
        make(ToolRequested, **other, arguments={"amount": 5}, turn=2),
        # The worker's clock is behind: its outcome seems older than the request.
        make(ToolFailed, **other, back=5.0, code="declined", message="The card was declined."),
        make(ToolRequested, tool_call_id="late-1", tool="book", arguments={}, turn=2),
        make(AnnouncementRequested, announcement_id="a2", tool_call_id="late-1", text="Still on it."),
        make(QuestionAsked, question_id="q2", tool_call_id="late-1", text="Which day?", answer={}),
        make(QuestionAsked, question_id="q3", tool_call_id="late-1", text="Which hour?", answer={}),
        make(AnnouncementNotSpoken, announcement_id="a2", tool_call_id="late-1", reason="call_ended"),
        make(QuestionUnanswered, question_id="q2", tool_call_id="late-1", reason="call_ended"),
        make(CallEnded, reason="caller_hung_up", seconds=22.0, turns=2, open_tools=["late-1"]),
    ]


def test_a_conversation_is_rebuilt_from_its_events() -> None:
    told = rebuild(a_call())
    assert told.call_id == "c1"
    assert told.started is not None
    assert told.started.agent == "harbor"
    assert told.ended is not None
    assert list(told.ended.open_tools) == list(told.open_tools) == ["late-1"]
    assert told.entries == (
        AgentSaid("r1", "greeting", "Hello.", False),
        CallerSaid(1, "A boiler service please"),
        ToolAsked("book-1", "book", {"service": "boiler"}),
        AgentSaid("r2", "turn", "One moment", True),
        AgentSaid("r3", "question", "Ten or two?", False),
        CallerSaid(2, "Ten"),
        LookedUp("hours", {}, {"n": 1}, 0.0, False),
        ToolOutcome("book-1", "book", "completed", {"reference": "HB-7"}),
        AgentSaid("r4", "announcement", "You are booked.", False),
        ToolAsked("pay-1", "pay", {"amount": 5}),
        ToolOutcome("pay-1", "pay", "failed", {"code": "declined", "message": "The card was declined."}),
        ToolAsked("late-1", "book", {}),
    )
    assert (told.tools[0].workflow_id, told.tools[0].steps) == ("book-1", ("held a slot",))
    assert [(a.status, a.heard, a.reason) for a in told.announcements] == [
        ("spoken", "You are booked.", None),
        ("not_spoken", "", "call_ended"),
    ]
    assert [(q.status, q.answer) for q in told.questions] == [
        ("answered", {"choice": "10:00"}),
        ("unanswered", None),
        ("open", None),
    ]
    assert [q.question_id for q in told.open_questions] == ["q3"]


def test_it_says_what_the_edge_had_in_mind() -> None:
    history = History()
    history.agent_said("r1", "greeting", "Hello.", interrupted=False)
    history.caller_said(1, "A boiler service please")
    history.tool_asked("book-1", "book", {"service": "boiler"})
    history.agent_said("r2", "turn", "One moment", interrupted=True)
    history.agent_said("r3", "question", "Ten or two?", interrupted=False)
    history.caller_said(2, "Ten")
    history.looked_up(live.LookedUp("hours", {}, {"n": 1}))
    history.tool_settled(live.ToolOutcome("book-1", "book", "completed", {"reference": "HB-7"}))
    remembered = [(type(e).__name__, asdict(e)) for e in history.entries]
    rebuilt = [(type(e).__name__, asdict(e)) for e in rebuild(a_call()).entries]
    assert rebuilt[: len(remembered)] == remembered


@pytest.mark.parametrize("seed", range(20))
def test_order_and_repetition_of_what_is_read_change_nothing(seed: int) -> None:
    events = a_call()
    again = events + random.Random(seed).sample(events, 10)
    random.Random(seed).shuffle(again)
    assert rebuild(again) == rebuild(events)


def test_a_later_outcome_and_a_second_request_change_nothing() -> None:
    events = a_call()
    again: list[Event] = [
        event.model_copy(update={"id": f"evt_again_{n}", "time": event.time + timedelta(seconds=30)})
        for n, event in enumerate(events)
        if isinstance(event, ToolRequested | ToolCompleted)
    ]
    assert rebuild(events + again) == rebuild(events)


def test_every_beginning_of_a_call_can_be_rebuilt() -> None:
    events = a_call()
    for length in range(1, len(events) + 1):
        rebuild(events[:length])


def test_an_outcome_of_nothing_that_was_asked_is_left_out() -> None:
    stray = ToolCompleted(call_id="c1", region="local", tool_call_id="x", tool="book", result={})
    assert rebuild([stray]).entries == ()


def test_events_of_several_calls_or_none_are_refused() -> None:
    stray = ToolCompleted(call_id="c2", region="local", tool_call_id="x", tool="book", result={})
    with pytest.raises(ValueError, match="of 2"):
        rebuild([*a_call(), stray])
    with pytest.raises(ValueError, match="of 0"):
        rebuild([])


def test_messages_become_events_and_unknown_kinds_are_left_out() -> None:
    events = a_call()
    messages = [(subject(event), encode(event)) for event in events]
    assert events_of([*messages, ("trunkline.v1.local.calls.c1.something_new", b"{}")]) == events
    with pytest.raises(ValueError, match="not the subject"):
        events_of([("elsewhere", b"{}")])
    with pytest.raises(ValueError, match="call_id"):
        events_of([("trunkline.v1.local.calls.c1.call_ended", b"{}")])
