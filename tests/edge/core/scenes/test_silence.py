"""The caller says nothing: a question, then a goodbye; patience where they asked for it."""

import pytest

from edge.core import events as do
from tests.edge.core.stage import greeted, kinds


def test_silence_is_asked_about_and_then_ended() -> None:
    stage = greeted()
    say = stage.at(11.5)[-1]
    assert isinstance(say, do.Say)
    assert say.cause == "silence"
    stage.at(11.6, do.Ready(say.reply))
    stage.at(12.5)
    stage.spoken(say.reply)
    say = stage.at(25.0)[-1]
    assert isinstance(say, do.Say)
    assert say.cause == "goodbye"
    stage.at(25.1, do.Ready(say.reply))
    stage.spoken(say.reply)
    assert stage.log[-1] == do.HangUp("silence")


def test_hold_on_is_respected() -> None:
    stage = greeted()
    stage.says("Hold on a second.", 4.0, 5.0)
    stage.at(5.4, do.Ready("r2"))
    stage.at(6.0)
    stage.spoken("r2")
    assert kinds(stage.at(40.0)) == []
    assert kinds(stage.at(52.0)) == ["Say"]


def test_a_caller_who_waits_for_business_is_not_hung_up_on() -> None:
    stage = greeted()
    stage.at(3.1, do.Busy(True))
    assert kinds(stage.at(40.0)) == []
    stage.at(41.0, do.Busy(False))
    assert kinds(stage.at(41.1)) == ["Say"]


def test_a_caller_who_owes_an_answer_is_asked_whether_they_are_there_whatever_else_is_under_way() -> None:
    stage = greeted()
    stage.says("I would like to pay my bill.", 3.0, 4.5)
    stage.at(4.8)
    reply = "r2"
    stage.at(4.9, do.Ready(reply))
    stage.at(5.0, do.Busy(True))
    stage.at(6.0, do.Expect(reply, "digits"))
    stage.at(7.0)
    stage.spoken(reply)
    assert stage.told(15.5).cause == "silence"
    stage.plays(15.6, 16.5)
    assert kinds(stage.at(40.0)) == [], "They are not hung up on meanwhile."


def test_a_goodbye_without_a_voice_still_ends_the_call() -> None:
    stage = greeted()
    stage.at(120.0)
    assert stage.log[-1] == do.HangUp("silence")


def test_a_caller_who_comes_back_after_holding_on_is_heard_and_the_patience_is_over() -> None:
    stage = greeted()
    stage.says("Hang on, let me get my card.", 4.0, 5.0)
    stage.at(5.4)
    stage.plays(5.5, 6.0)
    assert kinds(stage.at(45.0)) == []
    stage.says("I have it here now.", 46.0, 47.0)
    stage.at(47.5)
    stage.plays(47.6, 49.0)
    assert "Say" in kinds(stage.at(58.0)), "Eight seconds again, not forty-five."


@pytest.mark.parametrize("words", ["Yes.", "Yeah.", "Five, five, five."])
def test_what_is_said_over_are_you_still_there_is_an_answer(words: str) -> None:
    stage = greeted()
    say = stage.told(11.5)
    stage.at(11.6, do.Ready(say.reply))
    stage.says(words, 12.0, 12.5)
    stage.at(13.5)
    assert stage.commits() == [words]


def test_whoever_answers_the_question_is_not_said_goodbye_to() -> None:
    stage = greeted()
    stage.at(11.5)
    stage.plays(11.6, 12.5)
    stage.says("Yes, I am here.", 14.0, 15.0)
    stage.at(15.5)
    stage.plays(15.6, 17.0)
    assert stage.told(26.0).cause == "silence"
