"""What is read back says what is to be done, also where no field of the request names it."""

import datetime as dt

import pytest
from pydantic import BaseModel, Field

from edge.core.conversation import CallerSaid
from tests.edge.dialogue.talk import PARCEL, PIZZA, Caller, tool


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


WHOLE = "a boiler service on Tuesday, November twenty-fourth at ten in the morning, for Anna Miller. "
TURNS = ("A boiler service.", "Tuesday at ten.", "Anna Miller.")


def read_back_until(caller: Caller, words: str) -> None:
    """All is told, and the read-back is cut off after these words."""
    for turn in TURNS[:2]:
        caller.say(turn)
    caller.turn += 1
    caller.entries.append(CallerSaid(caller.turn, TURNS[2]))
    caller.answer(heard=caller.decide().text.index(words) + len(words))


@pytest.mark.parametrize(
    ("words", "missing"),
    [
        ("service on Tuesday,", "on Tuesday, November twenty-fourth at ten in the morning, for Anna Miller. "),
        ("twenty-fourth at ten", "at ten in the morning, for Anna Miller. "),
        ("in the morning,", "for Anna Miller. "),
        ("for Anna", "for Anna Miller. "),
        ("a boiler", WHOLE),
    ],
)
def test_what_was_not_heard_is_said_again_before_anything_is_done(caller: Caller, words: str, missing: str) -> None:
    read_back_until(caller, words)
    reply = caller.say("Yes.")
    assert not reply.calls
    assert missing in reply.text
    assert ("a boiler service" in reply.text) == (missing is WHOLE)
    assert len(caller.say("Yes.").calls) == 1


def test_who_has_heard_the_facts_need_not_hear_the_question(caller: Caller) -> None:
    read_back_until(caller, "for Anna Miller")
    assert len(caller.say("Yes.").calls) == 1


@pytest.mark.parametrize("aside", ["Hold on.", "How much is that?", "What time did you say?", "Are you a robot?"])
def test_an_aside_does_not_make_it_heard(caller: Caller, aside: str) -> None:
    read_back_until(caller, "twenty-fourth at ten")
    caller.say(aside)
    reply = caller.say("Yes.")
    assert not reply.calls
    assert "for Anna Miller" in reply.text
    assert len(caller.say("Yes.").calls) == 1


def test_what_is_changed_comes_with_what_was_not_heard(caller: Caller) -> None:
    read_back_until(caller, "in the morning,")
    reply = caller.say("No, make it eleven.")
    assert "at eleven in the morning, for Anna Miller" in reply.text
    assert "boiler" not in reply.text


@pytest.mark.parametrize(
    "turns",
    [
        ["I'd like to move my visit from Monday to Wednesday, same time.", "Anna Miller."],
        ["I want to cancel my visit on Monday.", "Anna Miller."],
        ["I'd like to pay an invoice.", "1042"],
    ],
)
def test_whatever_is_read_back_to_its_end_counts_as_heard(demo: Caller, turns: list[str]) -> None:
    for turn in turns:
        demo.say(turn)
    assert demo.state.unheard
    assert len(demo.say("Yes.").calls) == 1


def test_so_do_other_kinds(make_caller: type[Caller]) -> None:
    caller = make_caller(tools=(PARCEL, PIZZA), caller=None)
    for turn in ("Two large four cheese pizzas.", "Yes, deliver them."):
        caller.say(turn)
    assert len(caller.say("Yes.").calls) == 1
    for turn in ("I lost a parcel.", "PL407712", "415 555 0142"):
        caller.say(turn)
    assert len(caller.say("Yes.").calls) == 1
