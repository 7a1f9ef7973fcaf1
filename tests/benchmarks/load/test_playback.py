"""The model of the carrier's playback buffer, with times only."""

from hypothesis import given
from hypothesis import strategies as st

from benchmarks.load.playback import PAUSE, Playback
from edge.core.audio import FRAME_SECONDS

LOUD, QUIET = b"\x80" * 160, b"\xff" * 160


def test_what_arrives_late_is_played_when_it_arrives() -> None:
    buffer = Playback()
    buffer.append(LOUD, 10.0)
    buffer.append(LOUD, 10.5)
    assert [(one.start, one.end) for one in buffer.stretches] == [(10.0, 10.02), (10.5, 10.52)]


def test_what_arrives_early_waits_its_turn() -> None:
    buffer = Playback()
    for _ in range(50):
        buffer.append(LOUD, 10.0)
    (stretch,) = buffer.stretches
    assert stretch.start == 10.0
    assert abs(stretch.end - 11.0) < 1e-9
    assert buffer.sounding(10.99)
    assert not buffer.sounding(11.01)


def test_silence_takes_time_and_is_not_heard() -> None:
    buffer = Playback()
    buffer.append(QUIET, 10.0)
    buffer.append(LOUD, 10.0)
    assert abs(buffer.stretches[0].start - 10.02) < 1e-9


def test_a_short_hole_is_a_gap_and_a_long_one_a_pause() -> None:
    buffer = Playback()
    buffer.append(LOUD, 10.0)
    buffer.append(LOUD, 10.12)
    buffer.append(LOUD, 10.14 + PAUSE)
    assert len(buffer.stretches) == 2
    assert abs(buffer.stretches[0].gaps - 0.1) < 1e-9


def test_marks_come_back_when_played_or_cleared() -> None:
    buffer = Playback()
    buffer.mark("at once", 9.0)
    for name in ("a", "b"):
        for _ in range(10):
            buffer.append(LOUD, 10.0)
        buffer.mark(name, 10.0)
    assert buffer.played(10.0) == ["at once"]
    assert buffer.played(10.25) == ["a"]
    assert buffer.clear(10.3) == ["b"]
    assert buffer.played(99.0) == []
    assert abs(buffer.silent_from - 10.3) < 1e-9


def test_what_comes_after_a_clear_is_played_at_once() -> None:
    buffer = Playback()
    for _ in range(100):
        buffer.append(LOUD, 10.0)
    buffer.clear(10.5)
    buffer.append(LOUD, 12.0)
    assert [one.start for one in buffer.stretches] == [10.0, 12.0]


@given(st.lists(st.tuples(st.floats(0, 0.2), st.booleans(), st.booleans()), max_size=60))
def test_sound_is_never_heard_before_it_came_nor_twice(script: list[tuple[float, bool, bool]]) -> None:
    buffer, now, loud = Playback(), 1.0, 0
    for wait, is_loud, clear in script:
        now += wait
        if clear:
            buffer.clear(now)
            assert buffer.silent_from <= now
        else:
            buffer.append(LOUD if is_loud else QUIET, now)
            loud += is_loud
    heard = sum(one.end - one.start - one.gaps for one in buffer.stretches)
    assert heard <= loud * FRAME_SECONDS + 1e-6
    for before, after in zip(buffer.stretches, buffer.stretches[1:], strict=False):
        assert before.end <= after.start
    assert all(one.start >= 1.0 for one in buffer.stretches)
