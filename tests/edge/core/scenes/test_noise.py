"""Sound without words: it costs the caller neither the reply nor an answer."""

from edge.core import events as do
from edge.core.states import State
from edge.core.vad import SpeechStarted, SpeechStopped
from tests.edge.core.stage import greeted, kinds, weighing


def test_a_noise_while_the_agent_thinks_does_not_cost_the_caller_the_reply() -> None:
    stage = greeted()
    stage.says("I would like to book a visit.", 4.0, 5.5)
    stage.at(5.9)
    assert stage.state() is State.THINKING
    assert kinds(stage.at(6.05, SpeechStarted(5.95))) == ["Pause"]
    stage.at(6.2, SpeechStopped(6.1))
    assert kinds(stage.at(6.3, do.Heard("", 5.95, 6.1))) == ["Resume"]
    assert stage.state() is State.THINKING
    stage.at(6.4, do.Ready("r2"))
    assert stage.state() is State.SPEAKING


def test_a_word_cut_off_by_noise_is_asked_for_again() -> None:
    stage = weighing()
    stage.at(8.25)
    assert stage.state() is State.HEARING
    stage.at(8.4, SpeechStopped(8.3))
    actions = stage.at(8.5, do.Heard("", 7.0, 8.3))
    assert kinds(actions) == ["Say"]


def test_a_sound_does_not_shorten_the_time_a_reply_has() -> None:
    stage = greeted()
    stage.at(3.5, do.Announce("a", "Your visit is booked."))
    stage.at(4.2, SpeechStarted(4.1))
    stage.at(4.4, SpeechStopped(4.3))
    stage.at(4.5, do.Heard("", 4.1, 4.3))
    assert stage.state() is State.THINKING
    assert kinds(stage.at(7.0)) == []


def test_a_long_sound_without_words_is_asked_about_once() -> None:
    stage = greeted()
    stage.says("", 4.0, 6.0)
    (say,) = [action for action in stage.log if isinstance(action, do.Say) and action.cause == "silence"]
    stage.at(6.5, do.Ready(say.reply))
    stage.spoken(say.reply)
    stage.says("", 9.0, 11.0)
    assert stage.state() is State.LISTENING


def test_ears_that_never_answer_do_not_leave_the_caller_in_silence() -> None:
    stage = greeted()
    stage.at(4.1, SpeechStarted(4.0))
    stage.at(5.2, SpeechStopped(5.0))
    assert stage.told(7.0).text == stage.taker.manners.go_on
