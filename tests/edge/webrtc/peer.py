"""The other end of a WebRTC call, by aiortc: speaks frames in real time, keeps what it hears and is told."""

import asyncio
import contextlib
import json
from collections import deque
from collections.abc import AsyncIterator
from fractions import Fraction
from typing import Any

import aiohttp
import numpy as np
from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from av import AudioFrame

from edge.core.audio import FRAME, FRAME_SECONDS, RATE, Pcm


class Speech(MediaStreamTrack):
    """What the caller says, 8 kHz, in real time; silence where nothing was given."""

    kind = "audio"

    def __init__(self) -> None:
        super().__init__()
        self._frames: deque[Pcm] = deque()
        self._sent = 0
        self._began: float | None = None
        self.empty = asyncio.Event()
        self.empty.set()

    def say(self, pcm: Pcm) -> None:
        whole = len(pcm) // FRAME * FRAME
        self._frames.extend(pcm[:whole].reshape(-1, FRAME))
        self.empty.clear()

    async def recv(self) -> AudioFrame:
        loop = asyncio.get_running_loop()
        self._began = self._began if self._began is not None else loop.time()
        await asyncio.sleep(max(0.0, self._began + self._sent * FRAME_SECONDS - loop.time()))
        if not self._frames:
            self.empty.set()
        pcm = self._frames.popleft() if self._frames else np.zeros(FRAME, np.int16)
        frame = AudioFrame.from_ndarray(np.repeat(pcm, 6).reshape(1, -1), "s16", "mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE * 6, self._sent * 960, Fraction(1, 48000)
        self._sent += 1
        return frame


class Peer:
    """A caller. ``told`` are the messages of its data channel; ``heard`` is the level of what it hears, by time."""

    def __init__(self, url: str, configuration: RTCConfiguration | None = None) -> None:
        self.url = url
        self.speech = Speech()
        self.told: list[dict[str, Any]] = []
        self.heard: list[tuple[float, float]] = []
        self.location = self.token = ""
        self.pc = RTCPeerConnection(configuration)
        self.channel = self.pc.createDataChannel("trunkline")
        self.channel.on("message", lambda message: self.told.append(json.loads(message)))
        self.pc.addTrack(self.speech)
        self.pc.on("track", self._track)
        self._tasks: list[asyncio.Task[None]] = []

    async def offer(self) -> str:
        await self.pc.setLocalDescription(await self.pc.createOffer())
        return self.pc.localDescription.sdp

    async def call(self, token: str | None = None, query: str = "") -> None:
        """Ask for a token where there is none, offer, and connect."""
        offer = await self.offer()
        async with aiohttp.ClientSession(self.url) as http:
            if token is None:
                async with http.post("/call/token") as response:
                    token = (await response.json())["token"]
            self.token = token
            headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/sdp"}
            async with http.post(f"/whip{query}", data=offer, headers=headers) as response:
                assert response.status == 201, await response.text()
                self.location, answer = response.headers["Location"], await response.text()
        await self.pc.setRemoteDescription(RTCSessionDescription(await self.answered(answer), "answer"))

    async def answered(self, answer: str) -> str:
        """The answer, as this peer takes it."""
        return answer

    @property
    def call_id(self) -> str:
        return self.token.partition(".")[0]

    def texts(self, kind: str, field: str = "text") -> list[Any]:
        return [message.get(field) for message in self.told if message["kind"] == kind]

    def send(self, **message: Any) -> None:
        self.channel.send(json.dumps(message))

    def _track(self, track: MediaStreamTrack) -> None:
        self._tasks.append(asyncio.create_task(self._listen(track)))

    async def _listen(self, track: MediaStreamTrack) -> None:
        with contextlib.suppress(Exception):
            while True:
                frame = await track.recv()
                assert isinstance(frame, AudioFrame)
                level = float(np.abs(frame.to_ndarray().astype(np.float32)).mean())
                self.heard.append((asyncio.get_running_loop().time(), level))

    async def close(self) -> None:
        await self.pc.close()
        for task in self._tasks:
            task.cancel()


@contextlib.asynccontextmanager
async def calling(url: str, token: str | None = None, query: str = "") -> AsyncIterator[Peer]:
    """A caller that is on the line."""
    peer = Peer(url)
    try:
        await peer.call(token, query)
        yield peer
    finally:
        await peer.close()
