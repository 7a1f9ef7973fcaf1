"""Pauses are given to recordings where they are asked for, and nothing else changes."""

import random

import numpy as np

from benchmarks.turns.pausing import LEAST, MOST, dips, drawn, stretched
from benchmarks.turns.sound import Samples, Span, pauses, speech


def buzz(seconds: float) -> Samples:
    time = np.arange(int(seconds * 8000)) / 8000
    return (0.1 * np.sign(np.sin(2 * np.pi * 150 * time))).astype(np.float32)


def quiet(seconds: float) -> Samples:
    return np.zeros(int(seconds * 8000), dtype=np.float32)


def test_lengths_are_within_bounds_and_mostly_short() -> None:
    lengths = [drawn(random.Random(seed)) for seed in range(500)]
    assert min(lengths) >= LEAST
    assert max(lengths) <= MOST
    assert 0.40 < float(np.median(lengths)) < 0.62


def test_a_pause_grows_and_its_neighbours_do_not() -> None:
    sound = np.concatenate([buzz(0.7), quiet(0.25), buzz(0.7), quiet(0.3), buzz(0.7)])
    gaps = pauses(speech(sound))
    longer = pauses(speech(stretched(sound, gaps[:1], random.Random(1))))
    assert longer[0].length >= gaps[0].length
    assert abs(longer[1].length - gaps[1].length) < 0.02


def test_dips_are_borders_between_words_away_from_the_ends() -> None:
    sound = np.concatenate([buzz(0.2), quiet(0.15), buzz(0.6), quiet(0.15), buzz(0.4), quiet(0.05), buzz(0.9)])
    found = dips(sound, Span(0.0, len(sound) / 8000))
    assert [round(dip.start, 2) for dip in found] == [0.95]
