"""A peer on the other end of the wire: it greets, and answers whenever the caller has stopped speaking."""

import base64
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
import pytest_asyncio
from aiohttp import WSMsgType, web

from edge.core.audio import from_mulaw, to_mulaw
from tests.serving import serving
from trunkline.caller.recogniser import Recogniser
from trunkline.caller.voice import synthesise

_QUIET_FRAMES = 20
"""0.4 s after the caller's last sound the peer answers."""


@dataclass
class Peer:
    """``says``: the greeting, then one answer for each time the caller spoke. Keeps what the caller sent."""

    says: list[str] = field(default_factory=list)
    refuse: int | None = None
    close_code: int | None = None
    """Closes with this code after the last of ``says`` was played."""
    first: list[str] = field(default_factory=list)
    """Raw messages sent before the greeting."""
    to: str = ""
    received: list[dict[str, Any]] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    _left: list[str] = field(default_factory=list)
    _voiced: int = 0
    _quiet: int = 0

    def events(self, kind: str) -> list[dict[str, Any]]:
        return [message for message in self.received if message["event"] == kind]

    async def serve(self, request: web.Request) -> web.StreamResponse:
        self.headers = dict(request.headers)
        if self.refuse:
            return web.Response(status=self.refuse)
        socket = web.WebSocketResponse(compress=False)
        await socket.prepare(request)
        self._left = list(self.says)
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                continue
            await self._take(socket, json.loads(message.data))
        return socket

    async def _take(self, socket: web.WebSocketResponse, message: dict[str, Any]) -> None:
        self.received.append(message)
        match message["event"]:
            case "start":
                for text in self.first:
                    await socket.send_str(text)
                await self._answer(socket)
            case "media":
                await self._listen(socket, base64.b64decode(message["media"]["payload"]))
            case "mark" if not self._left and self.close_code:
                await socket.close(code=self.close_code)

    async def _listen(self, socket: web.WebSocketResponse, payload: bytes) -> None:
        loud = float(np.abs(from_mulaw(payload).astype(float)).mean()) > 100
        self._quiet = 0 if loud else self._quiet + 1
        self._voiced += loud
        if self._voiced > 5 and self._quiet >= _QUIET_FRAMES:
            self._voiced = 0
            await self._answer(socket)

    async def _answer(self, socket: web.WebSocketResponse) -> None:
        if not self._left:
            return
        payload = base64.b64encode(to_mulaw(synthesise(self._left.pop(0)))).decode()
        await socket.send_json({"event": "media", "streamSid": "MZ", "media": {"payload": payload}})
        await socket.send_json({"event": "mark", "streamSid": "MZ", "mark": {"name": f"left {len(self._left)}"}})


@pytest_asyncio.fixture
async def peer() -> AsyncIterator[Peer]:
    peer = Peer()
    app = web.Application()
    app.router.add_get("/twilio", peer.serve)
    async with serving(app) as url:
        peer.to = f"ws{url.removeprefix('http')}/twilio"
        yield peer


@pytest_asyncio.fixture(scope="session")
async def recogniser() -> AsyncIterator[Recogniser]:
    recogniser = await Recogniser.start()
    yield recogniser
    await recogniser.close()


@pytest.fixture(scope="session", autouse=True)
def _warm_voice() -> None:
    synthesise("Warm.")
