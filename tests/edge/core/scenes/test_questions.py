"""A workflow asks; the caller may talk of something else first, and the question stays theirs to answer."""

from edge.core import events as do
from edge.core.vad import SpeechStarted, SpeechStopped
from tests.edge.core.stage import Stage, greeted

QUESTION = do.Announce("q", "Which number can we reach you at?", "question", profile="digits")


def asked() -> Stage:
    """The question has been heard."""
    stage = greeted()
    stage.at(3.5, QUESTION)
    stage.at(4.0)
    stage.plays(4.1, 6.0)
    assert stage.settled == ["q"]
    return stage


def test_a_question_that_comes_while_the_caller_talks_waits_for_a_gap_and_is_not_woven() -> None:
    stage = greeted()
    assert stage.asks(QUESTION).announcement is None
    stage.at(5.5)
    stage.plays(5.6, 7.0)
    say = stage.at(7.4)[-1]
    assert isinstance(say, do.Say)
    assert (say.cause, say.announcement) == ("question", "q")


def test_an_answer_in_digits_gets_the_patience_that_digits_need() -> None:
    stage = asked()
    stage.says("Four one five five.", 7.0, 8.0)
    assert stage.at(8.5) == [], "A number that is not whole is waited for."
    stage.says("Five five oh one four two.", 8.6, 10.0)
    stage.at(11.5)
    assert len(stage.commits()) == 1


def test_something_else_first_and_the_answer_still_gets_its_patience() -> None:
    stage = asked()
    stage.says("Why do you need it?", 7.0, 8.0)
    stage.at(8.9)
    reply = stage.talks(9.0)
    stage.at(9.1, do.Expect(reply, "digits"), do.Thought(reply))  # The call knows that the question is still open.
    stage.at(10.0)
    stage.spoken(reply)
    stage.says("Four one five five.", 11.0, 12.0)
    assert stage.at(12.5) == []


def test_an_answer_over_an_announcement_gets_the_patience_of_the_question_before_it() -> None:
    stage = asked()
    stage.at(6.1, do.Announce("a", "Your other visit is booked for Tuesday."))
    stage.at(8.6)
    stage.talks(8.7)
    stage.says("Four one five five.", 9.0, 10.0)
    assert stage.at(10.5) == [], "A number that is not whole is waited for."
    stage.says("Four one five five five five oh one four two.", 10.6, 12.0)
    stage.at(13.5)
    assert stage.commits() == ["Four one five five five five oh one four two."]


def test_what_an_apology_asks_for_once_more_gets_the_patience_of_before() -> None:
    stage = asked()
    stage.says("Four one five five five five oh one three seven.", 7.0, 10.0)
    stage.at(20.0)
    stage.plays(20.1, 23.0)
    stage.says("Four one five five.", 24.0, 25.0)
    assert stage.at(25.5) == []
    stage.says("Five five oh one three seven.", 25.6, 27.0)
    assert len(stage.commits()) == 1
    stage.at(28.5)
    assert len(stage.commits()) == 2


def test_the_next_question_waits_longer_for_the_caller_who_owes_an_answer() -> None:
    stage = asked()
    stage.at(6.1, do.Announce("a", "Your other visit is booked."))
    assert stage.at(8.4) == [], "The caller may be about to answer."
    assert stage.told(8.6).announcement == "a"


def test_a_question_that_nobody_wants_answered_any_more_is_not_asked() -> None:
    stage = greeted()
    stage.at(4.1, SpeechStarted(4.0), QUESTION)
    stage.at(4.5, do.Withdraw("q"))
    stage.at(5.15, SpeechStopped(5.0))
    stage.at(5.22, do.Heard("What does it cost?", 4.0, 5.0))
    stage.at(5.5)
    stage.plays(5.6, 7.0)
    assert not [action for action in stage.at(14.0) if isinstance(action, do.Say)]
    assert stage.settled == ["q"]


def test_a_question_that_is_talked_over_is_asked_again() -> None:
    stage = greeted()
    stage.at(3.5, QUESTION)
    stage.at(4.0)
    stage.talks(4.1)
    stage.at(4.6, SpeechStarted(4.5))
    stage.at(4.8, do.Heard("No, wait", 4.5, 4.75))
    assert stage.settled == []
    stage.at(5.5, SpeechStopped(5.4))
    stage.at(5.6, do.Heard("No, wait, one thing first.", 4.5, 5.4))
    stage.at(6.4)
    stage.plays(6.5, 7.0)
    again = stage.at(9.9)[-1]
    assert isinstance(again, do.Say)
    assert again.announcement == "q"
