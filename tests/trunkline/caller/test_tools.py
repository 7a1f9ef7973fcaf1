"""What becomes of the business, folded from events."""

from typing import Any

from schemas.announcements import AnnouncementNotSpoken, AnnouncementRequested, AnnouncementSpoken
from schemas.calls import CallEnded
from schemas.questions import QuestionAnswered, QuestionAsked
from schemas.tools import ToolCompleted, ToolFailed, ToolRequested
from trunkline.caller.tools import Board

OF: dict[str, Any] = {"call_id": "CA1", "region": "local"}
REQUESTED = ToolRequested(**OF, tool_call_id="t1", tool="book_visit", arguments={"day": "2026-11-24"}, turn=1)


def busy(board: Board) -> bool:
    return board.busy


def test_a_tool_is_pending_until_its_outcome() -> None:
    board = Board()
    assert not busy(board)
    board.receive(REQUESTED)
    board.receive(REQUESTED)
    assert busy(board)
    assert [tool.outcome for tool in board.tools.values()] == ["pending"]
    board.receive(ToolCompleted(**OF, tool_call_id="t1", tool="book_visit", result={"technician": "Alex"}))
    assert not busy(board)
    assert board.tools["t1"].outcome == "completed"
    assert board.tools["t1"].arguments == {"day": "2026-11-24"}
    assert board.tools["t1"].result == {"technician": "Alex"}


def test_a_failure_keeps_its_reason() -> None:
    board = Board()
    board.receive(ToolFailed(**OF, tool_call_id="t1", tool="book_visit", code="declined", message="It is taken."))
    assert board.tools["t1"].outcome == "failed"
    assert board.tools["t1"].result == {"code": "declined", "message": "It is taken."}


def test_an_outcome_that_waits_to_be_spoken_keeps_the_caller_on_the_line() -> None:
    board = Board()
    ids = {"announcement_id": "a1", "tool_call_id": "t1"}
    board.receive(AnnouncementRequested(**OF, **ids, text="It is booked."))
    assert busy(board)
    board.receive(AnnouncementSpoken(**OF, **ids, heard="It is booked."))
    assert not busy(board)
    board.receive(AnnouncementRequested(**OF, **ids, text="It is booked."))
    board.receive(AnnouncementNotSpoken(**OF, **ids, reason="expired"))
    assert not busy(board)


def test_a_question_that_waits_for_its_answer_does_too() -> None:
    board = Board()
    ids = {"question_id": "q1", "tool_call_id": "t1"}
    board.receive(QuestionAsked(**OF, **ids, text="Nine or eleven?", answer={}))
    assert busy(board)
    board.receive(QuestionAnswered(**OF, **ids, answer={}, words="Nine."))
    assert not busy(board)


def test_the_edges_word_on_the_end_is_kept() -> None:
    board = Board()
    board.receive(CallEnded(**OF, reason="agent_hung_up", seconds=3, turns=1))
    assert board.ended
    assert board.ended.reason == "agent_hung_up"
