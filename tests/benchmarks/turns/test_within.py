"""Turns taken for ended while the caller spoke are found, and those in a pause or after the end are not."""

import numpy as np
import pytest

from benchmarks.turns.calls import Placed, Track
from benchmarks.turns.endings import Decision
from benchmarks.turns.material import Utterance
from benchmarks.turns.sound import Span
from benchmarks.turns.within import Figures, Within, spoken_since

SPANS = (Span(0.0, 1.0), Span(1.6, 2.5))
TURN = Placed(Utterance("it", "someone", "long", "One two.", np.zeros(1, np.float32), SPANS), 10.0)
PAUSED = Track((TURN,), np.zeros(160, np.int16))


@pytest.mark.parametrize(
    ("at", "since"), [(9.9, None), (10.5, -1.0), (11.2, None), (11.7, 0.1), (12.4, 0.8), (12.6, None)]
)
def test_for_how_long_the_caller_had_gone_on(at: float, since: float | None) -> None:
    found = spoken_since(PAUSED, Decision(at, at + 0.1))
    assert found == (since if since is None else pytest.approx(since))


def test_the_figures_tell_what_was_heard_and_why() -> None:
    figures = Figures(20, (Within(0.03, 0.04), Within(0.15, 0.0), Within(None, 0.5), Within(0.9, 2.0)))
    assert (figures.going_on, figures.noticed) == (2, 2)
    assert figures.heard(0.5) == 0.04
    assert Figures(20, ()).heard(0.5) == 0.0
