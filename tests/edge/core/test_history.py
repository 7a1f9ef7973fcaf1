"""History holds the words that were heard, whole words only."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.core.conversation import Question, ToolOutcome
from edge.core.history import History, cut_to_words


@pytest.mark.parametrize(
    ("chars", "heard"),
    [
        (0, ""),
        (3, ""),
        (4, "Your"),
        (9, "Your"),
        (10, "Your visit"),
        (17, "Your visit is"),
        (20, "Your visit is booked."),
    ],
)
def test_whole_words_only(chars: int, heard: str) -> None:
    assert cut_to_words("Your visit is booked.", chars) == heard


@given(st.text(max_size=80), st.integers(0, 100))
def test_what_was_heard_is_a_beginning_of_what_was_said(text: str, chars: int) -> None:
    heard = cut_to_words(text, chars)
    assert text.strip().startswith(heard)
    assert len(heard) <= max(chars, 0) + len(text) - len(text.rstrip(".,;:!?…\"') \t\n")) + 10 or heard == text.strip()


def test_tools_are_open_until_settled_and_known_as_asked() -> None:
    history = History()
    history.tool_asked("t1", "book_visit", {})
    assert history.open_tools() == ["t1"]
    assert history.was_asked("t1")
    history.tool_settled(ToolOutcome("t1", "book_visit", "completed", {}))
    assert history.open_tools() == []
    assert history.was_asked("t1")


def test_a_refused_tool_may_be_asked_for_again() -> None:
    history = History()
    history.tool_settled(ToolOutcome("t1", "book_visit", "refused", {}))
    assert not history.was_asked("t1")


def test_a_reply_of_which_nothing_was_heard_leaves_only_its_state() -> None:
    history = History()
    history.agent_said("r1", "turn", "", interrupted=True)
    assert history.entries == ()
    history.agent_said("r2", "turn", "", interrupted=True, state={"asked": "day"})
    assert len(history.entries) == 1


def test_questions_wait_in_order_until_settled() -> None:
    history = History()
    for name in ("q1", "q2"):
        history.question_asked(Question(name, "Which?", {}))
    assert history.question_settled("q1") is not None
    assert history.question_settled("q1") is None
    assert [question.question_id for question in history.questions] == ["q2"]
