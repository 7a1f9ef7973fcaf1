"""One event of every kind, as it comes up in a call; for the documents and for tests."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from schemas.base import Event
from schemas.events import KINDS
from schemas.reports import CallReport, ToolReport
from schemas.tools import ToolSpec, tool_call_id

CALL = "call_6f1d2c3b4a5968778695a4b3"
ARGUMENTS = {"service": "boiler service", "day": "2026-11-03", "time": "10:30", "name": "Anna Berg"}
TOOL_CALL = tool_call_id(CALL, "book_visit", ARGUMENTS)
_ANNOUNCEMENT = {"announcement_id": "ann_3c5e0f7a9b1d2e4f6a8c0b1d", "tool_call_id": TOOL_CALL}
_QUESTION = {"question_id": "que_9a7b5c3d1e2f4a6b8c0d1e3f", "tool_call_id": TOOL_CALL}
_CARD = {"card_request_id": "crd_1f3b5d7c9e0a2c4e6f8b1d3a", "tool_call_id": TOOL_CALL}
_TRANSFER = {"transfer_id": "evt_0a1b2c3d4e5f60718293a4b5_7", "tool_call_id": TOOL_CALL}
_TOOL = {"tool_call_id": TOOL_CALL, "tool": "book_visit"}
_LATENCY = {
    "endpointing": 0.24,
    "decode": 0.09,
    "model": 0.01,
    "synthesis": 0.03,
    "playout": 0.02,
    "voice_to_voice": 0.41,
}
_SPAN = {"start": 4.3, "end": 6.1}

_FIELDS: Mapping[str, Mapping[str, Any]] = {
    "call_started": {
        "agent": "Harbor Home Services",
        "transport": "twilio",
        "node": "edge-1",
        "caller": "+4520123456",
        "callee": "+4570123456",
        "tools": ["book_visit"],
    },
    "call_resumed": {"transport": "webrtc", "node": "edge-2", "part": 2},
    "reply_started": {"reply": "r2", "turn": 1, "latency": _LATENCY},
    "reply_heard": {
        "reply": "r2",
        "turn": 1,
        "cause": "turn",
        "text": "One moment, I am booking that for you.",
        "interrupted": False,
        "proof": "mark",
    },
    "reply_discarded": {"reply": "r1", "turn": 1, "chars": 38},
    "transcript_heard": {"text": "I need a boiler service", "final": False, **_SPAN},
    "turn_committed": {"turn": 1, "text": "I need a boiler service on Tuesday.", "why": "finished", **_SPAN},
    "tool_requested": {
        **_TOOL,
        "arguments": ARGUMENTS,
        "turn": 1,
        "caller": "+4520123456",
        "agent": "Harbor Home Services",
        "timezone": "Europe/Copenhagen",
        "trace": {"traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"},
    },
    "tool_cancel_requested": {**_TOOL, "words": "Actually, cancel that."},
    "tool_started": {**_TOOL, "workflow_id": TOOL_CALL, "run_id": "019a43b2-7d7e-7c1e-9d0f-2f6c1b3a5d4e"},
    "tool_progressed": {**_TOOL, "step": "held a slot"},
    "tool_completed": {**_TOOL, "result": {"reference": "HB-1042", "starts": "2026-11-03T10:30:00+01:00"}},
    "tool_failed": {
        **_TOOL,
        "code": "declined",
        "message": "There is no free visit on that day.",
        "fault": "business",
        "retryable": False,
    },
    "lookup_answered": {
        "lookup_id": "look_1f2e3d4c5b6a798877665544",
        "tool": "track_parcel",
        "arguments": {"code": "HB1042"},
        "status": "answered",
        "content": {"status": "delayed", "arrives": "2026-11-04"},
        "age": 12.0,
        "seconds": 0.002,
    },
    "announcement_requested": {**_ANNOUNCEMENT, "text": "Your visit is booked.", "urgent": False, "expires": 120.0},
    "announcement_spoken": {**_ANNOUNCEMENT, "heard": "Your visit is booked."},
    "announcement_not_spoken": {**_ANNOUNCEMENT, "reason": "call_ended"},
    "question_asked": {
        **_QUESTION,
        "text": "Half past ten is taken. Would eleven or two o'clock suit you?",
        "answer": {
            "type": "object",
            "properties": {"choice": {"type": "string", "enum": ["11:00", "14:00"]}},
            "required": ["choice"],
        },
        "profile": "brief",
        "expires": 300.0,
    },
    "question_answered": {**_QUESTION, "answer": {"choice": "11:00"}, "words": "Eleven is fine."},
    "question_unanswered": {**_QUESTION, "reason": "call_ended"},
    "card_requested": {
        **_CARD,
        "amount": 12000,
        "currency": "USD",
        "text": "One hundred and twenty dollars, for your boiler repair.",
        "security_code": True,
        "expires": 240.0,
    },
    "card_collected": {**_CARD, "token": "tok_5d1f0c9be2a7463c", "last4": "4242", "brand": "visa"},
    "card_not_collected": {**_CARD, "reason": "cancelled"},
    "card_withdrawn": _CARD,
    "provider_replaced": {
        "seat": "ears",
        "provider": "deepgram",
        "spare": "moonshine",
        "code": "dropped",
        "detail": "Deepgram hung up (code 1011).",
    },
    "decision_asked": {
        **_TOOL,
        "decision_id": "evt_0a1b2c3d4e5f60718293a4b5_4",
        "of": "approval",
        "text": "Send Alex today, outside of his hours?",
        "expires": 300.0,
    },
    "decision_made": {**_TOOL, "decision_id": "evt_0a1b2c3d4e5f60718293a4b5_4", "by": "dispatcher@example.com"},
    "question_withdrawn": _QUESTION,
    "transfer_requested": {
        **_TRANSFER,
        "to": "+4570123457",
        "text": "I'm putting you through to a colleague.",
        "whisper": "A caller with a leak in the kitchen.",
        "expires": 45.0,
    },
    "transfer_ended": {**_TRANSFER, "outcome": "connected"},
    "call_ended": {
        "reason": "caller_hung_up",
        "detail": "The caller hung up.",
        "seconds": 48.2,
        "turns": 5,
        "open_tools": [],
    },
}


def example(kind: str) -> Event:
    """The example of this kind; the same at every call."""
    number = list(KINDS).index(kind)
    common = {
        "id": f"evt_{number:024x}",
        "call_id": CALL,
        "region": "local",
        "time": datetime(2026, 11, 2, 9, 0, tzinfo=UTC) + timedelta(seconds=number),
        "at": float(number),
    }
    return KINDS[kind].model_validate({**common, **_FIELDS[kind]})


def example_tool() -> ToolSpec:
    """A tool as a worker offers it."""
    text = {"type": "string"}
    return ToolSpec(
        name="book_visit",
        title="book a visit",
        description="Book a visit of one of our people at the caller's home.",
        parameters={"type": "object", "properties": {"service": text, "day": text}, "required": ["service", "day"]},
        result={"type": "object", "properties": {"reference": text}, "required": ["reference"]},
        workflow="book_visit",
    )


def example_report() -> CallReport:
    """A report on a call, as a CRM gets it."""
    return CallReport(
        id=f"after-{CALL}",
        call_id=CALL,
        region="local",
        agent="Harbour Home Services",
        transport="twilio",
        caller="+12025550143",
        callee="+12025550100",
        started=datetime(2026, 11, 2, 9, 0, tzinfo=UTC),
        ended=datetime(2026, 11, 2, 9, 0, 48, tzinfo=UTC),
        seconds=48.2,
        turns=5,
        ended_by="caller_hung_up",
        disposition="resolved",
        summary="A call of 48 s with 5 turns of the caller. Book visit: done. The caller hung up.",
        tools=[
            ToolReport(
                tool_call_id="book_visit-0a1b2c3d4e5f60718293a4b5",
                tool="book_visit",
                status="completed",
                arguments={"service": "boiler service", "day": "2026-11-24"},
                result={"booking_id": "book_visit-0a1b2c3d4e5f60718293a4b5"},
            )
        ],
    )
