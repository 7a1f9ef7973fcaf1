"""Utterances by energy, in audio time."""

import numpy as np
import pytest

from edge.core.audio import FRAME, RATE, Pcm
from trunkline.caller.ear import GAP, LONGEST, Ear, Onset, Utterance, voiced_span


def tone(seconds: float, level: float = 3000.0) -> Pcm:
    return (level * np.sin(2 * np.pi * 300 * np.arange(int(seconds * RATE)) / RATE)).astype(np.int16)


def silence(seconds: float) -> Pcm:
    return np.zeros(int(seconds * RATE), np.int16)


def hear(ear: Ear, pcm: Pcm) -> list[Onset | Utterance]:
    return [found for at in range(0, len(pcm), FRAME) for found in ear.hear(pcm[at : at + FRAME])]


def test_an_utterance_is_placed_to_a_few_milliseconds() -> None:
    ear = Ear()
    found = hear(ear, np.concatenate([silence(1.005), tone(0.5), silence(1)]))
    onset, utterance = found
    assert isinstance(onset, Onset)
    assert isinstance(utterance, Utterance)
    assert onset.at == pytest.approx(1.005, abs=0.006)
    assert utterance.start == onset.at
    assert utterance.end == pytest.approx(1.505, abs=0.006)
    assert ear.silent_for == pytest.approx(2.5 - 1.505 + 0.005, abs=0.01)


def test_sentences_of_one_time_of_speaking_are_not_fresh() -> None:
    ear = Ear()
    pcm = np.concatenate([tone(0.5), silence(GAP + 0.1), tone(0.5), silence(1), tone(0.5), silence(1)])
    onsets = [found for found in hear(ear, pcm) if isinstance(found, Onset)]
    assert [onset.fresh for onset in onsets] == [True, False, True]


def test_speaking_for_counts_from_the_first_sentence() -> None:
    ear = Ear()
    hear(ear, np.concatenate([silence(1), tone(0.5), silence(0.4), tone(0.5)]))
    assert ear.speaking_for == pytest.approx(1.4, abs=0.03)
    hear(ear, silence(1))
    assert ear.speaking_for == 0


def test_a_monologue_is_handed_on_in_pieces() -> None:
    ear = Ear()
    pcm = np.concatenate([np.concatenate([tone(0.9), silence(0.1)])] * int(2 * LONGEST + 5))
    found = [found for found in hear(ear, pcm) if isinstance(found, Utterance)]
    assert len(found) == 2
    assert all(LONGEST <= len(one.pcm) / RATE <= LONGEST + 1.5 for one in found)
    assert ear.finish()
    assert not ear.finish()


def test_hiss_is_silence() -> None:
    noise = np.random.default_rng(1).normal(0, 20, 3 * RATE).astype(np.int16)
    assert not hear(Ear(), noise)


def test_the_end_of_speech_is_not_the_end_of_the_file() -> None:
    noise = np.random.default_rng(1).normal(0, 15, 3 * RATE)
    speech = np.concatenate([silence(1), tone(0.7), silence(1.3)]) + noise
    span = voiced_span(speech.astype(np.int16))
    assert span is not None
    assert span[0] / RATE == pytest.approx(1.0, abs=0.01)
    assert span[1] / RATE == pytest.approx(1.7, abs=0.01)


def test_a_file_without_speech_has_no_end_of_speech() -> None:
    assert voiced_span(silence(1)) is None
    assert voiced_span(silence(0)) is None
