""" "Mhm", "okay", laughter over the agent: it pauses, weighs, and goes on at the very frame."""

from edge.core import events as do
from edge.core.states import State
from edge.core.vad import SpeechStopped
from tests.edge.core.stage import kinds, weighing


def test_a_reply_is_paused_and_resumed_for_a_backchannel() -> None:
    stage = weighing()
    assert kinds(stage.at(7.26)) == ["Decode"]
    assert kinds(stage.at(7.30, do.Heard("Mhm.", 7.0, 7.25))) == []
    assert kinds(stage.at(7.45, SpeechStopped(7.32))) == ["Decode", "Decode"]
    assert kinds(stage.at(7.50, do.Heard("Mhm.", 7.0, 7.32))) == ["Resume"]
    assert stage.state() is State.SPEAKING


def test_an_okay_that_lasts_lets_the_agent_go_on_and_what_follows_stops_it_again() -> None:
    stage = weighing()
    assert kinds(stage.at(7.30, do.Heard("Okay.", 7.0, 7.25))) == ["Decode"]
    assert kinds(stage.at(7.45, do.Heard("Okay.", 7.0, 7.40))) == ["Decode", "Resume"]
    assert kinds(stage.at(7.60, do.Heard("Okay, I", 7.0, 7.55))) == ["Decode", "Pause"]
    assert kinds(stage.at(7.75, do.Heard("Okay, I need it", 7.0, 7.70))) == ["Decode", "Flush"]
    assert stage.state() is State.HEARING


def test_laughter_in_which_other_words_are_heard_every_time_costs_the_agent_little() -> None:
    stage = weighing()
    assert kinds(stage.at(7.30, do.Heard("So?", 7.0, 7.25))) == ["Decode"]
    assert kinds(stage.at(7.45, do.Heard("Cut up.", 7.0, 7.40))) == ["Decode", "Resume"]
    assert kinds(stage.at(7.60, do.Heard("", 7.0, 7.55))) == ["Decode"]
    assert kinds(stage.at(7.80, SpeechStopped(7.66))) == ["Decode", "Decode"]
    assert kinds(stage.at(7.85, do.Heard("Shut up.", 7.0, 7.66))) == []
    assert stage.state() is State.SPEAKING


def test_a_backchannel_decoded_before_it_ended_costs_no_further_wait() -> None:
    stage = weighing()
    stage.at(7.45, do.Heard("Hammer.", 7.0, 7.4))
    assert kinds(stage.at(7.5, SpeechStopped(7.35)))[-1] == "Resume"
