"""What a call came to, from its events."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.base import Event
from schemas.calls import CallEnded, CallStarted
from schemas.decisions import DecisionAsked
from schemas.questions import QuestionAsked, QuestionUnanswered
from schemas.tools import ToolCompleted, ToolFailed, ToolRequested
from schemas.turns import TurnCommitted
from workflows.reporting import report_of

CALL: dict[str, Any] = {"call_id": "c", "region": "r"}
STARTED = CallStarted(**CALL, agent="Robin", transport="twilio", node="n", caller="+15550100")
TOOL: dict[str, Any] = {**CALL, "tool_call_id": "t", "tool": "book_visit"}
ASKED = ToolRequested(**TOOL, arguments={"service": "tap repair"}, turn=1)
DONE = ToolCompleted(**TOOL, result={"booking_id": "b"})
FAILED = ToolFailed(**TOOL, code="taken", message="No.")
QUESTION = QuestionAsked(**CALL, question_id="q", tool_call_id="t", text="Ten or two?", answer={})
UNANSWERED = QuestionUnanswered(**CALL, question_id="q", tool_call_id="t", reason="call_ended")
ELSEWHERE = DecisionAsked(**TOOL, decision_id="d", of="link", text="Ten or two?", expires=60)


def ended(reason: Any = "caller_hung_up", turns: int = 2) -> CallEnded:
    return CallEnded(**CALL, reason=reason, seconds=65, turns=turns)


def test_business_that_was_done_resolves_a_call() -> None:
    report = report_of(ended(), [STARTED, ASKED, DONE])
    assert report.disposition == "resolved"
    assert report.summary == ("A call of 1 min 5 s with 2 turns of the caller. Book visit: done. The caller hung up.")
    assert (report.caller, report.tools[0].result, report.unfinished) == ("+15550100", {"booking_id": "b"}, [])


def test_each_end_has_its_disposition() -> None:
    assert report_of(ended(), [STARTED, ASKED]).disposition == "pending"
    assert report_of(ended(), [STARTED, ASKED, FAILED]).disposition == "failed"
    assert report_of(ended(), [STARTED]).disposition == "talked"
    assert report_of(ended(turns=0), [STARTED]).disposition == "silent"
    assert report_of(ended("refused", 0), [STARTED]).disposition == "refused"
    assert report_of(ended(), []).disposition == "unknown"
    other = ASKED.model_copy(update={"tool_call_id": "u", "id": "evt_u"})
    undone = FAILED.model_copy(update={"tool_call_id": "u", "id": "evt_v"})
    assert report_of(ended(), [STARTED, ASKED, DONE, other, undone]).disposition == "partly_resolved"


def test_arguments_that_the_model_put_right_are_no_failure() -> None:
    wrong = ASKED.model_copy(update={"tool_call_id": "w", "id": "evt_w"})
    told = ToolFailed(**{**TOOL, "tool_call_id": "w"}, code="invalid_arguments", message="No.")
    report = report_of(ended(), [STARTED, wrong, told, ASKED, DONE])
    assert report.disposition == "resolved"
    assert "not done" not in report.summary


def test_a_question_that_died_with_the_call_is_left_and_one_that_went_elsewhere_is_not() -> None:
    events: list[Event] = [STARTED, ASKED, QUESTION, UNANSWERED, FAILED]
    (left,) = report_of(ended(), events).unfinished
    assert (left.kind, left.tool_call_id) == ("unanswered", "t")
    assert "Ten or two?" in left.text
    assert report_of(ended(), [*events, ELSEWHERE]).unfinished == []
    declined = UNANSWERED.model_copy(update={"reason": "declined"})
    assert report_of(ended(), [STARTED, ASKED, QUESTION, declined, FAILED]).unfinished == []
    assert report_of(ended(), [STARTED, ASKED, QUESTION, UNANSWERED]).unfinished == []  # Its workflow still runs.


def test_a_call_that_broke_off_is_left_unless_its_business_was_done() -> None:
    (left,) = report_of(ended("transport_lost"), [STARTED]).unfinished
    assert left.kind == "broken_off"
    assert report_of(ended("transport_lost"), [STARTED, ASKED, DONE]).unfinished == []
    assert report_of(ended("transport_lost", turns=0), [STARTED]).unfinished == []


def test_of_ten_thousand_events_the_report_stays_small() -> None:
    turns = [
        TurnCommitted(**CALL, turn=number, text="words " * 20, start=number, end=number, why="silence")
        for number in range(1, 9_701)
    ]
    asked = [ASKED.model_copy(update={"tool_call_id": f"t{n}", "id": f"evt_a{n}"}) for n in range(150)]
    done = [DONE.model_copy(update={"tool_call_id": f"t{n}", "id": f"evt_d{n}"}) for n in range(150)]
    report = report_of(ended(turns=9_000), [STARTED, *turns, *asked, *done])
    assert len(report.tools) == 100
    assert report.disposition == "resolved"
    assert len(report.model_dump_json()) < 100_000


@settings(max_examples=60)
@given(st.permutations([STARTED, ASKED, DONE, QUESTION, UNANSWERED]), st.integers(0, 3))
def test_order_and_repetition_change_nothing(events: list[Event], again: int) -> None:
    last = ended()
    assert report_of(last, [*events, *events[:again]]) == report_of(last, sorted(events, key=lambda e: e.time))
