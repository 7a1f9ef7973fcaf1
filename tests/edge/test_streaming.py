"""Tests of edge/streaming.py; the ears that are built on it are tested with their vendors, over the wire."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from benchmarks.vendors.server import Vendors
from edge.core.audio import AudioFrame
from edge.streaming import Line, kind
from edge.uplink import HELD, Address, session

Sound = Callable[..., list[AudioFrame]]


async def test_a_line_keeps_the_call_s_clock_whatever_was_dropped(vendors: Vendors, sound: Sound, until: Any) -> None:
    async with session() as http:
        line = Line(http, Address("Flux", f"{vendors.url}/v2/listen", "KEY"), lambda _: None)
        late = HELD + 100  # Frames before the handshake, of which the oldest hundred are dropped.
        for frame in sound(late * 0.02, at=3.0):
            line.feed(frame)
        assert line.base == pytest.approx(3.0 + 100 * 0.02 - 0.02, abs=0.021)
        assert line.sent_to == pytest.approx(3.0 + late * 0.02, abs=0.021)
        assert not line.open
        await until(lambda: line.open)
        await line.close('{"type":"CloseStream"}')
        assert line.dead
        assert line.failed is None


@pytest.mark.parametrize("data", [b"", b"[]", b'{"type": 7}', b"{}", b"\xff"])
def test_a_message_without_a_kind_makes_no_sense(data: bytes) -> None:
    assert kind(b'{"type": "Turn", "more": [1]}') == "Turn"
    with pytest.raises((msgspec.DecodeError, UnicodeDecodeError)):
        kind(data)
