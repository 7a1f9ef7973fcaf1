"""What words said over the agent mean."""

import pytest

from edge.core.weighing import Claim, weigh


@pytest.mark.parametrize("text", ["Mhm.", "Yeah.", "Okay, great.", "Uh-huh", "I see.", "Got it.", "Ha, ha."])
def test_backchannels_do_not_take_the_floor(text: str) -> None:
    assert weigh(text, None, 0.9, None, over=False) is Claim.KEPT


@pytest.mark.parametrize("text", ["Stop.", "No, wait.", "Hold on."])
def test_stoppers_take_it_however_short_they_are(text: str) -> None:
    assert weigh(text, None, 0.3, None, over=False) is Claim.TAKEN


def test_a_guess_from_a_short_sound_does_not_but_a_sentence_does() -> None:
    assert weigh("Hammer.", None, 0.3, None, over=False) is Claim.OPEN
    assert weigh("Hammer.", None, 0.4, None, over=True) is Claim.KEPT
    assert weigh("What about Friday?", None, 1.1, None, over=False) is Claim.TAKEN


def test_over_a_question_words_are_the_answer() -> None:
    assert weigh("Yes.", None, 0.3, "yes_no", over=False) is Claim.TAKEN
    assert weigh("Tuesday.", None, 0.5, "open", over=True) is Claim.TAKEN
    assert weigh("Mhm.", None, 0.5, "open", over=True) is Claim.KEPT


def test_no_words_keep_the_floor_with_the_agent() -> None:
    assert weigh("", None, 2.0, None, over=False) is Claim.KEPT
    assert weigh("", "So?", 2.0, None, over=True) is Claim.KEPT


def test_other_words_every_time_are_laughter() -> None:
    assert weigh("Cut up.", "So?", 0.9, None, over=False) is Claim.KEPT
    assert weigh("Ha, ha, ha.", "Stop.", 0.5, None, over=True) is Claim.KEPT


def test_words_heard_twice_were_said_also_where_they_have_grown() -> None:
    assert weigh("Cancel that.", "Can", 0.5, None, over=False) is Claim.TAKEN
    assert weigh("Go forward.", "Go for", 0.5, None, over=False) is Claim.OPEN
    assert weigh("Go forward.", "Go for", 0.8, None, over=False) is Claim.TAKEN


def test_what_follows_an_okay_that_stood_is_believed_at_once() -> None:
    assert weigh("Okay, but", "Okay.", 0.5, None, over=False) is Claim.TAKEN
    assert weigh("Right, and how", "Right.", 0.6, None, over=False) is Claim.OPEN


def test_a_whole_sentence_takes_the_floor_whatever_was_made_of_its_beginning() -> None:
    assert weigh("I need a plumber.", "", 0.6, None, over=True) is Claim.TAKEN


def test_a_stopper_heard_once_counts_when_the_sound_is_over() -> None:
    assert weigh("No.", "Oh.", 0.3, None, over=False) is Claim.KEPT
    assert weigh("No.", "Oh.", 0.3, None, over=True) is Claim.TAKEN
