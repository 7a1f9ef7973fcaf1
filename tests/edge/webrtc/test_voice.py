"""The agent's voice on its way to a browser: what is held, what is thrown away, and which marks are reached."""

import numpy as np

from edge.core.audio import FRAME
from edge.webrtc.opus import Decoder
from edge.webrtc.voice import STEP, Voice

TONE = (8000 * np.sin(np.arange(FRAME) / 4)).astype(np.int16)


async def levels(voice: Voice, decoder: Decoder, packets: int) -> list[bool]:
    """Whether there is sound in each of the next packets."""
    return [bool(np.abs(decoder.decode(bytes(await voice.recv())).astype(float)).mean() > 500) for _ in range(packets)]


async def test_what_is_held_waits_with_its_marks_and_goes_on_where_it_stopped() -> None:
    voice, decoder = Voice(), Decoder()
    voice._origin = 0
    voice.put(TONE)
    voice.mark("one")
    for _ in range(3):
        voice.put(TONE)
    voice.mark("all")
    assert await levels(voice, decoder, 2) == [True, True]
    voice.held = True
    assert not any((await levels(voice, decoder, 4))[1:])  # The codec rings on in the first of them.
    assert voice.reached(5 * STEP) == ["one"]
    voice.held = False
    assert all((await levels(voice, decoder, 2))[1:])
    assert voice.reached(6 * STEP) == []
    assert voice.reached(7 * STEP) == ["all"]


async def test_what_is_held_can_be_thrown_away() -> None:
    voice, decoder = Voice(), Decoder()
    voice._origin = 0
    voice.put(TONE)
    voice.mark("one")
    voice.held = True
    await levels(voice, decoder, 1)
    voice.clear()
    voice.held = False
    assert not any((await levels(voice, decoder, 3))[1:])
    assert voice.reached(3 * STEP) == []
