"""Workflows' questions: how patiently an answer is listened to."""

import pytest

from edge.core import events as do
from edge.core.conversation import Profile
from schemas.questions import QuestionAsked
from tests.edge.desk import Desk

ANSWER = {"type": "object", "properties": {"answer": {"type": "string"}}}


@pytest.mark.parametrize(
    ("text", "named", "listened"),
    [
        ("Shall I order it?", None, "yes_no"),
        ("Ten is taken. Would eleven or two o'clock suit you?", None, "brief"),
        ("What number may we call?", None, "digits"),
        ("What is it about?", None, "open"),
        ("The order, please.", None, "open"),
        ("What is it about?", "brief", "brief"),
        ("Shall I order it?", "open", "open"),
    ],
)
async def test_an_answer_is_listened_to_as_the_tool_says_or_else_as_its_words_ask(
    desk: Desk, text: str, named: Profile | None, listened: Profile
) -> None:
    desk.business.receive(desk.event(QuestionAsked, question_id="q1", text=text, answer=ANSWER, profile=named))
    (announced,) = (each for each in desk.done if isinstance(each, do.Announce))
    desk.business.settle("q1", "spoken")
    (question,) = desk.business.conversation().questions
    assert announced.profile == question.profile == desk.business.awaited() == listened
