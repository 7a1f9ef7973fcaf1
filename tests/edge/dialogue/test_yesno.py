"""Yes and no."""

import pytest

from edge.dialogue.words import listen
from edge.dialogue.yesno import verdict


@pytest.mark.parametrize(
    "text",
    ["yes", "Yeah, sure.", "that's right", "uh huh", "perfect", "go ahead", "sounds good", "Yes it is.", "no problem",
     "why not", "um yes please", "okay", "correct", "no, that's right", "You bet", "of course", "I guess so"],
)  # fmt: skip
def test_yes(text: str) -> None:
    assert verdict(listen(text)) == "yes"


@pytest.mark.parametrize(
    "text",
    ["no", "Nope.", "No weight make it 11 o'clock.", "that's wrong", "that's not right", "not really",
     "I don't think so", "yeah no", "know", "now wait", "neither", "no thanks", "okay, no",
     "not Tuesday, Wednesday is wrong"],
)  # fmt: skip
def test_no(text: str) -> None:
    assert verdict(listen(text)) == "no"


@pytest.mark.parametrize("text", ["", "Tuesday at ten", "the name is Muller", "hmm", "what do you mean"])
def test_neither(text: str) -> None:
    assert verdict(listen(text)) is None
