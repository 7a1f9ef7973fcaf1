"""The caller laughs at what the agent says, and the recogniser makes words of it."""

import pytest

from edge.core import events as do
from edge.core.states import State
from tests.edge.core.stage import kinds, weighing

SURE, LIKELY = 0.97, 0.85
"""How probable it is that the sound is laughter."""


def test_the_agent_goes_on_over_laughter_in_which_words_were_heard_twice() -> None:
    stage = weighing()
    stage.at(7.30, do.Heard("She did", 7.0, 7.25, laughter=SURE))
    assert kinds(stage.at(7.50, do.Heard("She did it.", 7.0, 7.42, laughter=SURE)))[-1] == "Resume"
    assert "Flush" not in kinds(stage.at(7.85, do.Heard("She did it.", 7.0, 7.77, laughter=SURE)))
    assert stage.state() is State.WEIGHING


@pytest.mark.parametrize("words", ["No, no, no.", "Stop, stop.", "Yes, but I need it on Friday."])
def test_words_that_take_the_floor_do_so_whatever_they_sound_like(words: str) -> None:
    stage = weighing()
    stage.at(7.50, do.Heard(words, 7.0, 7.42, laughter=SURE))
    stage.at(7.85, do.Heard(words, 7.0, 7.77, laughter=SURE))
    assert "Flush" in kinds(stage.log)


@pytest.mark.parametrize(("laughter", "then"), [(None, "Flush"), (LIKELY, "Flush"), (SURE, "Resume")])
def test_a_sentence_is_laughter_only_where_the_sound_is_surely(laughter: float | None, then: str) -> None:
    stage = weighing()
    words = "I need the plumber today."
    stage.at(7.50, do.Heard(words, 7.0, 7.42, laughter=laughter))
    stage.at(7.85, do.Heard(words, 7.0, 7.77, laughter=laughter))
    assert then in kinds(stage.log)
    assert stage.state() is (State.HEARING if then == "Flush" else State.WEIGHING)


def test_one_decode_that_doubts_it_is_not_enough_to_make_words_of_laughter() -> None:
    stage = weighing()
    stage.at(7.50, do.Heard("He's a.", 7.0, 7.42, laughter=SURE))
    stage.at(7.85, do.Heard("He's a man.", 7.0, 7.77, laughter=0.3))
    assert stage.state() is State.WEIGHING
    stage.at(8.05, do.Heard("He's a man.", 7.0, 7.97, laughter=0.3))
    assert stage.state() is State.HEARING


def test_who_makes_words_for_long_has_the_floor_however_they_sound() -> None:
    stage = weighing()
    words = "I need the plumber today."
    for end in (7.42, 8.4, 9.4, 9.9):
        stage.at(end + 0.08, do.Heard(words, 7.0, end, laughter=SURE))
    assert stage.state() is State.WEIGHING
    stage.at(10.13, do.Heard(words, 7.0, 10.05, laughter=SURE))
    assert stage.state() is State.HEARING
