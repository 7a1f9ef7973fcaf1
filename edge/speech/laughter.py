"""Whether a sound is laughter, of which a recogniser makes words, and often the same ones twice.

Two things tell. Laughter is one short syllable again and again at a steady pace, and speech is not: the shape of the
spectrum is compared, step by step, with itself some tenths of a second later, without the loudness. And the recogniser
is in doubt about how words begin that nobody said; what it makes up after that follows from there.
"""

import math

import numpy as np
import numpy.typing as npt

from edge.core.audio import RATE, Pcm

STEP, WINDOW = 80, 256
"""Samples: a spectrum each 10 ms, of 32 ms."""
BANDS, LOWEST, HIGHEST = 14, 150.0, 3700.0
"""Of the telephone's band, in Hz, equally wide to the ear."""
SHORTEST, LONGEST = 12, 30
"""Steps from one syllable of laughter to the next: eight to three of them a second."""
MOST = 3 * RATE // 2
"""Samples that are looked at, from the end: laughter that goes on may change."""
FAINT = 1e3 * WINDOW
"""Power of a band, of 16-bit samples squared, in which nothing but the line's noise is."""

DOUBT, REPEATS, NEITHER = 5.0, 7.5, -4.25
"""How the two are weighed against each other: between what was fitted on laughter of synthetic voices and tried on
recorded laughter, and the other way round. See docs/explanation/turn-taking-measured.md."""
LEAST = 0.02
"""Of the first piece of the text; below, a model is not in more doubt."""

Floats = npt.NDArray[np.float64]


def laughs(sound: Pcm, first: float) -> float:
    """How probable it is that this sound, from its onset, is laughter: 0..1.

    ``first``: how sure the recogniser is of the first piece of what it made of it, 0..1.
    """
    odds = NEITHER - DOUBT * math.log(max(first, LEAST)) + REPEATS * repeats(sound)
    return 1 / (1 + math.exp(-odds))


def repeats(sound: Pcm) -> float:
    """How alike the spectra of this sound are to those one syllable later, at the pace that suits it best: -1..1.

    0 where it is too short to hold two syllables. Costs at most 1.5 ms: no more than the last 1.5 s are looked at.
    """
    shapes = _shapes(sound[-MOST:].astype(np.float64))
    best = [_alike(shapes[:-lag], shapes[lag:]) for lag in range(SHORTEST, LONGEST + 1) if 2 * lag <= len(shapes)]
    return max(best, default=0.0)


def _shapes(sound: Floats) -> Floats:
    """For each step the logarithm of each band's power, without the step's mean, and without the band's."""
    if len(sound) < WINDOW:
        return np.zeros((0, BANDS))
    frames = np.lib.stride_tricks.sliding_window_view(sound, WINDOW)[::STEP]
    power = np.square(np.abs(np.fft.rfft(frames * _HANN))) @ _BANK
    levels = np.log10(power + FAINT)
    shapes = levels - levels.mean(axis=1, keepdims=True)
    return np.asarray(shapes - shapes.mean(axis=0))


def _alike(some: Floats, later: Floats) -> float:
    """The correlation of the two."""
    weight = float(np.sqrt(np.sum(some * some) * np.sum(later * later)))
    return float(np.sum(some * later)) / weight if weight > 1e-6 else 0.0


def _bank() -> Floats:
    """Triangles on the mel scale: (frequencies of a spectrum, bands)."""
    frequencies: Floats = np.fft.rfftfreq(WINDOW, 1 / RATE).astype(np.float64)
    lowest, highest = _mel(np.array([LOWEST, HIGHEST]))
    edges: Floats = np.linspace(float(lowest), float(highest), BANDS + 2)
    rising = (_mel(frequencies)[:, None] - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - _mel(frequencies)[:, None]) / (edges[2:] - edges[1:-1])
    return np.asarray(np.clip(np.minimum(rising, falling), 0.0, None))


def _mel(hertz: Floats) -> Floats:
    return np.asarray(2595.0 * np.log10(1.0 + hertz / 700.0))


_HANN = np.hanning(WINDOW)
_BANK = _bank()
