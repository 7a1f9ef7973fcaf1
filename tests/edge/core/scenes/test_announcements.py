"""Workflows have something to say: they wait for the floor, one after the other, and are told."""

from edge.core import events as do
from edge.core.states import State
from edge.core.vad import SpeechStarted, SpeechStopped
from tests.edge.core.stage import greeted, kinds


def test_announcements_wait_for_the_floor_and_are_settled() -> None:
    stage = greeted()
    stage.at(3.1, SpeechStarted(3.05), do.Announce("a", "Your visit is booked."), do.Announce("b", "And paid."))
    assert stage.state() is State.HEARING
    stage.at(4.0, SpeechStopped(3.9))
    stage.at(4.1, do.Heard("", 3.05, 3.9))
    say = stage.at(4.5)[-1]
    assert isinstance(say, do.Say)
    assert say.announcement == "a"
    stage.at(4.6, do.Ready(say.reply))
    stage.at(6.0)
    stage.spoken(say.reply)
    assert stage.settled == ["a"]
    assert stage.told(6.5).announcement == "b"
    stage.at(6.6, do.LineClosed("caller_hung_up"))
    assert stage.settled == ["a", "b"]


def test_an_announcement_that_broke_off_is_not_counted_as_spoken() -> None:
    stage = greeted()
    say = stage.at(3.5, do.Announce("a", "Your visit is booked."))[-1:] or stage.at(4.0)[-1:]
    assert isinstance(say[0], do.Say)
    stage.spoken(say[0].reply, heard=0.2)
    assert stage.settled == []
    again = stage.at(5.0)[-1]
    assert isinstance(again, do.Say)
    assert again.announcement == "a"


def test_an_announcement_that_can_never_be_spoken_is_refused_in_the_end() -> None:
    stage = greeted()
    stage.at(3.5, do.Announce("a", "Your visit is booked."))
    stage.at(60.0)
    assert stage.settled == ["a"]
    outcomes = [action.outcome for action in stage.log if isinstance(action, do.Settle)]
    assert outcomes == ["refused"]


def test_two_workflows_that_finish_together_do_not_talk_over_each_other() -> None:
    stage = greeted()
    stage.at(3.2, do.Announce("a", "Your visit is booked."), do.Announce("b", "Your invoice is paid."))
    stage.at(3.5)
    first = stage.plays(3.6, 5.0)
    assert stage.settled == ["a"]
    stage.at(5.5)
    second = stage.plays(5.6, 7.0)
    assert first != second
    assert stage.settled == ["a", "b"]


def test_the_caller_who_speaks_first_is_answered_first() -> None:
    stage = greeted()
    stage.at(3.1, do.Announce("a", "Your visit is booked."))
    assert kinds(stage.at(3.3, SpeechStarted(3.2))) == []
    assert stage.state() is State.HEARING


def test_one_that_waited_too_long_is_not_spoken_and_told_as_expired() -> None:
    stage = greeted()
    stage.at(4.1, SpeechStarted(4.0), do.Announce("a", "The plumber is at your door.", "question", expires=5.0))
    stage.at(7.0, SpeechStopped(6.9))
    stage.at(7.1, do.Heard("I am just looking for my glasses.", 4.0, 6.9))
    stage.at(7.5)
    stage.plays(7.6, 9.0)
    stage.at(10.0)
    assert [action.outcome for action in stage.log if isinstance(action, do.Settle)] == ["expired"]


def test_one_of_which_most_was_heard_counts_and_one_that_was_cut_early_is_said_again() -> None:
    for heard, settled in ((0.8, ["a"]), (0.5, [])):
        stage = greeted()
        stage.at(3.1, do.Announce("a", "Your visit is booked."))
        stage.at(3.5)
        reply = stage.talks(3.6)
        stage.spoken(reply, heard)
        assert stage.settled == settled
