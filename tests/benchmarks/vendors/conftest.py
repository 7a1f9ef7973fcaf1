"""The emulated vendors, quick, and a tone to speak with."""

from collections.abc import AsyncIterator

import numpy as np
import pytest
import pytest_asyncio

from benchmarks.vendors.latency import Latency
from benchmarks.vendors.script import Script, Turn
from benchmarks.vendors.server import Vendors
from edge.core.audio import RATE, to_mulaw

TURNS = (
    Turn("I would like a boiler service.", "Of course, which day would suit you?", seconds=2.0),
    Turn(
        "Book it for Tuesday.",
        before="One moment, ",
        tool="book_visit",
        arguments={"day": "Tuesday"},
        after="It is booked.",
    ),
)
QUICK = Latency(hearing=0.02, turns=0.02, first_token=0.05, token=0.002, first_audio=0.03, speed=100.0)


@pytest_asyncio.fixture
async def vendors() -> AsyncIterator[Vendors]:
    vendors = Vendors(Script(TURNS), QUICK)
    await vendors.start()
    yield vendors
    await vendors.stop()


@pytest.fixture
def spoken() -> list[bytes]:
    """A second of silence, two of sound, one and a half of silence; 20 ms of µ-law each."""
    tone = 8000 * np.sin(np.arange(2 * RATE) / 4)
    pcm = np.concatenate((np.zeros(RATE), tone, np.zeros(RATE + RATE // 2))).astype(np.int16)
    return [to_mulaw(frame) for frame in pcm.reshape(-1, 160)]
