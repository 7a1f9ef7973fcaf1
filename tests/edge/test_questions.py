"""Workflows' questions: how patiently an answer is listened to."""

from datetime import date
from typing import Annotated, Any, Literal

import pytest
from pydantic import Field, create_model

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
    assert listened_to(desk, text, ANSWER, named) == listened


@pytest.mark.parametrize(
    ("text", "fields", "listened"),
    [
        ("The deposit is twenty dollars.", {"agreed": bool}, "yes_no"),
        ("What do you say?", {"agreed": bool}, "yes_no"),
        ("How would you like to pay?", {"how": Literal["cash", "card"]}, "brief"),
        ("Ten is free. Would that suit you?", {"choice": Literal["ten", "none of these"]}, "yes_no"),
        ("The pizzas, please.", {"pizzas": int}, "brief"),
        ("What is the order number?", {"number": int}, "digits"),
        ("What is the order number?", {"number": Annotated[str, Field(pattern=r"^\d{4}$")]}, "four_digits"),
        ("Which one?", {"number": Annotated[str, Field(pattern=r"^\d{6}$")]}, "six_digits"),
        ("I only need the day.", {"day": date}, "brief"),
        ("Why is that?", {"reason": str}, "open"),
        ("What would you change?", {"agreed": bool, "day": date}, "open"),
    ],
)
async def test_what_fits_tells_how_it_is_said_where_the_words_do_not(
    desk: Desk, text: str, fields: dict[str, Any], listened: Profile
) -> None:
    fields |= {"note": (str, "")}  # It has a default, so nobody is asked for it.
    assert listened_to(desk, text, create_model("Answer", **fields).model_json_schema()) == listened


@pytest.mark.parametrize(
    "answer",
    [{}, {"required": ["a"]}, {"required": "a", "properties": {"a": {}}}, {"required": ["a"], "properties": []}],
)
async def test_a_schema_that_makes_no_sense_tells_nothing(desk: Desk, answer: dict[str, Any]) -> None:
    assert listened_to(desk, "What is it about?", answer) == "open"


def listened_to(desk: Desk, text: str, answer: dict[str, Any], named: Profile | None = None) -> Profile | None:
    desk.business.receive(desk.event(QuestionAsked, question_id="q1", text=text, answer=answer, profile=named))
    (announced,) = (each for each in desk.done if isinstance(each, do.Announce))
    desk.business.settle("q1", "spoken")
    (question,) = desk.business.conversation().questions
    assert announced.profile == question.profile == desk.business.awaited()
    return announced.profile
