"""What is played is heard: the carrier's buffer, in ticks."""

import pytest

from edge.core.audio import FRAME, MULAW_SILENCE, RATE
from trunkline.caller.errors import CallerError
from trunkline.caller.playback import LONGEST, Playback

SILENT = bytes([MULAW_SILENCE]) * FRAME


def test_an_empty_buffer_plays_silence() -> None:
    assert Playback().tick() == (SILENT, [])


def test_audio_plays_in_order_a_frame_a_tick() -> None:
    playback = Playback()
    playback.append(b"a" * FRAME + b"b" * 100)
    playback.append(b"c" * 60)
    assert playback.tick()[0] == b"a" * FRAME
    assert playback.tick()[0] == b"b" * 100 + b"c" * 60
    assert playback.tick()[0] == SILENT


def test_a_mark_comes_back_when_all_before_it_has_played_out() -> None:
    playback = Playback()
    playback.mark("at once")
    playback.append(b"a" * 2 * FRAME)
    playback.mark("end")
    playback.append(b"b" * FRAME)
    assert [playback.tick()[1] for _ in range(4)] == [["at once"], [], ["end"], []]


def test_clear_forgets_the_audio_and_gives_the_marks_back() -> None:
    playback = Playback()
    playback.append(b"a" * 10 * FRAME)
    playback.mark("one")
    playback.mark("two")
    playback.tick()
    assert playback.clear() == ["one", "two"]
    assert playback.waiting == 0
    assert playback.tick() == (SILENT, [])
    playback.append(b"z" * FRAME)
    playback.mark("three")
    assert playback.tick()[0] == b"z" * FRAME
    assert playback.tick()[1] == ["three"]


def test_a_flood_is_refused() -> None:
    playback = Playback()
    playback.append(b"a" * LONGEST * RATE)
    with pytest.raises(CallerError, match="ahead"):
        playback.append(b"a")
