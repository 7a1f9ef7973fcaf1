"""What is read back says what is to be done, also where no field of the request names it."""

import datetime as dt

import pytest
from pydantic import BaseModel, Field

from tests.edge.dialogue.talk import Caller, tool


class Replace(BaseModel):
    """Book the replacement of a boiler."""

    day: dt.date = Field(description="The day.")
    time: dt.time = Field(description="When it starts.")
    name: str = Field(description="Who it is for.")


class Leak(BaseModel):
    """Report a leak."""

    topic: str = Field(description="What leaks.", json_schema_extra={"ask": "What leaks?"})


@pytest.mark.parametrize(
    ("title", "model", "turns", "wanted"),
    [
        (
            "Book a boiler replacement",
            Replace,
            ["a boiler replacement on Tuesday at ten, my name is John Snow"],
            "I'll book a boiler replacement on Tuesday, November twenty-fourth at ten in the morning, for John Snow.",
        ),
        ("Report a leak", Leak, ["report a leak", "the kitchen tap"], "I'll report a leak, topic: kitchen tap."),
    ],
)
def test_a_request_that_names_no_thing_is_read_back_by_its_title(
    make_caller: type[Caller], title: str, model: type[BaseModel], turns: list[str], wanted: str
) -> None:
    caller = make_caller(tools=(tool(title.lower().replace(" a ", " ").replace(" ", "_"), title, model),))
    said = [caller.say(turn).text for turn in turns][-1]
    assert wanted in said
    assert said.endswith("?")


def test_one_that_names_a_thing_is_read_back_by_that(caller: Caller) -> None:
    said = caller.say("boiler service Tuesday at ten, my name is John Snow").text
    assert "a boiler service on Tuesday" in said
    assert "book a visit" not in said
