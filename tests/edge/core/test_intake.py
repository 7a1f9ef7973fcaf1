"""The caller's sound: every sample in one frame and one window, in order; time goes on where nothing comes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.core.audio import FRAME, FRAME_SECONDS, RATE, SILENCE, AudioFrame, Pcm, mulaw, samples
from edge.core.intake import MOST_AHEAD, MOST_PUT, STALLED, Intake

WINDOW = 256


def counting(samples: int, start: int = 0) -> Pcm:
    """Samples that each tell their place."""
    return (np.arange(start, start + samples) % 30_000).astype(np.int16)


@given(st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 40)), max_size=30))
def test_every_sample_is_in_one_frame_and_in_one_window_in_order(pieces: list[tuple[int, int]]) -> None:
    intake = Intake(WINDOW, 0.0)
    frames: list[AudioFrame] = []
    windows: list[Pcm] = []
    sent = 0
    for size, looks in pieces:
        frames += intake.take(counting(size, sent), 0.0)
        sent += size
        for _ in range(looks):
            if (window := intake.window()) is None:
                break
            start, end = intake.span()
            assert abs(start - len(windows) * WINDOW / RATE) < 1e-9
            assert abs(end - start - WINDOW / RATE) < 1e-9
            windows.append(samples(window))
    while (window := intake.window()) is not None:
        windows.append(samples(window))
    framed = np.concatenate([np.empty(0, np.int16), *(frame.pcm for frame in frames)])
    assert np.array_equal(framed, counting(sent // FRAME * FRAME))
    assert [frame.at for frame in frames] == [number * FRAME_SECONDS for number in range(len(frames))]
    looked_at = np.concatenate([np.empty(0, np.int16), *windows])
    assert np.array_equal(looked_at, framed[: len(framed) // WINDOW * WINDOW])
    assert intake.at == len(frames) * FRAME_SECONDS


@given(st.lists(st.integers(0, 700), max_size=20), st.integers(0, 3))
def test_mulaw_stays_as_it_is_and_silence_fits_in(sizes: list[int], gaps: int) -> None:
    intake = Intake(WINDOW, 0.0)
    sent = bytes(number % 251 for number in range(sum(sizes)))
    frames: list[AudioFrame] = []
    at = 0
    for size in sizes:
        frames += intake.take(sent[at : at + size], 0.0)
        at += size
    assert b"".join(frame.mulaw for frame in frames) == sent[: len(frames) * FRAME]
    assert all(isinstance(frame.sound, bytes) for frame in frames)
    put = intake.silence(STALLED + gaps * FRAME_SECONDS)
    windows = []
    while (window := intake.window()) is not None:
        windows.append(mulaw(window))
    heard = sent[: len(frames) * FRAME] + SILENCE * len(put)
    assert b"".join(windows) == heard[: len(heard) // WINDOW * WINDOW]


def test_a_long_gap_is_filled_with_silence_and_a_short_one_is_not() -> None:
    intake = Intake(WINDOW, 0.0)
    intake.take(counting(FRAME), 0.0)
    assert intake.silence(STALLED) == []
    put = intake.silence(STALLED + 0.1)
    assert len(put) == 5
    assert not any(frame.pcm.any() for frame in put)
    assert intake.silence(STALLED + 0.1) == []
    assert len(intake.silence(STALLED + 60.0)) == MOST_PUT


def test_silence_that_was_put_in_is_not_held_against_audio_that_comes_late() -> None:
    intake = Intake(WINDOW, 0.0)
    intake.silence(STALLED + 0.5)
    assert not intake.too_fast(STALLED + 0.5)
    intake.take(counting(int((STALLED + 0.5 + MOST_AHEAD) * RATE) + FRAME), STALLED + 0.5)
    assert intake.too_fast(STALLED + 0.5)
    assert not intake.too_fast(STALLED + 0.6)


def test_call_time_is_told_in_wall_time() -> None:
    intake = Intake(WINDOW, 10.0)
    for number in range(50):
        intake.take(counting(FRAME), 10.0 + number * FRAME_SECONDS)
    assert abs(intake.wall_of(0.5) - (10.0 + 49 * FRAME_SECONDS - 0.5)) < 1e-9


def test_the_hush_behind_a_hang_up_is_there_at_once_and_is_no_sound_of_the_callers() -> None:
    intake = Intake(256, 0.0)
    intake.take(SILENCE, 0.02)
    assert len(intake.hush(0.25)) == round(0.25 / FRAME_SECONDS)
    assert intake.at == pytest.approx(FRAME_SECONDS * (1 + round(0.25 / FRAME_SECONDS)))
    assert not intake.too_fast(0.03)
    assert intake.silence(0.1) == []
