import numpy as np

from edge.core.audio import RATE
from edge.speech.vocoder import BINS, HOP, pulses, sound

FRAMES = 80


def spectra(harmonic: float, hiss: float, pitch: float) -> list[np.ndarray[tuple[int, ...], np.dtype[np.float32]]]:
    def full(value: float) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
        return np.full((601, FRAMES), value, dtype=np.float32)

    return [full(harmonic), full(0), full(hiss), full(-30), full(0), np.full(FRAMES, pitch, dtype=np.float32)]


def test_a_pitch_is_heard_at_its_harmonics() -> None:
    samples = sound(spectra(0.0, -30.0, 200.0), np.random.default_rng(1))
    power = np.abs(np.fft.rfft(samples[HOP * 8 : -HOP * 8]))
    loudest = np.argsort(-power)[:6] * RATE / (len(samples) - HOP * 16)

    assert len(samples) == FRAMES * HOP
    assert np.abs(loudest / 200 - np.round(loudest / 200)).max() < 0.02


def test_no_pitch_is_no_pulse() -> None:
    assert not pulses(np.zeros(FRAMES, dtype=np.float32)).any()


def test_noise_fills_the_band_and_fades_at_its_edge() -> None:
    samples = sound(spectra(-30.0, 0.0, 0.0), np.random.default_rng(1))
    power = np.abs(np.fft.rfft(samples)) ** 2
    low, high = power[: len(power) * 9 // 10].mean(), power[-len(power) // 100 :].mean()

    assert high < low / 50
    assert BINS == 201
