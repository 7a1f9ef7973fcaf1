"""Energy finds what was put there."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks.turns.sound import Samples, at_level, pauses, read, resampled, speech, steps, telephone

RECORDINGS = Path(__file__).parents[2] / "recordings"


def buzz(seconds: float) -> Samples:
    time = np.arange(int(seconds * 8000)) / 8000
    return (0.1 * np.sign(np.sin(2 * np.pi * 150 * time))).astype(np.float32)


def quiet(seconds: float) -> Samples:
    return np.zeros(int(seconds * 8000), dtype=np.float32)


def test_speech_is_split_at_pauses_and_not_at_the_stops_of_consonants() -> None:
    sound = np.concatenate([quiet(0.3), buzz(0.5), quiet(0.12), buzz(0.5), quiet(0.4), buzz(0.6), quiet(0.5)])
    spans = speech(sound)
    found = [time for span in spans for time in (span.start, span.end)]
    assert found == pytest.approx([0.3, 1.42, 1.82, 2.42], abs=0.011)
    assert [pause.length for pause in pauses(spans)] == pytest.approx([0.4], abs=0.011)


def test_a_click_in_a_silence_is_no_speech() -> None:
    sound = np.concatenate([buzz(0.5), quiet(0.4), buzz(0.01), quiet(0.4), buzz(0.5)])
    assert len(speech(sound)) == 2


def test_a_level_is_that_of_the_loud_steps() -> None:
    assert np.percentile(steps(at_level(buzz(1.0), -30.0)), 95) == pytest.approx(-30.0, abs=0.1)


def test_resampling_keeps_time_and_pitch() -> None:
    time = np.arange(16000) / 16000
    out = resampled(np.sin(2 * np.pi * 440 * time).astype(np.float32), 16000)
    assert len(out) == 8000
    assert np.abs(out - np.sin(2 * np.pi * 440 * np.arange(8000) / 8000))[200:-200].max() < 0.02


def test_the_telephone_is_near_what_was_said() -> None:
    sound = buzz(0.2)
    assert np.abs(telephone(sound) / 32768 - sound).max() < 0.01


def test_a_recording_of_one_breath_is_one_stretch() -> None:
    assert len(speech(read(RECORDINGS / "turns" / "asterisk-vm-dialout.wav"))) == 1
