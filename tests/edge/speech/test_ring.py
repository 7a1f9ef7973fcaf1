import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from edge.core.audio import FRAME, RATE, AudioFrame, Pcm
from edge.speech.ring import AudioRing


def frame(at: int, value: int, length: int = FRAME) -> AudioFrame:
    """``at`` in samples."""
    return AudioFrame(np.full(length, value, dtype=np.int16), at / RATE)


def cut(ring: AudioRing, start: int, end: int) -> Pcm:
    return ring.cut(start / RATE, end / RATE)


def test_cuts_by_call_time() -> None:
    ring = AudioRing(1.0)
    for number in range(10):
        ring.feed(frame(number * FRAME, number + 1))

    assert cut(ring, FRAME - 1, 2 * FRAME + 1).tolist() == [1] + [2] * FRAME + [3]
    assert len(ring.cut(-5.0, 100.0)) == 10 * FRAME
    assert len(ring.cut(0.3, 0.1)) == 0


def test_forgets_what_is_older_than_its_length() -> None:
    ring = AudioRing(0.1)
    for number in range(12):
        ring.feed(frame(number * FRAME, number))

    assert cut(ring, 0, 100_000).tolist() == np.repeat(range(7, 12), FRAME).tolist()


def test_a_gap_is_silence_and_a_late_frame_fills_it() -> None:
    ring = AudioRing(1.0)
    ring.feed(frame(0, 1))
    ring.feed(frame(2 * FRAME, 3))
    assert cut(ring, FRAME, 2 * FRAME).tolist() == [0] * FRAME

    ring.feed(frame(FRAME, 2))
    assert cut(ring, 0, 3 * FRAME).tolist() == [1] * FRAME + [2] * FRAME + [3] * FRAME


def test_nonsense_is_left_out() -> None:
    ring = AudioRing(0.1)
    ring.feed(frame(0, 1))
    for at in (float("nan"), float("inf"), -1.0, 1e300):
        ring.feed(AudioFrame(np.ones(FRAME, dtype=np.int16), at))
    ring.feed(frame(100, 7, 0))

    assert cut(ring, 0, 10_000).tolist() == [1] * FRAME


@given(st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 2000)), max_size=30))
def test_holds_what_a_plain_list_would(writes: list[tuple[int, int]]) -> None:
    size = 800
    ring = AudioRing(size / RATE)
    plain = np.zeros(20_000, dtype=np.int16)
    end = 0
    for value, (at, length) in enumerate(writes, 1):
        ring.feed(frame(at, value, length))
        kept = at + max(0, length - size)
        if kept >= end - size:
            plain[kept : at + length] = value
            end = max(end, at + length)

    assert np.array_equal(cut(ring, 0, 20_000), plain[max(0, end - size) : end])
