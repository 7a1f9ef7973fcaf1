"""From hibari's spectra to telephone audio.

The network predicts, for each frame of 12.5 ms, a spectrum in five parts and the pitch, meant for 24 kHz. A telephone
carries a third of that band, so the sound is made at 8 kHz from the start: the same frames with a third of the bins and
of the samples. That needs no decimator after it, and a third of the work.

    spectrum = exp(lh) e^{iπ tanh θ} STFT(pulses at the pitch) + exp(ln) noise + exp(lr) e^{iφ}
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from edge.core.audio import RATE

Samples = npt.NDArray[np.float32]

HOP = RATE // 80
WINDOW = 4 * HOP
BINS = WINDOW // 2 + 1
_SCALE = RATE / 24_000
"""An inverse transform divides by its length, and ours is a third of the one the spectra are for."""
_VOICED = 40.0
"""Hz; a lower pitch means that the frame has none."""
_HANN = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(WINDOW) / WINDOW)).astype(np.float32)
_EDGE = np.clip((np.float32(BINS - 1) - np.arange(BINS, dtype=np.float32)) / 12, 0, 1).astype(np.float32)
"""Fades the band out over its last 240 Hz."""


def sound(spectra: Sequence[Samples], noise: np.random.Generator) -> Samples:
    """8 kHz samples, HOP for each frame.

    Args:
        spectra: Log harmonic magnitude, harmonic phase, log noise magnitude, log free magnitude and free phase, each
            (bins, frames) with at least BINS bins 20 Hz apart; and the pitch in Hz, (frames,).
    """
    harmonic, turn, hiss, free, phase = (part[:BINS].T for part in spectra[:5])
    pitch = spectra[5]
    spectrum = _transform(pulses(pitch))
    spectrum *= _polar(_magnitude(harmonic), np.float32(np.pi) * np.tanh(turn))
    random = noise.standard_normal((len(pitch), 2 * BINS), dtype=np.float32).view(np.complex64)
    spectrum += random * _magnitude(hiss)
    spectrum += _polar(_magnitude(free), phase)
    return _inverse(spectrum * (_EDGE * np.float32(_SCALE)))


def pulses(pitch: Samples) -> Samples:
    """A train of pulses at the pitch, every harmonic within the band with amplitude one; zero where there is none.

    The sum of H cosines has a closed form: sin((H + ½)t) / (2 sin(t/2)) - ½.
    """
    at = (np.arange(len(pitch) * HOP, dtype=np.float32) + 0.5) / HOP - 0.5
    hertz = np.interp(at, np.arange(len(pitch)), pitch)
    voiced = hertz > _VOICED
    hertz = np.maximum(hertz, _VOICED)
    t = (np.cumsum(hertz / RATE) % 1.0 * (2 * np.pi)).astype(np.float32)
    harmonics = (np.floor((RATE / 2 - 100) / hertz) + 0.5).astype(np.float32)
    below = 2 * np.sin(t / 2)
    peak = np.abs(below) < 2e-3  # Where sin(t/2) vanishes all cosines are one.
    train = np.sin(harmonics * t) / np.where(peak, 1, below)
    return np.where(voiced, np.where(peak, harmonics, train) - 0.5, 0).astype(np.float32)


def _transform(samples: Samples) -> npt.NDArray[np.complex64]:
    """Short-time spectrum, (frames, BINS); a cosine of amplitude one peaks at half."""
    padded = np.pad(samples, WINDOW // 2, mode="reflect")
    frames = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::HOP][: len(samples) // HOP]
    return np.fft.rfft(frames * (_HANN / HOP), axis=1).astype(np.complex64)


def _inverse(spectrum: npt.NDArray[np.complex64]) -> Samples:
    """Overlap-add of the frames, each a hop after the one before, divided by what the windows add up to."""
    count, laps = len(spectrum), WINDOW // HOP
    frames = (np.fft.irfft(spectrum, WINDOW, axis=1).astype(np.float32) * _HANN).reshape(count, laps, HOP)
    squares = (_HANN * _HANN).reshape(laps, HOP)
    total = np.zeros((count + laps - 1, HOP), dtype=np.float32)
    weight = np.full((count + laps - 1, HOP), 1e-9, dtype=np.float32)
    for lap in range(laps):
        total[lap : lap + count] += frames[:, lap]
        weight[lap : lap + count] += squares[lap]
    return np.asarray((total / weight).reshape(-1)[WINDOW // 2 :][: count * HOP], dtype=np.float32)


def _magnitude(logarithm: Samples) -> Samples:
    return np.exp(np.minimum(logarithm, np.float32(7)))


def _polar(magnitude: Samples, angle: Samples) -> npt.NDArray[np.complex64]:
    out = np.empty(magnitude.shape, dtype=np.complex64)
    out.real = magnitude * np.cos(angle)
    out.imag = magnitude * np.sin(angle)
    return out
