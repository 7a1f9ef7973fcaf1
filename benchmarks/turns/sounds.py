"""Sounds that are no turns, made with numpy: coughs, laughter, hums, breath, clicks, typing, tones, music, a street."""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from benchmarks.turns.sound import Samples
from edge.core.audio import RATE

Chance = np.random.Generator
Floats = npt.NDArray[np.float64]


def _time(seconds: float) -> Floats:
    return np.arange(int(seconds * RATE)) / RATE


def _noise(chance: Chance, seconds: float, low: float, high: float) -> Floats:
    """White noise between two frequencies, at an amplitude of about 1."""
    spectrum = np.fft.rfft(chance.standard_normal(int(seconds * RATE)))
    frequency = np.fft.rfftfreq(int(seconds * RATE), 1 / RATE)
    spectrum[(frequency < low) | (frequency > high)] = 0
    out = np.fft.irfft(spectrum, int(seconds * RATE))
    return np.asarray(out / (np.abs(out).max() + 1e-9))


def _voiced(chance: Chance, seconds: float, pitch: Floats, formants: Sequence[tuple[float, float]]) -> Floats:
    """A glottal buzz through resonances (frequency, bandwidth in Hz)."""
    phase = np.cumsum(pitch + chance.standard_normal(len(pitch)) * 1.5) / RATE
    out = np.asarray(2 * (phase % 1) - 1, dtype=np.float64)
    spectrum = np.fft.rfft(out)
    frequency = np.fft.rfftfreq(len(out), 1 / RATE)
    shape = sum(1 / (1 + ((frequency - at) / width) ** 2) for at, width in formants)
    out = np.fft.irfft(spectrum * shape, len(out))
    return np.asarray(out / (np.abs(out).max() + 1e-9))


def _hull(seconds: float, attack: float, decay: float) -> Floats:
    """Rises in ``attack`` seconds, falls by 1/e in each ``decay`` seconds after that."""
    time = _time(seconds)
    return np.asarray(np.minimum(time / attack, 1.0) * np.exp(-np.maximum(0.0, time - attack) / decay))


def _put(into: Floats, part: Floats, at: float) -> None:
    start = int(at * RATE)
    part = part[: max(0, len(into) - start)]
    into[start : start + len(part)] += part


def cough(chance: Chance) -> Floats:
    """One to three bursts: an explosion of noise, then a rough voiced tail."""
    bursts = int(chance.integers(1, 4))
    out = np.zeros(int((0.45 * bursts + 0.1) * RATE))
    for burst in range(bursts):
        length = chance.uniform(0.22, 0.38)
        noise = _noise(chance, length, 300, 3400) * _hull(length, 0.008, 0.07)
        pitch = np.linspace(chance.uniform(160, 260), 110, len(_time(length)))
        voice = _voiced(chance, length, pitch, [(600, 120), (1500, 200)]) * _hull(length, 0.05, 0.06)
        _put(out, noise + 0.4 * voice, 0.45 * burst)
    return out


VOWELS = (
    ((750, 110), (1250, 150), (2600, 300)),
    ((560, 100), (1750, 150), (2500, 300)),
    ((320, 80), (2200, 200), (2900, 300)),
    ((480, 90), (900, 120), (2400, 300)),
)
"""Ha, heh, hee, ho."""


def laughter(chance: Chance) -> Floats:
    """Ha-ha-ha: breathy vowels, five a second, falling in pitch and strength."""
    base = chance.uniform(110, 330)
    vowel = VOWELS[int(chance.integers(len(VOWELS)))]

    def syllable(index: int, length: float) -> Floats:
        pitch = np.linspace(base * 1.15, base, len(_time(length))) * (1 - 0.04 * index)
        return _voiced(chance, length, pitch, vowel)

    return _laughs(chance, syllable)


def laughed(voice: Samples, chance: Chance) -> Floats:
    """The same of a recorded voice: the loudest tenth of a second of it, again and again, lower each time."""
    size = int(0.12 * RATE)
    power = np.convolve(np.square(voice, dtype=np.float64), np.ones(size), "valid")
    vowel = voice[int(np.argmax(power)) :][:size].astype(np.float64)
    vowel /= np.abs(vowel).max() + 1e-9

    def syllable(index: int, length: float) -> Floats:
        at = np.arange(len(_time(length))) * (1.1 - 0.04 * index)
        return np.asarray(np.interp(at % (size - 1), np.arange(size), vowel))

    return _laughs(chance, syllable)


def _laughs(chance: Chance, syllable: Callable[[int, float], Floats]) -> Floats:
    """Three to eight syllables, each after a breath; ``syllable`` gives the vowel of one, of so many seconds."""
    times = int(chance.integers(3, 9))
    period = chance.uniform(0.17, 0.23)
    out = np.zeros(int((period * times + 0.2) * RATE))
    for index in range(times):
        vowel = syllable(index, 0.6 * period)
        breath = _noise(chance, 0.35 * period, 500, 3000) * 0.25
        _put(out, breath, period * index)
        _put(out, vowel * np.hanning(len(vowel)) * 0.92**index, period * (index + 0.35))
    return out


def hum(chance: Chance) -> Floats:
    """Mhm, or mm: one or two closed-mouth syllables."""
    base = chance.uniform(100, 220)
    first, second = chance.uniform(0.14, 0.22), chance.uniform(0.18, 0.30)
    parts = [(first, 1.0, 0.96)] if chance.random() < 0.3 else [(first, 1.0, 0.95), (second, 1.1, 1.3)]
    out = np.zeros(int((sum(part[0] for part in parts) + 0.2) * RATE))
    at = 0.0
    for length, begin, end in parts:
        pitch = base * np.linspace(begin, end, len(_time(length)))
        nasal = _voiced(chance, length, pitch, [(250, 70), (1000, 250), (2200, 400)])
        _put(out, nasal * np.hanning(len(pitch)) ** 0.5, at)
        at += length + 0.05
    return out


def breath(chance: Chance) -> Floats:
    """Into the microphone, in and out."""
    length = chance.uniform(0.5, 1.0)
    out = _noise(chance, length, 200, 2500) * np.hanning(len(_time(length)))
    return np.concatenate([out, np.zeros(2000), 0.8 * out[::-1]])


def click(chance: Chance) -> Floats:
    """A few clicks of the line or of a pen."""
    out = np.zeros(int(1.2 * RATE))
    for _ in range(int(chance.integers(1, 5))):
        _put(out, _noise(chance, 0.012, 500, 3800) * _hull(0.012, 0.001, 0.003), chance.uniform(0, 1.1))
    return out


def typing(chance: Chance) -> Floats:
    """Two seconds of a keyboard beside the telephone."""
    out = np.zeros(int(2.2 * RATE))
    at = 0.0
    while at < 2.0:
        _put(out, _noise(chance, 0.03, 800, 3600) * _hull(0.03, 0.001, 0.008) * chance.uniform(0.4, 1), at)
        at += chance.uniform(0.07, 0.25)
    return out


def tone(chance: Chance) -> Floats:
    """A beep, a keypad tone, a dial tone, or a ring in the background."""
    pair = [(1000, 1000), (770, 1336), (350, 440), (440, 480)][int(chance.integers(4))]
    time = _time(chance.uniform(0.15, 1.5))
    return np.asarray(0.5 * sum(np.sin(2 * np.pi * frequency * time) for frequency in pair))


def music(chance: Chance) -> Floats:
    """Three seconds of chords and a melody, plucked, with a beat."""
    out = np.zeros(int(3.2 * RATE))
    scale = [220 * 2 ** (step / 12) for step in (0, 2, 4, 5, 7, 9, 11, 12, 14, 16)]
    for beat in range(12):
        at = beat * 0.25
        for note in chance.choice(scale, size=3 if beat % 4 == 0 else 1):
            time = _time(0.6)
            pluck = sum(np.sin(2 * np.pi * note * k * time) / k**1.5 for k in range(1, 6))
            _put(out, 0.3 * np.asarray(pluck) * _hull(0.6, 0.005, 0.25), at)
        _put(out, _noise(chance, 0.04, 1500, 3800) * _hull(0.04, 0.001, 0.012) * 0.3, at)
    return out


def street(chance: Chance, seconds: float = 4.0) -> Floats:
    """Rumble that comes and goes, hiss of tyres, perhaps a horn."""
    time = _time(seconds)
    swell = 0.6 + 0.4 * np.sin(2 * np.pi * time / chance.uniform(2, 5) + chance.uniform(0, 6))
    out = swell * (_noise(chance, seconds, 60, 500) + 0.35 * _noise(chance, seconds, 500, 3400))
    if chance.random() < 0.5:
        horn = _time(0.5)
        blast = sum(np.sign(np.sin(2 * np.pi * frequency * horn)) for frequency in (392, 494))
        _put(out, 0.2 * np.asarray(blast), chance.uniform(0.5, seconds - 1))
    return np.asarray(out)


MAKERS: dict[str, tuple[Callable[[Chance], Floats], float, int]] = {
    "cough": (cough, -20.0, 10),
    "laughter (made)": (laughter, -20.0, 30),
    "mhm (hummed)": (hum, -22.0, 10),
    "breath": (breath, -34.0, 4),
    "clicks": (click, -22.0, 6),
    "typing": (typing, -28.0, 6),
    "tones": (tone, -22.0, 8),
    "music": (music, -28.0, 6),
    "street": (street, -30.0, 6),
}
"""How each is made, its level (decibels of full scale, loud steps; speech is at -20), and how many there are."""


def made(seconds_before: float = 0.0) -> list[tuple[str, Samples, float]]:
    """Every sound: its kind, its samples, its level."""
    out: list[tuple[str, Samples, float]] = []
    for kind, (make, level, count) in MAKERS.items():
        for number in range(count):
            sound = make(np.random.default_rng([number, len(kind)]))
            out.append((kind, np.pad(sound, (int(seconds_before * RATE), 0)).astype(np.float32), level))
    return out
