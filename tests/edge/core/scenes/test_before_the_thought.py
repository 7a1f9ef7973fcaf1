"""The caller speaks again before the agent has thought its reply out: both turns stand, and are answered together."""

from edge.core import events as do
from edge.core.states import State
from edge.core.vad import SpeechStarted, SpeechStopped
from tests.edge.core.stage import Stage, greeted, kinds


def thinking() -> Stage:
    """The agent thinks about a turn, since 5.4 s."""
    stage = greeted()
    stage.says("I want to book a visit.", 4.0, 5.0)
    stage.at(5.4)
    assert stage.state() is State.THINKING
    return stage


def test_more_words_are_a_turn_of_their_own_and_the_reply_under_way_is_made_anew() -> None:
    stage = thinking()
    assert kinds(stage.at(5.7, SpeechStarted(5.6))) == ["Pause"]
    assert kinds(stage.at(6.4, do.Heard("A tap repair", 5.6, 6.3)))[-1] == "Flush", "It would answer half of it."
    stage.at(7.0, SpeechStopped(6.9))
    stage.at(7.1, do.Heard("A tap repair on Tuesday.", 5.6, 6.9))
    stage.at(7.6)
    assert stage.commits() == ["I want to book a visit.", "A tap repair on Tuesday."]
    assert len(stage.live) == 1


def test_what_still_comes_of_the_reply_that_was_given_up_changes_nothing() -> None:
    stage = thinking()
    stage.at(5.7, SpeechStarted(5.6))
    stage.at(6.4, do.Heard("A tap repair", 5.6, 6.3))
    assert stage.at(6.5, do.Thought("r2"), do.Ready("r2"), do.Expect("r2", "yes_no"), do.FinishAfter("r2")) == []
    assert stage.state() is State.HEARING


def test_a_thought_that_comes_while_the_sound_is_weighed_is_kept_where_it_was_no_words() -> None:
    stage = thinking()
    stage.at(5.7, SpeechStarted(5.6), do.Thought("r2"), do.Ready("r2"))
    stage.at(5.9, SpeechStopped(5.8))
    assert kinds(stage.at(6.0, do.Heard("Mhm.", 5.6, 5.8)))[-1] == "Resume"
    assert stage.state() is State.SPEAKING
    stage.spoken("r2")
    assert stage.commits() == ["I want to book a visit."]


def test_news_that_the_reply_was_to_tell_is_left_to_the_next_gap() -> None:
    stage = greeted()
    stage.asks(do.Announce("a", "Your visit is booked."))
    stage.at(5.5)
    stage.at(5.7, SpeechStarted(5.6))
    stage.at(6.4, do.Heard("For a tap, I mean", 5.6, 6.3))
    stage.at(7.0, SpeechStopped(6.9))
    stage.at(7.1, do.Heard("For a tap, I mean.", 5.6, 6.9))
    stage.at(7.6)
    stage.plays(7.7, 9.0)
    said = [action for action in stage.at(9.5) if isinstance(action, do.Say)]
    assert [say.announcement for say in said] == ["a"]
