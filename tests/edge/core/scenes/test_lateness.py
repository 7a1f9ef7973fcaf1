"""A reply that is late, lost, or runs dry in the middle."""

from edge.core import events as do
from edge.core.states import State
from edge.core.vad import SpeechStarted, SpeechStopped
from tests.edge.core.stage import answering, greeted, kinds


def test_a_late_reply_gets_one_filler_and_a_lost_one_an_apology() -> None:
    stage = greeted()
    stage.says("I would like to book a visit.", 4.0, 5.5)
    assert kinds(stage.at(6.8)) == ["Commit", "Fill"]
    assert kinds(stage.at(30.0))[:2] == ["Flush", "Say"]


def test_audio_that_stops_in_mid_reply_is_waited_for_and_then_apologised_for() -> None:
    stage = answering()
    stage.at(8.0, do.Dry("r2"))
    stage.at(9.0, do.Ready("r2"))
    assert stage.state() is State.SPEAKING
    stage.at(10.0, do.Dry("r2"))
    assert kinds(stage.at(18.5)) == ["Flush", "Say"]


def test_a_word_about_a_slow_tool_is_spoken_in_the_gap_and_not_over_the_caller() -> None:
    stage = greeted()
    stage.at(3.2, do.Busy(True), do.Announce("slow-1", "I'm still on it.", "filler", expires=4.7))
    assert stage.told(3.5).cause == "filler"
    stage.plays(3.6, 4.4)
    stage.at(6.0, SpeechStarted(5.9), do.Announce("slow-2", "It takes a little longer.", "filler", expires=7.5))
    stage.at(7.0, SpeechStopped(6.9))
    stage.at(7.1, do.Heard("Take your time.", 5.9, 6.9))
    stage.at(7.4)
    stage.plays(7.5, 8.5)
    stage.at(12.0)
    outcomes = [(action.announcement, action.outcome) for action in stage.log if isinstance(action, do.Settle)]
    assert outcomes == [("slow-1", "spoken"), ("slow-2", "expired")]


def test_a_reply_in_time_gets_no_filler() -> None:
    stage = greeted()
    stage.says("I would like to book a visit.", 4.0, 5.5)
    stage.at(6.6, do.Ready("r2"))
    stage.at(9.0)
    assert "Fill" not in kinds(stage.log)
