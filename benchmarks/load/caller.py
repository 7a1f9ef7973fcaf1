"""Callers over Twilio Media Streams, many in one process: one ticker, ready-made frames, no task per message.

    async with Caller("ws://127.0.0.1:8080/twilio", lines()) as caller:
        call = await caller.call("CA1")

``call`` is one whole conversation; run as many at a time as wanted. Nothing here knows what is at the other end.
"""

import asyncio
import base64
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import aiohttp
import msgspec

from benchmarks.load.conversation import Line, hiss
from benchmarks.load.playback import Playback
from benchmarks.load.talk import Talk, Turn
from trunkline.caller.wire import Stream

SLOTS = 10
"""Callers speak in turn, a tenth of them every 2 ms, as real ones would: not all at once."""
SLOT = 0.020 / SLOTS
DIAL = 15.0
"""Seconds to connect."""
LONGEST = 180.0
"""Seconds after which a call is given up."""
REFUSED = (1008, 1013, 4429)
"""Close codes that refuse a call before it begins: policy, try again later."""

_Ws = aiohttp.ClientWebSocketResponse[Any]
End = Literal["done", "refused", "dropped", "unreachable"]


class _Body(msgspec.Struct):
    payload: str = ""
    name: str = ""


class _Message(msgspec.Struct):
    event: str
    media: _Body | None = None
    mark: _Body | None = None


_DECODER = msgspec.json.Decoder(_Message)


@dataclass(slots=True)
class CallRecord:
    """One call. ``begun`` and ``ended``: seconds of the loop's clock; ``gaps``: seconds of silence within the agent's
    talk, of ``talk`` seconds. ``end``: how it came to its end, seen from here."""

    call_id: str
    begun: float
    ended: float = 0.0
    end: End = "done"
    detail: str = ""
    turns: list[Turn] = field(default_factory=list)
    gaps: float = 0.0
    talk: float = 0.0
    frames: int = 0
    """Frames that came from the agent."""


class _Leg:
    """One websocket and the talk on it."""

    def __init__(self, ws: _Ws, stream: Stream, talk: Talk, playback: Playback) -> None:
        self.over = asyncio.Event()
        self.talk = talk
        self.playback = playback
        self.frames = 0
        self._ws = ws
        self._stream = stream
        self._chunk = 0
        self._head = f'{{"event":"media","streamSid":"{stream.stream_sid}","sequenceNumber":"'

    def tick(self, now: float) -> None:
        """Send the 20 ms that end now, and the marks of what has been played."""
        payload = self.talk.tick(now)
        chunk = self._chunk = self._chunk + 1
        self._send(
            f'{self._head}{chunk + 1}","media":{{"track":"inbound","chunk":"{chunk}",'
            f'"timestamp":"{20 * (chunk - 1)}","payload":"{payload}"}}}}'
        )
        for name in self.playback.played(now):
            self._send(self._stream.mark(name))
        if self.talk.over:
            self.over.set()

    def receive(self, data: str | bytes, now: float) -> None:
        """A message of the agent's side. Raises msgspec.DecodeError."""
        message = _DECODER.decode(data)
        if message.event == "media" and message.media:
            self.frames += 1
            self.playback.append(base64.b64decode(message.media.payload), now)
        elif message.event == "mark" and message.mark:
            self.playback.mark(message.mark.name, now)
        elif message.event == "clear":
            for name in self.playback.clear(now):
                self._send(self._stream.mark(name))

    def _send(self, text: str) -> None:
        """Take a send's one step: aiohttp writes in it, and only then waits, where the peer has not read for long."""
        sending = self._ws.send_str(text)
        try:
            sending.send(None)
        except StopIteration:
            return
        except (ConnectionError, RuntimeError):
            self.over.set()
            return
        sending.close()


class Caller:
    """Places calls to one address. Enter it to run its ticker.

    ``curt``: see ``Talk``.
    ``late``: by how many seconds each look of the ticker was late; what is measured is no better than that.
    """

    def __init__(self, url: str, lines: Sequence[Line], *, seed: int = 1, curt: float | None = None) -> None:
        self.late: list[float] = []
        self._url = url
        self._lines = lines
        self._curt = curt
        self._hiss = hiss()
        self._seed = seed
        self._slots: list[list[_Leg]] = [[] for _ in range(SLOTS)]
        self._http: aiohttp.ClientSession | None = None
        self._ticker: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "Caller":
        self._http = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0), timeout=aiohttp.ClientTimeout(total=None, connect=DIAL)
        )
        self._ticker = asyncio.create_task(self._tick(), name="callers' ticker")
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._ticker
        assert self._http
        self._ticker.cancel()
        await asyncio.gather(self._ticker, return_exceptions=True)
        await self._http.close()

    @property
    def active(self) -> int:
        """Calls in progress."""
        return sum(len(slot) for slot in self._slots)

    async def call(self, call_id: str | None = None, *, hang_up: asyncio.Event | None = None) -> CallRecord:
        """Have one whole conversation; never raises for what the other end does. ``hang_up`` ends it early."""
        assert self._http
        loop = asyncio.get_running_loop()
        stream = Stream(call_id or f"CA{secrets.token_hex(16)}")
        record = CallRecord(stream.call_id, loop.time())
        try:
            async with asyncio.timeout(DIAL):
                ws = await self._http.ws_connect(self._url, compress=0, decode_text=False, max_msg_size=1 << 20)
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            refused = isinstance(error, aiohttp.WSServerHandshakeError) and error.status in (429, 503)
            record.end, record.detail = "refused" if refused else "unreachable", str(error) or type(error).__name__
            record.ended = loop.time()
            return record
        try:
            await ws.send_str(stream.connected())
            await ws.send_str(stream.start({"from": "+12025550143", "to": "+12025550100"}))
            await self._converse(ws, stream, record, hang_up)
        except (aiohttp.ClientError, ConnectionError) as error:
            record.end, record.detail = "dropped", str(error)
        finally:
            record.ended = loop.time()
            await _bye(ws, stream)
        return record

    async def _converse(
        self,
        ws: _Ws,
        stream: Stream,
        record: CallRecord,
        hang_up: asyncio.Event | None,
    ) -> None:
        loop, playback = asyncio.get_running_loop(), Playback()
        self._seed += 1
        talk = Talk(self._lines, self._hiss, playback, self._seed, loop.time(), self._curt)
        leg = _Leg(ws, stream, talk, playback)
        slot = min(self._slots, key=len)
        slot.append(leg)
        reader = asyncio.create_task(self._read(ws, leg))
        enders = [asyncio.create_task(leg.over.wait())]
        if hang_up is not None:
            enders.append(asyncio.create_task(hang_up.wait()))
        try:
            await asyncio.wait([reader, *enders], timeout=LONGEST, return_when=asyncio.FIRST_COMPLETED)
            if reader.done() and not leg.talk.over and not (hang_up and hang_up.is_set()):
                early = not leg.frames and ws.close_code in REFUSED
                record.end = "refused" if early else "dropped"
                record.detail = f"code {ws.close_code}: {reader.result()}"
        finally:
            slot.remove(leg)
            for task in (reader, *enders):
                task.cancel()
            await asyncio.gather(reader, *enders, return_exceptions=True)
            record.turns, record.frames = leg.talk.turns, leg.frames
            record.gaps = sum(one.gaps for one in playback.stretches)
            record.talk = sum(one.end - one.start for one in playback.stretches)

    async def _read(self, ws: _Ws, leg: _Leg) -> str:
        """Hand on what comes; returns why no more does."""
        loop = asyncio.get_running_loop()
        while True:
            message = await ws.receive()
            if message.type is aiohttp.WSMsgType.TEXT:
                try:
                    leg.receive(message.data, loop.time())
                except (msgspec.DecodeError, ValueError) as error:
                    return f"the agent's side broke the protocol: {error}"
            elif message.type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSING, aiohttp.WSMsgType.CLOSED):
                return str(message.extra or "closed by the agent's side")
            elif message.type is aiohttp.WSMsgType.ERROR:
                return f"the line broke: {message.data}"

    async def _tick(self) -> None:
        loop = asyncio.get_running_loop()
        due, slot = loop.time(), 0
        while True:
            due += SLOT
            await asyncio.sleep(max(0.0, due - loop.time()))
            now = loop.time()
            self.late.append(now - due)
            if now - due > 0.5:
                due = now  # After a stall, lost frames are not made up for in a burst.
            for leg in tuple(self._slots[slot]):
                leg.tick(now)
            slot = (slot + 1) % SLOTS


async def _bye(ws: _Ws, stream: Stream) -> None:
    """Hang up as the carrier does."""
    try:
        async with asyncio.timeout(2.0):
            if not ws.closed:
                await ws.send_str(stream.stop())
            await ws.close()
    except (aiohttp.ClientError, ConnectionError, TimeoutError):
        return
