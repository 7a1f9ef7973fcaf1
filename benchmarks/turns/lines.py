"""The same turns over worse lines: a street, people talking in the background, lost packets."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.turns.calls import Track, tracks
from benchmarks.turns.material import Utterance
from benchmarks.turns.sound import Samples, at_level
from benchmarks.turns.sounds import street
from edge.core.audio import RATE

BELOW = 15.0
"""Decibels between the loud steps of speech (-20 of full scale) and those of the noise."""
LOSS = 0.05
"""Part of the frames of 20 ms that are lost, each replaced by silence."""
SECONDS = 30
"""Of noise; then it comes again."""


@dataclass(frozen=True, slots=True)
class Line:
    """The calls over one kind of line."""

    name: str
    tracks: tuple[Track, ...]


def lines(utterances: Sequence[Utterance]) -> Iterator[Line]:
    """Every kind of line, the quiet one first."""
    yield Line("quiet", tuple(tracks(utterances)))
    yield Line(f"street, {BELOW:.0f} dB below", tuple(tracks(utterances, noise=_street())))
    yield Line(f"babble, {BELOW:.0f} dB below", tuple(tracks(utterances, noise=_babble(utterances))))
    yield Line(f"{100 * LOSS:.0f} % of frames lost", tuple(tracks(utterances, loss=LOSS)))


def _street() -> Samples:
    return at_level(street(np.random.default_rng(1), SECONDS).astype(np.float32), -20 - BELOW)


def _babble(utterances: Sequence[Utterance]) -> Samples:
    """Six people at once, each saying one long turn after another."""
    size = SECONDS * RATE
    longest = sorted(utterances, key=lambda one: -one.end)[:24]
    voices = [np.resize(np.concatenate([one.samples for one in longest[first::6]]), size) for first in range(6)]
    return at_level(np.sum(voices, axis=0, dtype=np.float32), -20 - BELOW)
