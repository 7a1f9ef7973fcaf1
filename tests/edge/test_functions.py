from datetime import UTC, datetime

import pytest

from edge.core.conversation import Answer, Cancel, Conversation, EndCall, Question, Tool, ToolAsked, ToolCall
from edge.functions import read_call

BOOK = Tool("book_visit", "book a visit", "Book a visit.", {"type": "object"})
FIRST = Question("q_1", "When?", {"type": "object", "properties": {"slot": {"type": "string"}}})
SECOND = Question("q_2", "Who?", {"type": "object", "properties": {"name": {}, "age": {}}})


def talk(*questions: Question) -> Conversation:
    return Conversation("call_1", "", "", datetime.now(UTC), (BOOK,), (), questions)


def test_reads_what_is_asked_for() -> None:
    assert read_call("book_visit", '{"day": "Monday"}', talk()) == ToolCall("book_visit", {"day": "Monday"})
    assert read_call("end_call", "", talk()) == EndCall()


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ('{"question_id": "q_1", "answer": {"slot": "ten"}}', {"slot": "ten"}),
        ('{"question_id": "q_1", "answer": "ten"}', {"slot": "ten"}),
        ('{"answer": {"slot": "ten"}}', {"slot": "ten"}),
        ('{"question_id": ["?"], "answer": {}}', {}),
    ],
)
def test_one_question_is_answered_however_it_is_named(text: str, answer: dict[str, str]) -> None:
    assert read_call("answer_question", text, talk(FIRST)) == Answer("q_1", answer)


@pytest.mark.parametrize(
    ("name", "text", "fault"),
    [
        ("dig_hole", "{}", "no function"),
        ("book_visit", "{", "not valid JSON"),
        ("book_visit", "[" * 100_000, "not valid JSON"),
        ("book_visit", "3", "not a JSON object"),
        ("answer_question", '{"question_id": "q_9", "answer": {}}', "must be one of q_1, q_2"),
        ("answer_question", '{"question_id": "q_2", "answer": "Bo"}', "must be an object"),
        ("answer_question", '{"question_id": "q_2"}', "must be an object"),
    ],
)
def test_what_makes_no_sense_is_told(name: str, text: str, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        read_call(name, text, talk(FIRST, SECOND))


def test_nothing_is_answered_that_was_not_asked() -> None:
    with pytest.raises(ValueError, match="no function"):
        read_call("answer_question", '{"answer": {}}', talk())


def under_way(*ids: str) -> Conversation:
    asked = tuple(ToolAsked(one, "book_visit", {"day": "Monday"}) for one in ids)
    return Conversation("call_1", "", "", datetime.now(UTC), (BOOK,), asked, cancellable=asked)


def test_a_request_is_called_off_by_its_id_which_a_single_one_does_not_need() -> None:
    assert read_call("cancel_request", '{"tool_call_id": "b-2"}', under_way("b-1", "b-2")) == Cancel("b-2")
    assert read_call("cancel_request", "{}", under_way("b-1")) == Cancel("b-1")


@pytest.mark.parametrize(
    ("text", "ids", "fault"),
    [
        ("{}", ("b-1", "b-2"), "must be one of b-1, b-2"),
        ('{"tool_call_id": "b-9"}', ("b-1",), "must be one of b-1"),
        ('{"tool_call_id": ["b-1"]}', ("b-1",), "must be one of b-1"),
        ("{}", (), "Nothing is under way"),
    ],
)
def test_what_is_not_under_way_cannot_be_called_off(text: str, ids: tuple[str, ...], fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        read_call("cancel_request", text, under_way(*ids))
