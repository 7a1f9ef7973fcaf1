"""How much a sound repeats itself, and what that says: trains of one syllable do, others do not."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from edge.core.audio import RATE, Pcm
from edge.core.manners import Manners
from edge.speech.laughter import laughs, repeats

ENOUGH = 0.26
"""Speech is rarely above."""
VOWELS = ((750, 1250), (320, 2200), (480, 900), (560, 1750), (300, 700))


def train(vowels: list[tuple[int, int]], period: float, loud: float = 6000.0) -> Pcm:
    """Syllables, each a breath and a vowel of two formants."""
    chance, out = np.random.default_rng(3), []
    for formants in vowels:
        breath = 0.1 * chance.standard_normal(int(0.35 * period * RATE))
        time = np.arange(int(0.65 * period * RATE)) / RATE
        tone = np.sum([np.sin(2 * np.pi * formant * time) for formant in formants], axis=0)
        out += [breath, 0.5 * tone * np.hanning(len(time))]
    return (np.concatenate(out) * loud).astype(np.int16)


@given(arrays.arrays(np.int16, st.integers(0, 16_000)))
def test_it_is_a_correlation_whatever_the_sound(sound: Pcm) -> None:
    assert -1.0 - 1e-9 <= repeats(sound) <= 1.0 + 1e-9


@given(st.sampled_from(VOWELS), st.floats(0.14, 0.28), st.integers(4, 8), st.floats(2000, 15000))
def test_one_syllable_again_and_again_repeats_itself(
    vowel: tuple[int, int], period: float, times: int, loud: float
) -> None:
    assert repeats(train([vowel] * times, period, loud)) > ENOUGH


@given(st.permutations(VOWELS), st.floats(0.14, 0.28))
def test_it_repeats_itself_less_where_each_syllable_is_another(vowels: list[tuple[int, int]], period: float) -> None:
    assert repeats(train(vowels, period)) < repeats(train([vowels[0]] * 5, period)) - 0.2


def test_what_is_too_short_for_two_syllables_or_silent_does_not() -> None:
    assert repeats(train([VOWELS[0]] * 5, 0.2)[:1500]) == 0.0
    assert repeats(np.zeros(8000, dtype=np.int16)) == 0.0
    assert repeats(np.zeros(0, dtype=np.int16)) == 0.0


@given(arrays.arrays(np.int16, st.integers(0, 4_000)), st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_it_is_a_probability_and_doubt_adds_to_it(sound: Pcm, one: float, other: float) -> None:
    less, more = laughs(sound, max(one, other)), laughs(sound, min(one, other))
    assert 0.0 <= less <= more <= 1.0


def test_one_syllable_again_and_again_of_which_doubtful_words_were_made_is_laughter() -> None:
    sure = Manners().laughter
    assert laughs(train([VOWELS[0]] * 5, 0.2), 0.5) > sure
    assert laughs(train(list(VOWELS), 0.2), 0.9) < sure
