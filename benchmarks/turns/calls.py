"""Utterances laid out on the tracks of calls: one speaker a call, always at the same seconds, so that models' answers
can be kept. After each there is room for the agent's reply."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.turns.material import Utterance
from benchmarks.turns.sound import Samples, Span, telephone
from edge.core.audio import RATE, Pcm
from edge.core.conversation import Profile

FIRST = 3.2
"""Seconds before the first utterance: the agent greets."""
ROOM = 5.0
"""Seconds after each utterance, at least: the latest answer, and the reply."""
GRID = 0.160
"""Seconds; utterances begin on this grid, which frames and the detector's windows share."""
A_CALL = 6
"""Utterances in a call."""
LINE_NOISE = -62.0
"""Decibels of full scale: the quiet telephone line."""


@dataclass(frozen=True, slots=True)
class Placed:
    """An utterance in a call. Times are seconds of call audio."""

    what: Utterance
    at: float

    @property
    def end(self) -> float:
        return self.at + self.what.end

    @property
    def pauses(self) -> list[Span]:
        return [pause.later(self.at) for pause in self.what.pauses]


@dataclass(frozen=True, slots=True)
class Track:
    """The caller's side of one call."""

    placed: tuple[Placed, ...]
    pcm: Pcm

    def expects(self, at: float) -> Profile:
        """What the agent asks for in the reply that it makes at this time: what the caller is saying, or will say."""
        return next((one.what.profile for one in self.placed if one.end > at), "open")


def tracks(utterances: Sequence[Utterance], noise: Samples | None = None, loss: float = 0.0) -> list[Track]:
    """Calls of A_CALL utterances each, mixed but always alike.

    ``noise`` (repeated as needed) is on the line instead of its own; ``loss`` is the part of the frames that are lost.
    """
    by_speaker: dict[str, list[Utterance]] = {}
    for one in utterances:
        by_speaker.setdefault(one.speaker, []).append(one)
    chance = random.Random(7)
    out: list[Track] = []
    for spoken in by_speaker.values():
        chance.shuffle(spoken)
        for first in range(0, len(spoken), A_CALL):
            out.append(_track(spoken[first : first + A_CALL], noise, loss, seed=len(out)))
    return out


def _track(spoken: Sequence[Utterance], noise: Samples | None, loss: float, seed: int) -> Track:
    placed: list[Placed] = []
    at = FIRST
    for one in spoken:
        at = -(-at // GRID) * GRID
        placed.append(Placed(one, at))
        at += one.end + ROOM
    samples = np.zeros(int(at * RATE), dtype=np.float32)
    for put in placed:
        start = round(put.at * RATE)
        part = put.what.samples[: round((put.what.end + 0.3) * RATE)]
        samples[start : start + len(part)] += part
    random_numbers = np.random.default_rng(seed)
    if noise is None:
        samples += random_numbers.standard_normal(len(samples)).astype(np.float32) * 10 ** (LINE_NOISE / 20)
    else:
        samples += np.resize(np.roll(noise, -seed * 4711), len(samples))
    pcm = telephone(samples)
    if loss:
        frames = pcm[: len(pcm) // 160 * 160].reshape(-1, 160)
        frames[random_numbers.random(len(frames)) < loss] = 0
        pcm = frames.reshape(-1)
    return Track(tuple(placed), pcm)
