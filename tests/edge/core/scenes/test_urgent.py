"""What cannot wait interrupts the agent."""

from edge.core import events as do
from edge.core.vad import SpeechStarted, SpeechStopped
from tests.edge.core.stage import answering, greeted, kinds


def test_an_urgent_announcement_interrupts_the_agent() -> None:
    stage = answering()
    assert kinds(stage.at(6.0, do.Announce("gas", "Please leave the house.", urgent=True))) == ["Flush", "Say"]


def test_it_does_not_interrupt_the_caller_but_goes_before_all_that_waits() -> None:
    stage = greeted()
    stage.at(4.1, SpeechStarted(4.0), do.Announce("a", "Your visit is booked.", "question"))
    assert kinds(stage.at(4.5, do.Announce("gas", "Please leave the house.", urgent=True))) == []
    stage.at(5.15, SpeechStopped(5.0))
    (begin,) = stage.at(5.22, do.Heard("What does it cost?", 4.0, 5.0))
    assert isinstance(begin, do.Begin)
    assert begin.announcement == "gas"


def test_it_does_not_cut_off_another_announcement() -> None:
    stage = greeted()
    stage.at(3.1, do.Announce("a", "Your visit is booked."))
    stage.at(3.5)
    reply = stage.talks(3.6)
    assert kinds(stage.at(4.0, do.Announce("gas", "Please leave the house.", urgent=True))) == []
    stage.spoken(reply)
    stage.at(4.4)
    assert isinstance(stage.log[-1], do.Say)
    assert stage.log[-1].announcement == "gas"


def test_what_it_cut_off_is_told_as_not_spoken_or_said_again() -> None:
    stage = greeted()
    stage.asks(do.Announce("a", "Your visit is booked."))
    stage.at(5.6)
    stage.talks(5.7)
    stage.at(6.0, do.Announce("gas", "Please leave the house.", urgent=True))
    stage.at(7.0, do.LineClosed("caller_hung_up"))
    outcomes = {action.announcement: action.outcome for action in stage.log if isinstance(action, do.Settle)}
    assert outcomes == {"a": "call_ended", "gas": "call_ended"}
