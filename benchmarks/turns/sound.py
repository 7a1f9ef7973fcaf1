"""Sound as arrays: reading, levels, the telephone line, and where the energy says that somebody speaks."""

import wave
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from edge.core.audio import RATE, Pcm, from_mulaw, to_mulaw

Samples = npt.NDArray[np.float32]
"""Samples at 8 kHz, -1..1."""

HOP = 0.010
"""Seconds of one step of the energy."""
SHORTEST_PAUSE = 0.200
"""Seconds; silences shorter than this are part of speaking."""
DEPTH = 38.0
"""Decibels below a recording's loud steps (its 95th percentile) under which a step is silence."""
ABOVE_FLOOR = 9.0
"""Or this little above the recording's own floor, where that is higher."""
CLICK = 0.030
"""Seconds; louder sound shorter than this inside a silence is a click, not speech."""


def read(path: Path, rate: int | None = None) -> Samples:
    """A recording, at 8 kHz. ``rate``: of a file of bare 16-bit samples; of others it is read."""
    if rate is None:
        with wave.open(str(path)) as wav:
            rate, channels = wav.getframerate(), wav.getnchannels()
            samples = np.frombuffer(wav.readframes(wav.getnframes()), dtype=np.int16).reshape(-1, channels)[:, 0]
    else:
        samples = np.frombuffer(path.read_bytes(), dtype=np.int16)
    return resampled(samples.astype(np.float32) / 32768.0, rate)


def resampled(samples: Samples, rate: int) -> Samples:
    """At 8 kHz, without delay: cut in the frequency domain. Good for clips, not for streams."""
    if rate == RATE:
        return samples
    size = round(len(samples) * RATE / rate)
    spectrum = np.fft.rfft(samples)[: size // 2 + 1]
    taper = min(len(spectrum), max(1, size // 40))
    spectrum[-taper:] *= np.linspace(1, 0, taper)
    spectrum = np.pad(spectrum, (0, max(0, size // 2 + 1 - len(spectrum))))
    return np.asarray(np.fft.irfft(spectrum, size) * size / len(samples), dtype=np.float32)


def decibels(samples: Samples) -> float:
    """Level of the whole, of full scale."""
    return float(10 * np.log10(np.mean(np.square(samples, dtype=np.float64)) + 1e-12))


def steps(samples: Samples) -> npt.NDArray[np.float64]:
    """The level of each step of 10 ms, in decibels of full scale."""
    size = int(HOP * RATE)
    whole = samples[: len(samples) // size * size].reshape(-1, size).astype(np.float64)
    return np.asarray(10 * np.log10(np.mean(np.square(whole), axis=1) + 1e-12))


@dataclass(frozen=True, slots=True)
class Span:
    """From here to there, in seconds."""

    start: float
    end: float

    @property
    def length(self) -> float:
        return self.end - self.start

    def later(self, seconds: float) -> "Span":
        return Span(self.start + seconds, self.end + seconds)


def speech(samples: Samples) -> list[Span]:
    """The stretches of sound between silences of at least SHORTEST_PAUSE, by energy alone."""
    level = steps(samples)
    threshold = max(float(np.percentile(level, 95)) - DEPTH, float(np.percentile(level, 3)) + ABOVE_FLOOR)
    threshold = min(threshold, float(np.percentile(level, 95)) - 12)
    runs: list[list[float]] = []
    for index in np.flatnonzero(level > threshold):
        start = float(index) * HOP
        if runs and start - runs[-1][1] < 1e-6:
            runs[-1][1] = start + HOP
        else:
            runs.append([start, start + HOP])
    spans: list[Span] = []
    for start, end in runs:
        if spans and start - spans[-1].end < SHORTEST_PAUSE:
            spans[-1] = Span(spans[-1].start, end)
        elif end - start >= CLICK:
            spans.append(Span(start, end))
    return spans


def pauses(spans: list[Span]) -> list[Span]:
    """The silences between stretches of speech."""
    return [Span(before.end, after.start) for before, after in pairwise(spans)]


def at_level(samples: Samples, level: float) -> Samples:
    """The same with its loud steps (95th percentile) at this level, decibels of full scale."""
    loud = float(np.percentile(steps(samples), 95))
    return np.asarray(samples * 10 ** ((level - loud) / 20), dtype=np.float32)


def telephone(samples: Samples) -> Pcm:
    """What the edge gets of it: µ-law and back."""
    pcm = (np.clip(samples, -1, 1) * 32767).astype(np.int16)
    return from_mulaw(to_mulaw(pcm)).copy()
