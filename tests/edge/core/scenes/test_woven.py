"""News that comes while the caller talks is told by the reply to what they said."""

from edge.core import events as do
from edge.core.states import State
from edge.core.vad import SpeechStarted, SpeechStopped
from tests.edge.core.stage import greeted, kinds


def test_what_a_workflow_wants_said_while_the_caller_talks_is_woven_into_the_reply() -> None:
    stage = greeted()
    assert stage.asks(do.Announce("a", "Your visit is booked.")).announcement == "a"
    stage.at(5.25, do.Ready("r2"))
    stage.at(5.6)
    assert stage.state() is State.SPEAKING
    stage.spoken("r2")
    assert stage.settled == ["a"]


def test_a_discarded_reply_leaves_its_announcement_to_the_next() -> None:
    stage = greeted()
    stage.asks(do.Announce("a", "Your visit is booked."))
    assert kinds(stage.at(5.26, SpeechStarted(5.24))) == ["Discard"]
    stage.at(6.15, SpeechStopped(6.0))
    begin = stage.at(6.22, do.Heard("What does it cost in all?", 4.0, 6.0))[-1]
    assert isinstance(begin, do.Begin)
    assert begin.announcement == "a"
    assert stage.settled == []


def test_news_without_words_is_left_to_the_reply_which_finds_it_in_the_history() -> None:
    stage = greeted()
    assert stage.asks(do.Announce("failed", "", "turn")).announcement == "failed"
    stage.at(5.6)
    stage.plays(5.7, 8.0)
    assert stage.settled == ["failed"]
    assert [a for a in stage.at(15.0) if isinstance(a, do.Say) and a.cause == "turn"] == [], "It is not told twice."


def test_news_that_the_caller_talks_over_is_told_again_at_the_next_gap() -> None:
    stage = greeted()
    stage.asks(do.Announce("a", "Your visit is booked."))
    stage.at(5.6)
    stage.talks(5.7)
    stage.at(6.1, SpeechStarted(6.0))
    assert kinds(stage.at(6.3, do.Heard("Stop.", 6.0, 6.25)))[-1] == "Flush"
    stage.at(6.6, SpeechStopped(6.4))
    stage.at(6.7, do.Heard("Stop.", 6.0, 6.4))
    stage.at(7.2)
    stage.plays(7.3, 8.0)
    assert stage.told(8.5).announcement == "a"


def test_a_word_in_passing_is_not_woven() -> None:
    stage = greeted()
    assert stage.asks(do.Announce("slow", "I'm still on it.", "filler", expires=5.0)).announcement is None
    stage.at(5.6)
    stage.plays(5.7, 8.0)
    stage.at(9.0)
    assert stage.settled == ["slow"], "It is out of date by then."
