"""When a turn is over: finished sentences soon, words that lead on later, and nobody is starved."""

from edge.core import events as do
from edge.core.vad import SpeechStarted, SpeechStirred, SpeechStopped
from tests.edge.core.stage import greeted, kinds


def test_words_that_lead_on_are_waited_for() -> None:
    stage = greeted()
    stage.says("I would like to book a visit for", 4.0, 5.5)
    assert kinds(stage.at(6.3)) == []
    assert "Commit" in kinds(stage.at(6.5))


def test_a_full_stop_that_may_be_a_comma_is_waited_for_a_little_longer() -> None:
    stage = greeted()
    stage.at(4.1, SpeechStarted(4.0))
    stage.at(5.65, SpeechStopped(5.5))
    actions = stage.at(5.72, do.Heard("I would like to book a visit.", 4.0, 5.5, comma=0.3))
    assert kinds(actions) == ["Begin"], "the reply is begun all the same"
    assert kinds(stage.at(5.85)) == []
    assert "Commit" in kinds(stage.at(5.95))


def test_what_may_be_the_caller_going_on_is_waited_for_a_moment() -> None:
    stage = greeted()
    stage.says("Book a boiler service.", 4.0, 5.5)
    assert kinds(stage.at(5.79, SpeechStirred(5.76))) == []
    assert kinds(stage.at(5.83)) == [], "the pause is over, but the caller may be going on"
    assert kinds(stage.at(5.85, SpeechStarted(5.78))) == ["Discard"]


def test_but_only_a_moment_and_only_once() -> None:
    stage = greeted()
    stage.says("Book a boiler service.", 4.0, 5.5)
    stage.at(5.79, SpeechStirred(5.76))
    stage.at(5.85, SpeechStirred(5.83))
    assert kinds(stage.at(5.87)) == []
    assert "Commit" in kinds(stage.at(5.90)), "0.3 s and 0.096 s after the last sound"


def test_what_stirs_long_before_the_end_of_the_pause_changes_nothing() -> None:
    stage = greeted()
    stage.says("I would like to book a visit for", 4.0, 5.5)
    stage.at(5.8, SpeechStirred(5.77))
    assert kinds(stage.at(6.38)) == []
    assert "Commit" in kinds(stage.at(6.41))


def test_a_greeting_alone_is_the_beginning_of_something() -> None:
    stage = greeted()
    stage.at(4.1, SpeechStarted(4.0))
    stage.at(4.65, SpeechStopped(4.5))
    assert kinds(stage.at(4.72, do.Heard("Hello.", 4.0, 4.5))) == ["Begin"], "it may be all, and the reply is begun"
    assert kinds(stage.at(5.05, SpeechStarted(5.0))) == ["Discard"]
    stage.at(6.15, SpeechStopped(6.0))
    stage.at(6.25, do.Heard("Hello. I would like a visit.", 4.0, 6.0))
    stage.at(6.6)
    assert stage.commits() == ["Hello. I would like a visit."]


def test_yes_is_an_answer_at_once_where_it_was_asked_for() -> None:
    stage = greeted()
    stage.at(4.0, do.Announce("a", "Shall I book it?", "question", profile="yes_no"))
    stage.at(10.0)
    stage.says("Yes.", 10.0, 10.3)
    stage.at(10.6)
    assert stage.commits() == ["Yes."]


def test_a_television_does_not_starve_the_call() -> None:
    stage = greeted()
    stage.at(4.1, SpeechStarted(4.0), do.Announce("a", "Your visit is booked."))
    stage.at(95.0)
    assert stage.settled or any(isinstance(a, do.Say) and a.announcement == "a" for a in stage.log)
