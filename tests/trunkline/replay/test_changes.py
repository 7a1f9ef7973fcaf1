"""Manners are changed by name, and only so that they fit."""

import pytest

from edge.core.manners import Manners
from trunkline.errors import BadSettings
from trunkline.replay.changes import changed


def test_numbers_words_and_nested_numbers() -> None:
    manners = changed(Manners(), ("waits.finished=0.4", "speculations=1", "goodbye=Bye = bye."))
    assert (manners.waits.finished, manners.speculations, manners.goodbye) == (0.4, 1, "Bye = bye.")
    assert manners.waits.unfinished == Manners().waits.unfinished


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("waits.finishd=0.4", "did you mean waits.finished?"),
        ("waits=5", "there is no 'waits'"),
        ("nothing", "there is no 'nothing'"),
        ("zzz=1", "the names are waits.finished"),
        ("cough=loud", "'loud' is not a number"),
        ("cough=-1", "-1 is not between 0 and 3600"),
        ("cough=1e999", "1e999 is not between 0 and 3600"),
        ("cough=NaN", "NaN is not between 0 and 3600"),
        ("cough=true", "True is no value of 'cough'"),
        ("speculations=1.5", "1.5 is no value of 'speculations'"),
    ],
)
def test_what_does_not_fit_is_a_sentence(setting: str, said: str) -> None:
    with pytest.raises(BadSettings, match=said.replace("?", r"\?")):
        changed(Manners(), (setting,))
