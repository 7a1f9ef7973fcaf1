"""The caller goes on just as the agent begins: that is more of their turn, whatever is made of it."""

import pytest

from edge.core import events as do
from edge.core.states import State
from edge.core.vad import SpeechStarted, SpeechStopped
from tests.edge.core.stage import Stage, greeted, kinds


@pytest.fixture
def cut_in() -> Stage:
    """A pause after 5.0 s was taken for the end; since 5.35 s the agent speaks, and at 5.6 s the caller goes on."""
    stage = greeted()
    stage.says("A message from extension.", 4.0, 5.0)
    stage.talks(5.35)
    assert kinds(stage.at(5.68, SpeechStarted(5.6))) == ["Pause"]
    return stage


def test_one_word_more_is_heard(cut_in: Stage) -> None:
    cut_in.at(6.20, SpeechStopped(6.08))
    assert kinds(cut_in.at(6.27, do.Heard("Four.", 5.6, 6.08)))[0] == "Flush"
    cut_in.at(7.0)
    assert cut_in.commits() == ["A message from extension.", "Four."]


def test_the_end_of_the_last_word_is_no_word(cut_in: Stage) -> None:
    cut_in.at(5.86, SpeechStopped(5.76))
    assert kinds(cut_in.at(5.92, do.Heard("Pray.", 5.6, 5.76)))[-1] == "Resume", 'The "t" of "correct".'
    assert cut_in.commits() == ["A message from extension."]


def test_more_of_an_answer_gets_the_patience_that_the_answer_had() -> None:
    stage = greeted()
    stage.at(3.5, do.Announce("q", "Which number can we reach you at?", "question", profile="digits"))
    stage.at(4.0)
    stage.plays(4.1, 6.0)
    stage.says("Four one five five five.", 7.0, 8.0)
    stage.at(9.4)
    assert stage.commits() == ["Four one five five five."]
    stage.talks(9.4)
    stage.at(9.5, SpeechStarted(8.95))
    stage.at(10.15, SpeechStopped(10.0))
    stage.at(10.22, do.Heard("Five oh one.", 8.95, 10.0))
    stage.at(10.5)
    assert len(stage.commits()) == 1, "The number is not whole yet."
    stage.says("Five oh one four two.", 10.6, 11.2)
    stage.at(13.0)
    assert stage.commits()[1:] == ["Five oh one four two."]


def test_of_what_was_not_understood_the_agent_asks(cut_in: Stage) -> None:
    cut_in.at(5.95, do.Heard("So,", 5.6, 5.85))
    assert "Resume" not in kinds(cut_in.at(6.10, do.Heard("", 5.6, 6.02)))
    cut_in.at(6.20, SpeechStopped(6.08))
    flush, say = cut_in.at(6.27, do.Heard("", 5.6, 6.08))
    assert isinstance(flush, do.Flush)
    assert isinstance(say, do.Say)
    assert say.text == cut_in.taker.manners.go_on


def test_a_mhm_or_a_cough_is_none_of_it(cut_in: Stage) -> None:
    cut_in.at(5.90, SpeechStopped(5.78))
    assert kinds(cut_in.at(5.97, do.Heard("", 5.6, 5.78))) == ["Resume"]
    cut_in.at(6.08, SpeechStarted(5.99))
    cut_in.at(6.50, SpeechStopped(6.39))
    assert kinds(cut_in.at(6.57, do.Heard("Mhm.", 5.99, 6.39)))[-1] == "Resume"
    assert cut_in.state() is State.SPEAKING


def test_later_a_sound_without_words_is_none_of_it_either() -> None:
    stage = greeted()
    stage.says("What do you offer?", 4.0, 5.0)
    stage.talks(5.4)
    stage.at(6.2, SpeechStarted(6.1))
    stage.at(6.8, SpeechStopped(6.68))
    assert kinds(stage.at(6.87, do.Heard("", 6.1, 6.68)))[-1] == "Resume"
