"""What a conversation is in the form of chat completions."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from edge.chat import functions, messages
from edge.core.conversation import (
    AgentSaid,
    CallerSaid,
    Entry,
    LookedUp,
    ToolAsked,
    ToolOutcome,
)
from tests.edge.conversations import conversation


def test_the_conversation_as_messages() -> None:
    long_id = "electrical_check-" + "a" * 60
    said = messages(
        conversation(
            AgentSaid("r_1", "greeting", "Hello, this is"),
            CallerSaid(1, "Book Monday."),
            AgentSaid("r_2", "turn", "", interrupted=True),
            ToolAsked(long_id, "book_visit", {"day": "Monday"}),
            ToolOutcome(long_id, "book_visit", "completed", {"time": "ten"}),
            ToolOutcome(long_id, "book_visit", "refused", {"code": "invalid_arguments", "message": "No such day."}),
        )
    )

    assert [message["role"] for message in said] == [
        "system",
        "assistant",
        "user",
        "system",
        "assistant",
        "tool",
        "system",
        "system",
        "system",
    ]
    assert said[4]["tool_calls"][0]["id"] == said[5]["tool_call_id"]
    assert len(said[5]["tool_call_id"]) <= 40
    assert said[5]["content"].startswith("Accepted")
    assert 'completed. {"time": "ten"}' in said[6]["content"]
    assert "refused" in said[7]["content"]


def test_a_look_up_is_the_answer_to_its_function() -> None:
    said = messages(
        conversation(
            CallerSaid(1, "Is it delayed?"),
            LookedUp("track_parcel", {"code": "1"}, {"status": "delayed"}, age=300.0),
            LookedUp("track_parcel", {"code": "2"}, {"code": "slow", "message": "Sorry."}, failed=True),
        )
    )
    assert [message["role"] for message in said[2:-1]] == ["assistant", "tool", "assistant", "tool"]
    assert said[2]["tool_calls"][0]["function"] == {"name": "track_parcel", "arguments": '{"code": "1"}'}
    assert said[3]["content"] == '{"status": "delayed"} (as of 300 seconds ago)'
    assert said[5]["content"].startswith("It could not be looked up")


def test_what_was_sent_before_is_sent_again_as_it_was_and_first() -> None:
    """The second call of a tool turn, and every later one, begins with all of the one before but its newest note."""
    asked = ToolAsked("book-1", "book_visit", {"day": "Monday"})
    entries: list[Entry] = [
        AgentSaid("r_1", "greeting", "Hello."),
        CallerSaid(1, "Book Monday."),
        asked,
        AgentSaid("r_2", "turn", "I am booking", interrupted=True),
        CallerSaid(2, "And when will they come?"),
        ToolOutcome("book-1", "book_visit", "completed", {"time": "ten"}),
    ]
    before: list[Any] = []
    offered = None
    for length in range(1, len(entries) + 1):
        now = replace(
            conversation(*entries[:length]),
            now=datetime(2026, 11, 20, 10, 5 + length, tzinfo=UTC),
            cancellable=(asked,) if 3 <= length < 6 else (),
        )
        said = messages(now)
        assert said[: len(before)] == before
        assert offered is None or functions(now) == offered
        before, offered = said[:-1], functions(now)
