"""The caller knows the way: they key in several answers before they are asked, and hear only what comes of the last."""

from edge.core import events as do
from edge.core.states import State
from tests.edge.core.stage import Stage, greeted, kinds


def test_three_entries_over_the_greeting_are_three_turns_in_order() -> None:
    stage = Stage()
    stage.at(0.0, do.Answered("Welcome. Please key in your account number."))
    stage.talks(0.1)
    stage.keys(1.0, "12345#678*9#2#")
    assert stage.commits() == ["12345"], "The others wait until the agent knows what it asks."
    stage.at(2.6, do.Ready("r2"))
    assert stage.state() is State.THINKING, "Nobody hears a question that is answered already."
    assert kinds(stage.at(2.7, do.Thought("r2"))) == ["Flush", "Begin", "Commit", "Pause"]
    assert stage.commits() == ["12345", "679"]
    stage.at(2.8, do.Thought("r3"))
    assert stage.commits() == ["12345", "679", "2"]
    stage.plays(3.0, 5.0)
    assert stage.state() is State.LISTENING
    assert not any(isinstance(action, do.Fill) for action in stage.log)


def test_an_entry_that_is_not_ended_yet_goes_on_after_the_thought() -> None:
    stage = greeted()
    stage.keys(4.0, "12#3")
    stage.at(4.5, do.Thought("r2"))
    stage.keys(4.6, "4#")
    assert stage.commits() == ["12", "34"]


def test_all_keys_taken_back_and_the_reply_is_heard_after_all() -> None:
    stage = greeted()
    stage.keys(4.0, "12#")
    assert kinds(stage.keys(4.3, "3*")) == ["Pause", "Resume"]
    stage.at(4.6, do.Thought("r2"))
    stage.plays(4.7, 6.0)
    assert stage.commits() == ["12"]


def test_a_sound_or_a_late_reply_does_not_cost_the_keys() -> None:
    stage = greeted()
    stage.keys(4.0, "12#34#")
    stage.at(30.0)
    assert stage.commits() == ["12", "34"], "A reply that never comes is given up, and the keys go on."


def test_what_was_said_is_done_before_the_keys_that_follow_it() -> None:
    stage = greeted()
    stage.says("I want to pay my bill.", 4.0, 5.0)
    stage.at(5.4)
    assert stage.state() is State.THINKING
    assert kinds(stage.keys(5.5, "77#")) == ["Pause"], "The reply may yet ask for business: it is not dropped."
    assert kinds(stage.at(5.9, do.Thought("r2"))) == ["Flush", "Begin", "Commit"]
    assert stage.commits() == ["I want to pay my bill.", "77"]


def test_keys_over_the_speaking_agent_silence_it_at_once() -> None:
    stage = greeted()
    stage.says("What do you offer?", 4.0, 5.0)
    stage.talks(5.4)
    assert kinds(stage.keys(6.0, "4")) == ["Flush"]


def test_a_capture_takes_no_keys_that_were_meant_for_something_else() -> None:
    stage = greeted()
    stage.keys(4.0, "12#34")
    assert kinds(stage.at(4.6, do.Secure(True))) == ["Resume"]
    stage.at(4.7, do.Thought("r2"))
    assert stage.commits() == ["12"]
