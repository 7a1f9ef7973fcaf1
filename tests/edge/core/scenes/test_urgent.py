"""What cannot wait interrupts the agent."""

from edge.core import events as do
from edge.core.vad import SpeechStarted, SpeechStopped
from tests.edge.core.stage import Stage, answering, greeted, kinds

GAS = do.Announce("gas", "Please leave the house.", urgent=True)


def thought_out() -> Stage:
    """The agent is answering, and all that it will say is known."""
    stage = answering()
    stage.at(5.5, do.Thought("r2"))
    return stage


def test_an_urgent_announcement_interrupts_the_agent() -> None:
    stage = thought_out()
    assert kinds(stage.at(6.0, GAS)) == ["Flush", "Say"]


def broken_off() -> Stage:
    """The agent was answering when something urgent came; what is left of its answer waits, and so does other news."""
    stage = thought_out()
    stage.at(6.0, do.Announce("a", "Your visit is booked."))
    flush, _ = stage.at(6.1, GAS)
    assert flush == do.Flush("r2", broken=True)
    stage.at(6.12, do.Announce("rest-r2", "As I was saying: which day?", "rest"))
    stage.talks(6.2)
    return stage


def test_what_is_left_of_what_it_broke_off_is_said_next() -> None:
    stage = broken_off()
    stage.spoken("r3")
    stage.at(8.0)
    assert isinstance(stage.log[-1], do.Say)
    assert (stage.log[-1].announcement, stage.log[-1].cause) == ("rest-r2", "rest")


def test_unless_the_caller_says_something_before() -> None:
    stage = broken_off()
    stage.spoken("r3")
    stage.at(6.5, SpeechStarted(6.4))
    stage.at(7.65, SpeechStopped(7.5))
    stage.at(7.72, do.Heard("What did you say?", 6.4, 7.5))
    stage.at(8.0)
    assert do.Settle("rest-r2", "expired") in stage.log
    assert not any(isinstance(action, do.Say) and action.cause == "rest" for action in stage.log)


def test_what_waits_behind_it_is_told_by_the_reply_to_what_the_caller_says() -> None:
    stage = broken_off()
    stage.spoken("r3")
    stage.says("What did you say?", 6.4, 7.5)
    begin = stage.log[-1]
    assert isinstance(begin, do.Begin)
    assert begin.announcement == "a"
    stage.at(8.0)
    assert do.Settle("rest-r2", "expired") in stage.log


def test_it_too_is_broken_off_by_something_urgent() -> None:
    stage = broken_off()
    stage.spoken("r3")
    stage.at(7.0)
    rest = stage.talks(7.1)
    flush, say = stage.at(7.5, do.Announce("out", "Leave now.", urgent=True))
    assert flush == do.Flush(rest, broken=True)
    assert isinstance(say, do.Say)
    assert say.announcement == "out"


def test_what_it_asked_before_it_was_broken_off_may_be_answered() -> None:
    stage = thought_out()
    stage.at(5.9, do.Expect("r2", "digits"))
    stage.at(6.0, GAS)
    stage.spoken(stage.talks(6.1))
    stage.says("It's 415 555", 7.0, 8.0)
    stage.at(9.2)
    (commit,) = (each for each in stage.log if isinstance(each, do.Commit) and each.turn == 2)
    assert commit.why == "more digits"


def test_it_waits_until_it_is_known_what_the_reply_would_have_said() -> None:
    stage = greeted()
    stage.says("What do you offer?", 4.0, 5.0)
    stage.at(5.35)
    assert kinds(stage.at(5.4, GAS, do.Ready("r2"))) == []
    assert kinds(stage.at(5.6, do.Thought("r2"))) == ["Flush", "Say"]


def test_a_sound_over_the_agent_holds_it_up_for_as_long_as_it_is_weighed() -> None:
    stage = thought_out()
    assert kinds(stage.at(6.1, SpeechStarted(6.0), GAS)) == ["Pause"]
    stage.at(6.3, SpeechStopped(6.2))
    assert kinds(stage.at(6.4, do.Heard("Mhm.", 6.0, 6.2)))[-2:] == ["Flush", "Say"]


def test_what_the_caller_has_talked_over_does_not_interrupt_the_answer() -> None:
    stage = thought_out()
    stage.at(6.0, GAS)
    stage.talks(6.1)
    stage.at(6.6, SpeechStarted(6.5))
    stage.at(7.4, do.Heard("No, wait, what was that?", 6.5, 7.3))
    stage.at(7.5, SpeechStopped(7.4))
    stage.at(7.6, do.Heard("No, wait, what was that?", 6.5, 7.4))
    stage.at(8.0)
    answer = stage.talks(8.1)
    assert kinds(stage.at(8.2, do.Thought(answer))) == []


def test_it_does_not_interrupt_the_caller_but_goes_before_all_that_waits() -> None:
    stage = greeted()
    stage.at(4.1, SpeechStarted(4.0), do.Announce("a", "Your visit is booked.", "question"))
    assert kinds(stage.at(4.5, GAS)) == []
    stage.at(5.15, SpeechStopped(5.0))
    (begin,) = stage.at(5.22, do.Heard("What does it cost?", 4.0, 5.0))
    assert isinstance(begin, do.Begin)
    assert begin.announcement == "gas"


def test_it_does_not_cut_off_another_announcement() -> None:
    stage = greeted()
    stage.at(3.1, do.Announce("a", "Your visit is booked."))
    stage.at(3.5)
    reply = stage.talks(3.6)
    assert kinds(stage.at(4.0, GAS)) == []
    stage.spoken(reply)
    stage.at(4.4)
    assert isinstance(stage.log[-1], do.Say)
    assert stage.log[-1].announcement == "gas"


def test_what_it_cut_off_is_told_as_not_spoken_or_said_again() -> None:
    stage = greeted()
    stage.asks(do.Announce("a", "Your visit is booked."))
    stage.at(5.6)
    stage.talks(5.7)
    stage.at(6.0, GAS)
    stage.at(7.0, do.LineClosed("caller_hung_up"))
    outcomes = {action.announcement: action.outcome for action in stage.log if isinstance(action, do.Settle)}
    assert outcomes == {"a": "call_ended", "gas": "call_ended"}
