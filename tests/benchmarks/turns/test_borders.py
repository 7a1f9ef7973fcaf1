"""Where a pause falls is found in the text, whatever the recogniser made of the words before it."""

import pytest

from benchmarks.turns.borders import Border, border_after

TEXT = "Agent login. Please enter your number, followed by the pound key. Press 1 now."


@pytest.mark.parametrize(
    ("said", "border"),
    [
        ("Agent logging.", "finished"),
        ("Agent login. Please enter.", "mid-clause"),
        ("A gent login, please enter your number", "comma"),
        ("Agent login. Please enter your number followed by the pound key", "finished"),
        ("Agent login please enter your number followed by the town.", "mid-clause"),
        ("Agent login. Please enter your number followed by the pound key. Press one", "mid-clause"),
        ("", "mid-clause"),
    ],
)
def test_the_punctuation_behind_the_words(said: str, border: Border) -> None:
    assert border_after(TEXT, said) == border
