"""Cartesia's websocket: contexts, word timestamps, flush, cancel. The voice is a tone as long as the words."""

import asyncio
import base64
import re
from dataclasses import dataclass
from functools import cache
from typing import Any

import msgspec
import numpy as np
from aiohttp import WSMsgType, web

from benchmarks.vendors.faults import Faults
from benchmarks.vendors.latency import Latency
from benchmarks.vendors.outbox import Outbox
from edge.core.audio import to_mulaw

CHUNK = 0.100
"""Seconds of audio in a chunk."""
LETTER = 0.060
"""Seconds of audio for a character."""
EXPIRES = 1.0
"""Seconds after its last audio after which a context is closed."""
_WORD = re.compile(r"\S+")


@dataclass(slots=True)
class _Context:
    """Text that is spoken in one breath, and how far it has come."""

    alive: bool = True
    said: float = 0.0
    """Seconds of audio made."""
    ready: float = 0.0
    """The loop's time at which the next audio can be there."""
    flushes: int = 0
    waiting: str = ""
    """Text that waits for more of it."""


class Cartesia:
    """The vendor. ``contexts`` are the ids of all that came, ``cancelled`` those that were stopped."""

    def __init__(self, latency: Latency) -> None:
        self.latency = latency
        self.faults = Faults()
        self.contexts: list[str] = []
        self.cancelled: list[str] = []
        self.last: dict[str, Any] = {}
        self.open = 0
        self.connections = 0
        self._sockets: set[web.WebSocketResponse] = set()

    async def speak(self, request: web.Request) -> web.WebSocketResponse:
        """GET /tts/websocket."""
        fault = self.faults.take()
        ws = web.WebSocketResponse(compress=False)
        await ws.prepare(request)
        self.connections += 1
        self.open += 1
        self._sockets.add(ws)
        try:
            async with Outbox(ws, request, fault) as outbox:
                contexts: dict[str, _Context] = {}
                async for message in ws:
                    if message.type is WSMsgType.TEXT:
                        self._take(message.data, contexts, outbox)
        finally:
            self.open -= 1
            self._sockets.discard(ws)
        return ws

    async def hang_up(self) -> None:
        """Close every websocket that is open."""
        for ws in list(self._sockets):
            await ws.close()

    def _take(self, text: str, contexts: dict[str, _Context], outbox: Outbox) -> None:
        try:
            body = msgspec.json.decode(text, type=dict[str, Any])
            name = str(body["context_id"])
            if body.get("cancel"):
                self.cancelled.append(name)
                if (context := contexts.pop(name, None)) is not None:
                    context.alive = False
                return
            form = (str(body["output_format"]["encoding"]), int(body["output_format"]["sample_rate"]))
            tone(*form)
            transcript = str(body["transcript"])
        except (msgspec.DecodeError, KeyError, TypeError, ValueError) as error:
            outbox.post(
                {"type": "error", "done": True, "status_code": 400, "title": "Bad request", "message": str(error)}
            )
            return
        self.last = body
        if (old := contexts.get(name)) and 0.0 < old.ready < asyncio.get_running_loop().time() - EXPIRES:
            refusal = {"status_code": 400, "title": "Bad request", "message": "The context has expired."}
            outbox.post({"type": "error", "done": True, "context_id": name, **refusal})
            return
        if name not in contexts:
            contexts[name] = _Context()
            self.contexts.append(name)
        self._speak(name, contexts[name], body, transcript, outbox)
        if not body.get("continue"):
            del contexts[name]

    def _speak(self, name: str, context: _Context, body: dict[str, Any], transcript: str, outbox: Outbox) -> None:
        """Text that is certain to be spoken now gives audio; the rest waits for more, as the buffer delay allows."""
        more, flush = bool(body.get("continue")), bool(body.get("flush"))
        context.waiting += transcript
        if more and not flush and body.get("max_buffer_delay_ms", 0) and not re.search(r"[.!?]\s*$", context.waiting):
            return
        text, context.waiting = context.waiting, ""
        now = asyncio.get_running_loop().time()
        form = body["output_format"]
        if text.strip():
            begin = max(now + self.latency.first_audio, context.ready)
            context.ready = self._audio(name, context, text, begin, form, bool(body.get("add_timestamps")), outbox)
        due, alive = max(now, context.ready), lambda: context.alive
        if flush:
            context.flushes += 1
            done = {"done": False, "flush_done": True, "flush_id": context.flushes}
            outbox.post_at({"type": "flush_done", "context_id": name, "status_code": 206, **done}, due, alive)
        if not more:
            outbox.post_at({"type": "done", "context_id": name, "done": True, "status_code": 200}, due, alive)

    def _audio(
        self,
        name: str,
        context: _Context,
        text: str,
        due: float,
        form: dict[str, Any],
        timestamps: bool,
        outbox: Outbox,
    ) -> float:
        """Post the chunks of this text; returns when the last one is due."""
        words = [(word.group(), word.start() * LETTER, word.end() * LETTER) for word in _WORD.finditer(text)]
        length, offset, at = len(text) * LETTER, context.said, 0.0
        common = {
            "context_id": name,
            "done": False,
            "status_code": 206,
            "step_time": 20.0,
            "flush_id": context.flushes + 1,
        }
        while at < length:
            until = min(length, at + CHUNK)
            times = [word for word in words if at <= word[1] < until]
            if times and timestamps:
                said = {
                    "words": [word for word, _, _ in times],
                    "start": [round(offset + start, 3) for _, start, _ in times],
                    "end": [round(offset + end, 3) for _, _, end in times],
                }
                outbox.post_at({"type": "timestamps", "word_timestamps": said, **common}, due, lambda: context.alive)
            samples = round((offset + until) * form["sample_rate"]) - round((offset + at) * form["sample_rate"])
            data = _encoded(form["encoding"], form["sample_rate"], samples)
            outbox.post_at({"type": "chunk", "data": data, **common}, due, lambda: context.alive)
            due += CHUNK / self.latency.speed
            at = until
        context.said += length
        return due


@cache
def tone(encoding: str, rate: int) -> bytes:
    """A second of a 200 Hz tone. Raises ValueError where the format is not known."""
    wave = 8000 * np.sin(2 * np.pi * 200 * np.arange(rate) / rate)
    match encoding:
        case "pcm_mulaw":
            return to_mulaw(wave.astype(np.int16))
        case "pcm_s16le":
            return wave.astype("<i2").tobytes()
        case "pcm_f32le":
            return (wave / 32768).astype("<f4").tobytes()
    raise ValueError(f"The emulation speaks pcm_mulaw, pcm_s16le and pcm_f32le, not {encoding}.")


@cache
def _encoded(encoding: str, rate: int, samples: int) -> str:
    width = {"pcm_mulaw": 1, "pcm_s16le": 2}.get(encoding, 4)
    return base64.b64encode(tone(encoding, rate)[: samples * width]).decode()
