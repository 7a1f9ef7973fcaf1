import numpy as np
import pytest

from edge.core.audio import RATE
from edge.speech.synthesiser import LEAD, TAIL, Hibari, trimmed


@pytest.fixture(scope="module")
def hibari() -> Hibari:
    return Hibari()


def test_tells_when_each_word_has_been_said(hibari: Hibari) -> None:
    text = "At 10:30, on Tuesday."
    spoken = hibari.speak(text)

    assert [chars for chars, _ in spoken.words] == [2, 9, 12, 21]
    ends = [sample for _, sample in spoken.words]
    assert ends == sorted(ends)
    assert 0 < ends[0] < ends[-1] <= len(spoken.pcm) // 2
    assert 1.0 < len(spoken.pcm) / 2 / RATE < 3.0


def test_the_same_text_gives_the_same_audio(hibari: Hibari) -> None:
    assert hibari.speak("Good morning.") == hibari.speak("Good morning.")


@pytest.mark.parametrize("text", ["", "...", "1" * 400, "![", "½ ° ² № ß", "a" * 3000])
def test_nothing_makes_it_fail(hibari: Hibari, text: str) -> None:
    assert len(hibari.speak(text).pcm) / 2 / RATE < 60


def test_trims_silence() -> None:
    samples = np.zeros(2 * RATE, dtype=np.float32)
    samples[RATE : RATE + 800] = 0.5

    pcm, cut = trimmed(samples)

    assert cut == RATE - round(LEAD * RATE)
    assert abs(len(pcm) - (800 + round((LEAD + TAIL) * RATE))) <= 1
    assert len(trimmed(np.zeros(100, dtype=np.float32))[0]) == 0
