"""Recorded calls give the same actions again; one that was tampered with does not."""

from pathlib import Path

import pytest

from edge.tapes import read
from trunkline.replay.library import all_in
from trunkline.replay.listing import difference
from trunkline.replay.player import first_difference
from trunkline.replay.whatif import what_if

HERE = Path(__file__).parent
TAPES = all_in(HERE)


def test_there_are_calls() -> None:
    assert len(TAPES) >= 6


@pytest.mark.parametrize("path", TAPES, ids=lambda path: path.name)
def test_a_recorded_call_gives_the_same_actions_again(path: Path) -> None:
    odd = first_difference(read(path))
    assert odd is None, "\n".join(["See tests/calls/README.md.", *difference(odd)])


@pytest.mark.parametrize("path", TAPES, ids=lambda path: path.name)
def test_the_same_rules_would_have_decided_the_same(path: Path) -> None:
    recording = read(path)
    outcome = what_if(recording, recording.manners)
    assert outcome.divergences == []
    assert len(outcome.matched) == outcome.decisions
    assert all(abs(each.shift) < 1e-6 for each in outcome.matched)


def test_a_doctored_call_does_not() -> None:
    odd = first_difference(read(HERE / "doctored" / "booking.jsonl.gz"))
    assert odd is not None
    assert "They differ at" in "\n".join(difference(odd))
