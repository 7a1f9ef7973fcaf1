"""A call by another stack than ours and than aiortc's: libwebrtc, the one in browsers, driven from Python."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import numpy as np
import reactor_webrtc as rtc

from edge.core.audio import Pcm
from tests.conftest import Until
from tests.edge.conftest import Edge
from trunkline.caller.wav import load

RECORDINGS = Path(__file__).parents[2] / "recordings"
RATE = 48_000
FRAME = RATE // 100


class Caller:
    """``told`` are the messages of its data channel; ``loudest`` is the level of the loudest 10 ms that it heard."""

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []
        self.loudest = 0.0
        self.tracks: list[rtc.Track] = []
        self._words = np.zeros(0, np.int16)
        self._loop = asyncio.get_running_loop()
        seen = rtc.PeerConnectionObserver()
        # The stack's own threads bring all of this.
        seen.on_track = self._track
        self._factory = rtc.PeerConnectionFactory()
        self.pc = self._factory.create_peer_connection(rtc.RtcConfiguration(), seen)
        self._microphone = self._factory.create_audio_track_with_local_source("microphone")
        self.pc.add_track(self._microphone)
        self.channel = self.pc.create_data_channel("trunkline")
        self.channel.on_message(self._read)

    async def call(self, url: str) -> None:
        offer = await self.pc.create_offer()
        await self.pc.set_local_description(offer)
        async with aiohttp.ClientSession(url) as http:
            async with http.post("/call/token") as response:
                token = (await response.json())["token"]
            headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/sdp"}
            async with http.post("/whip", data=offer.sdp, headers=headers) as response:
                assert response.status == 201, await response.text()
                answer = await response.text()
        await self.pc.set_remote_description(rtc.SessionDescription("answer", answer))

    def say(self, pcm: Pcm) -> None:
        """Speak this, 8 kHz, from now on."""
        self._words = np.repeat(pcm, RATE // 8000)

    async def speak(self) -> None:
        """A microphone that never stops."""
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            now, self._words = self._words[:FRAME], self._words[FRAME:]
            self._microphone.push_pcm(np.pad(now, (0, FRAME - len(now))).tobytes(), RATE, 1)
            due += 0.01
            await asyncio.sleep(max(0.0, due - loop.time()))

    def _track(self, kind: rtc.MediaKind, track: rtc.Track) -> None:
        self.tracks.append(track)
        track.on_audio_frame(self._hear)

    def _read(self, message: bytes, binary: bool) -> None:
        self._loop.call_soon_threadsafe(self.told.append, json.loads(message))

    def _hear(self, pcm: bytes, rate: int, channels: int, frames: int) -> None:
        self.loudest = max(self.loudest, float(np.abs(np.frombuffer(pcm, np.int16).astype(float)).mean()))

    def texts(self, kind: str, field: str = "text") -> list[Any]:
        return [message.get(field) for message in self.told if message["kind"] == kind]

    def send(self, **message: Any) -> None:
        self.channel.send(json.dumps(message).encode(), binary=False)


@contextlib.asynccontextmanager
async def calling(url: str) -> AsyncIterator[Caller]:
    caller = Caller()
    microphone = asyncio.create_task(caller.speak())
    try:
        await caller.call(url)
        yield caller
    finally:
        microphone.cancel()


async def test_libwebrtc_calls_is_understood_and_hangs_up(edge: Edge, until: Until) -> None:
    async with calling(edge.url) as caller:
        await until(lambda: "Hello." in caller.texts("reply_heard"))
        assert caller.loudest > 100
        for digit in "42#":
            caller.send(kind="key", digit=digit)
        await until(lambda: caller.texts("turn_committed") == ["42"])
        await until(lambda: caller.texts("floor", "floor")[-1:] == ["listening"])
        caller.say(load(RECORDINGS / "booking" / "1-service.wav"))
        await until(lambda: any("boiler service" in text for text in caller.texts("turn_committed")))
        await until(lambda: any("boiler service" in text for text in caller.texts("reply_heard")))
        caller.send(kind="bye")
        await until(lambda: not edge.node.calls)
        assert caller.texts("call_ended", "reason") == ["caller_hung_up"]
