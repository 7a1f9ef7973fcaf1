"""A workflow's question in the middle of a call."""

from typing import Any

import pytest

from tests.edge.dialogue.talk import Caller

FREE = {"2026-11-24T10:30:00": "half past ten", "2026-11-24T14:00:00": "two"}
MOMENTS: dict[str, Any] = {"type": "object", "properties": {"slot": {"enum": [*FREE, "none"]}}, "required": ["slot"]}
WORDS: dict[str, Any] = {
    "type": "object",
    "required": ["choice"],
    "properties": {
        "choice": {
            "enum": [
                "eleven in the morning that day",
                "Wednesday the twenty-fifth of November at ten in the morning",
                "none of these",
            ],
            "synonyms": {"none of these": ["neither", "none", "no", "another time"]},
        }
    },
}  # fmt: skip
YES_NO: dict[str, Any] = {"type": "object", "properties": {"ok": {"type": "boolean"}}, "required": ["ok"]}
DAY: dict[str, Any] = {
    "type": "object",
    "properties": {"day": {"type": "string", "format": "date"}},
    "required": ["day"],
}


def waiting(caller: Caller, answer: dict[str, Any], text: str = "Ten is taken. Which other time?") -> Caller:
    caller.say("boiler service Tuesday at ten, my name is Jon Snow")
    caller.say("yes")
    caller.asks(text, answer)
    return caller


@pytest.mark.parametrize(
    ("text", "slot"),
    [
        ("half past ten", "2026-11-24T10:30:00"),
        ("two o'clock is better", "2026-11-24T14:00:00"),
        ("the later one", "2026-11-24T14:00:00"),
        ("The first one.", "2026-11-24T10:30:00"),
        ("neither", "none"),
        ("no thanks", "none"),
    ],
)
def test_moments(text: str, slot: str, caller: Caller) -> None:
    reply = waiting(caller, MOMENTS).say(text)
    assert [dict(answer.answer) for answer in reply.answers] == [{"slot": slot}]
    assert reply.text


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("eleven please", 0),
        ("11 o'clock.", 0),
        ("Wednesday", 1),
        ("no, the second one", 1),
        ("ten", 1),
        ("another time", 2),
        ("neither", 2),
    ],
)
def test_offers_in_words(text: str, at: int, caller: Caller) -> None:
    reply = waiting(caller, WORDS).say(text)
    assert [answer.answer["choice"] for answer in reply.answers] == [WORDS["properties"]["choice"]["enum"][at]]


@pytest.mark.parametrize(
    ("text", "ok"), [("yes please", True), ("well, I guess so", True), ("no thank you", False), ("not really", False)]
)
def test_yes_or_no(text: str, ok: bool, caller: Caller) -> None:
    assert waiting(caller, YES_NO).say(text).answers[0].answer == {"ok": ok}


def test_a_day(caller: Caller) -> None:
    waiting(caller, DAY)
    assert not caller.say("yesterday").answers
    assert caller.say("tomorrow then").answers[0].answer == {"day": "2026-11-21"}


def test_an_unclear_answer_gets_the_question_in_other_words(caller: Caller) -> None:
    waiting(caller, MOMENTS)
    said = [caller.say(text).text for text in ("blurg", "hmm flarn", "zorp")]
    assert len(set(said)) == 3
    assert "ten thirty in the morning" in said[1]


def test_something_else_first_then_back(caller: Caller) -> None:
    waiting(caller, MOMENTS)
    reply = caller.say("how long does it take?")
    assert not reply.answers
    assert reply.text.endswith("Which other time?")
    assert caller.say("two").answers


def test_another_time_than_those_offered(caller: Caller) -> None:
    waiting(caller, WORDS)
    reply = caller.say("what about Thursday?")
    assert not reply.answers
    assert "only" in reply.text


def test_goodbye_does_not_leave_the_question_open_at_once(caller: Caller) -> None:
    waiting(caller, YES_NO)
    assert not caller.say("okay bye").ended
    assert caller.say("goodbye").ended


def test_it_is_answered_once(caller: Caller) -> None:
    waiting(caller, YES_NO)
    question = caller.questions
    assert caller.say("yes").answers
    caller.questions = question
    assert not caller.say("yes").answers


def test_a_request_under_way_does_not_take_the_answer(caller: Caller) -> None:
    kept = waiting(caller, MOMENTS).questions
    caller.questions = ()
    caller.say("I also need a tap repair")
    caller.questions = kept
    caller.hears(next(iter(kept)).text, "question")
    assert caller.say("two o'clock").answers[0].answer == {"slot": "2026-11-24T14:00:00"}
    assert caller.say("Friday at nine").state.slots["day"] == "2026-11-27"


@pytest.mark.parametrize("text", ["", "sorry, what was that?"])
def test_an_answer_that_was_not_heard_keeps_the_patience_that_its_question_has(text: str, caller: Caller) -> None:
    assert caller.say("boiler service Tuesday at ten").done.expects == "name"
    caller.asks("Which number is on the old invoice?", YES_NO, "digits")
    assert caller.say(text).done.expects == "digits"
    assert caller.say(text).done.expects == "digits"


@pytest.mark.parametrize("text", ["I am not sure, what are your opening hours?", "Are you open on Monday?"])
def test_what_is_asked_about_the_business_is_answered_and_then_the_question_again(text: str, demo: Caller) -> None:
    waiting(demo, YES_NO, "Is the meter in the cellar?")
    for _ in range(2):
        reply = demo.say(text)
        assert "to six in the evening" in reply.text
        assert reply.text.endswith("Is the meter in the cellar?")
        assert not reply.answers


def test_an_answer_before_such_a_question_is_one(demo: Caller) -> None:
    reply = waiting(demo, YES_NO, "Is the meter in the cellar?").say("Yes. What are your opening hours?")
    assert "to six in the evening" in reply.text
    assert [answer.answer for answer in reply.answers] == [{"ok": True}]


def test_after_an_aside_the_question_is_asked_every_time(demo: Caller) -> None:
    waiting(demo, YES_NO, "Is the meter in the cellar?")
    for text in ("Can you tell me again what you can do for me?", "Are you a robot?"):
        assert demo.say(text).text.endswith("Is the meter in the cellar?")


def test_a_request_under_way_goes_on_once_the_question_is_answered(caller: Caller) -> None:
    kept = waiting(caller, YES_NO).questions
    caller.questions = ()
    caller.say("I also need a tap repair on Friday at nine, for Mary Smith.")
    caller.questions = kept
    caller.hears(next(iter(kept)).text, "question")
    reply = caller.say("No.")
    assert [answer.answer for answer in reply.answers] == [{"ok": False}]
    assert reply.text.endswith("is that right?") or reply.text.endswith("is that correct?")
