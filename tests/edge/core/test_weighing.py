"""What words said over the agent mean."""

import pytest

from edge.core.weighing import Floor, weigh


@pytest.mark.parametrize("text", ["Mhm.", "Yeah.", "Okay, great.", "Uh-huh", "I see.", "Got it.", "Ha, ha."])
def test_backchannels_do_not_take_the_floor(text: str) -> None:
    assert weigh(text, 0.9, None, over=False) is Floor.KEPT


@pytest.mark.parametrize("text", ["Stop.", "No, wait.", "Hold on."])
def test_stoppers_take_it_however_short_they_are(text: str) -> None:
    assert weigh(text, 0.3, None, over=False) is Floor.TAKEN


def test_a_guess_from_a_short_sound_does_not_but_a_sentence_does() -> None:
    assert weigh("Hammer.", 0.3, None, over=False) is Floor.OPEN
    assert weigh("Hammer.", 0.4, None, over=True) is Floor.KEPT
    assert weigh("What about Friday?", 1.1, None, over=False) is Floor.TAKEN


def test_over_a_question_words_are_the_answer() -> None:
    assert weigh("Yes.", 0.3, "yes_no", over=False) is Floor.TAKEN
    assert weigh("Tuesday.", 0.5, "open", over=True) is Floor.TAKEN
    assert weigh("Mhm.", 0.5, "open", over=True) is Floor.KEPT


@pytest.mark.parametrize("over", [False, True])
def test_no_words_keep_the_matter_open_until_the_sound_is_over(over: bool) -> None:
    assert weigh("", 2.0, None, over=over) is (Floor.KEPT if over else Floor.OPEN)
