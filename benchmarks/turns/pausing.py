"""Pauses of the length that people make on the telephone.

A reader's pauses in edited prompts are 0.2 to 0.4 s: any rule waits them out. So the recordings are given pauses of
conversational length, where the speaker paused or could have: drawn from a log-normal distribution, as pauses are (E.
Campione and J. Véronis, "A large-scale multilingual study of silent pause duration", Speech Prosody 2002), with a
median of 0.46 s and one in four above 0.8 s.
"""

import random

import numpy as np

from benchmarks.turns.sound import HOP, SHORTEST_PAUSE, Samples, Span, steps
from edge.core.audio import RATE

MEDIAN, SIGMA = 0.46, 0.86
LEAST, MOST = 0.20, 2.0
"""Seconds; what is drawn beyond is drawn again."""
DIP = 0.100
"""Seconds of low energy inside a sentence that are a border between words, rather than the stop of a consonant."""


def drawn(chance: random.Random) -> float:
    """The length of one pause, seconds."""
    while True:
        length = MEDIAN * np.exp(chance.gauss(0.0, SIGMA))
        if LEAST <= length <= MOST:
            return float(length)


def stretched(samples: Samples, gaps: list[Span], chance: random.Random) -> Samples:
    """The sound with each of these silences made as long as drawn, never shorter than it was."""
    parts: list[Samples] = []
    at = 0
    for gap in gaps:
        middle = round((gap.start + gap.end) / 2 * RATE)
        quarter = max(1, int(gap.length / 4 * RATE))
        room = samples[middle - quarter : middle + quarter]
        more = int(max(0.0, drawn(chance) - gap.length) * RATE)
        parts += [samples[at:middle], np.resize(np.concatenate([room[::-1], room]), more)]
        at = middle
    return np.concatenate([*parts, samples[at:]])


def dips(samples: Samples, inside: Span) -> list[Span]:
    """Silences too short to be pauses, half a second or more from both ends; the longest first."""
    level = steps(samples)
    loud = float(np.percentile(level, 95))
    found: list[Span] = []
    start: float | None = None
    for index in range(int((inside.start + 0.5) / HOP), int((inside.end - 0.5) / HOP)):
        quiet = level[index] < loud - 32
        if quiet and start is None:
            start = index * HOP
        elif not quiet and start is not None:
            if DIP <= index * HOP - start < SHORTEST_PAUSE:
                found.append(Span(start, index * HOP))
            start = None
    return sorted(found, key=lambda dip: -dip.length)
