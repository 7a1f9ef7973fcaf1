"""The agent's voice on its way to a browser: what a browser that fell silent did not play is sent again, or dropped."""

import numpy as np
import pytest

from edge.core.audio import FRAME, FRAME_SECONDS
from edge.webrtc.opus import Decoder
from edge.webrtc.voice import STEP, Voice

TONE = (8000 * np.sin(np.arange(FRAME) / 4)).astype(np.int16)
ORIGIN = 2**32 - 3 * STEP
"""The RTP clock runs over within these tests."""


class Line:
    """A voice and the ear at its end."""

    def __init__(self) -> None:
        self.voice, self._decoder = Voice(), Decoder()
        self.voice._origin = ORIGIN

    def put(self, *names: str) -> None:
        """A frame for each name, and its mark."""
        for name in names:
            self.voice.put(TONE)
            self.voice.mark(name)

    async def sends(self, packets: int) -> list[bool]:
        """Whether there is sound in each of the next packets."""
        return [await self._sounds() for _ in range(packets)]

    async def _sounds(self) -> bool:
        return bool(np.abs(self._decoder.decode(bytes(await self.voice.recv())).astype(float)).mean() > 500)

    def played(self, packet: int) -> list[str]:
        """The browser says that it has played this packet, counted from 0."""
        return self.voice.reached(rtp(packet))


def rtp(packet: int) -> int:
    return (ORIGIN + packet * STEP) & 0xFFFFFFFF


@pytest.fixture
def line() -> Line:
    return Line()


async def test_marks_are_reached_as_the_browser_plays(line: Line) -> None:
    line.put("a", "b", "c")
    await line.sends(4)
    assert line.played(0) == ["a"]
    assert line.played(0) == []
    assert line.played(4) == []  # Was never sent.
    assert line.played(3) == ["b", "c"]


async def test_what_a_silent_browser_did_not_play_is_sent_again_before_what_waits(line: Line) -> None:
    line.put(*"abcdef")
    assert all((await line.sends(4))[1:])
    line.voice.stop()
    line.voice.stopped_at(rtp(1))  # "c" and "d" are in its buffers.
    assert not any((await line.sends(4))[1:])  # The codec rings on in the first of them.
    assert line.played(6) == ["a", "b"]  # It has played all eight, and nobody heard the last six.
    assert line.voice.go_on() == pytest.approx(2 * FRAME_SECONDS)
    assert line.voice.audible == rtp(4)
    assert await line.sends(6) == [True] * 4 + [True, False]  # Rings on again.
    assert line.played(8) == ["c"]
    assert line.played(11) == ["d", "e", "f"]


async def test_where_it_stopped_is_reckoned_until_it_tells(line: Line) -> None:
    line.put(*"abcdef")
    await line.sends(4)
    assert line.played(1) == ["a", "b"]  # Two packets behind.
    await line.sends(1)
    line.voice.stop()
    assert line.voice.clear() == pytest.approx(2 * FRAME_SECONDS)
    assert not any((await line.sends(3))[1:])
    assert line.played(7) == ["c"]


async def test_a_browser_that_tells_nothing_has_heard_all_that_was_sent(line: Line) -> None:
    line.put(*"abc")
    await line.sends(2)
    assert line.voice.clear() == 0.0
    assert line.played(1) == ["a", "b"]


async def test_an_answer_that_comes_too_late_changes_nothing(line: Line) -> None:
    line.put(*"abc")
    await line.sends(2)
    line.voice.stop()
    assert line.voice.go_on() == 0.0
    line.voice.stopped_at(rtp(0))
    await line.sends(1)
    assert line.played(2) == ["a", "b", "c"]
