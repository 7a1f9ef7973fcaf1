"""The caller's sound: every sample in one frame and one window, in order; time goes on where nothing comes."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from edge.core.audio import FRAME, FRAME_SECONDS, RATE, AudioFrame, Pcm
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
            windows.append(window.copy())
    while (window := intake.window()) is not None:
        windows.append(window.copy())
    framed = np.concatenate([np.empty(0, np.int16), *(frame.pcm for frame in frames)])
    assert np.array_equal(framed, counting(sent // FRAME * FRAME))
    assert [frame.at for frame in frames] == [number * FRAME_SECONDS for number in range(len(frames))]
    looked_at = np.concatenate([np.empty(0, np.int16), *windows])
    assert np.array_equal(looked_at, framed[: len(framed) // WINDOW * WINDOW])
    assert intake.at == len(frames) * FRAME_SECONDS


def test_frames_are_the_callers_own_memory_no_more() -> None:
    intake = Intake(WINDOW, 0.0)
    message = counting(2 * FRAME + 40)
    intake.take(message, 0.0)
    message[:] = 0
    (frame,) = intake.take(counting(FRAME - 40, 2 * FRAME + 40), 0.0)
    assert np.array_equal(frame.pcm, counting(FRAME, 2 * FRAME))


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
