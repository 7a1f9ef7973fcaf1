"""Deepgram's live listen, v1: interim results, endpointing, Finalize, UtteranceEnd."""

import asyncio
import json
from typing import Any

from aiohttp import WSMsgType, web

from benchmarks.vendors.faults import Faults
from benchmarks.vendors.hearing import Hearing, Word
from benchmarks.vendors.latency import Latency
from benchmarks.vendors.outbox import Outbox
from benchmarks.vendors.script import Script

IDLE = 10.0
"""Seconds without audio or KeepAlive after which Deepgram closes the stream."""


class Deepgram:
    """The vendor. ``streams`` are the query parameters of all that came; ``finalized`` counts Finalize messages."""

    def __init__(self, script: Script, latency: Latency) -> None:
        self.script = script
        self.latency = latency
        self.faults = Faults()
        self.streams: list[dict[str, str]] = []
        self.authorizations: list[str] = []
        self.finalized = 0
        self.open = 0

    async def listen(self, request: web.Request) -> web.WebSocketResponse:
        """GET /v1/listen."""
        fault = self.faults.take()
        query = dict(request.query)
        turns = self.script.of(query.get("tag", ""))
        hearing = Hearing(turns, query.get("encoding", "linear16"), int(query.get("sample_rate", "8000")))
        self.streams.append(query)
        self.authorizations.append(request.headers.get("Authorization", ""))
        ws = web.WebSocketResponse(compress=False)
        await ws.prepare(request)
        self.open += 1
        try:
            async with Outbox(ws, request, fault) as outbox:
                await self._serve(ws, _Stream(query, hearing, outbox, self.latency))
        finally:
            self.open -= 1
        return ws

    async def _serve(self, ws: web.WebSocketResponse, stream: "_Stream") -> None:
        idle = asyncio.create_task(self._hang_up_idle(ws, stream))
        try:
            async for message in ws:
                stream.messages += 1
                if message.type is WSMsgType.BINARY:
                    stream.hear(message.data)
                elif message.type is WSMsgType.TEXT:
                    self.finalized += "Finalize" in message.data
                    stream.control(message.data)
        finally:
            idle.cancel()

    @staticmethod
    async def _hang_up_idle(ws: web.WebSocketResponse, stream: "_Stream") -> None:
        """Close a stream without a message for so long; looked at now and then, for a timer a message costs more."""
        count, since = stream.messages, 0.0
        while since < IDLE:
            await asyncio.sleep(IDLE / 20)
            since = since + IDLE / 20 if stream.messages == count else 0.0
            count = stream.messages
        await ws.close(code=1011, message=b"NET-0001")


class _Stream:
    """One stream's results: what has been made final, and what is said of the rest."""

    def __init__(self, query: dict[str, str], hearing: Hearing, outbox: Outbox, latency: Latency) -> None:
        endpointing = query.get("endpointing", "10")
        self._endpointing = None if endpointing == "false" else float(endpointing) / 1000
        self._interim = query.get("interim_results") == "true"
        self._utterance_end = float(query.get("utterance_end_ms", "0")) / 1000
        self._hearing = hearing
        self._outbox = outbox
        self._latency = latency
        self.messages = 0
        """How many have come, of any kind."""
        self._final_to = 0.0
        self._last_interim = 0.0
        self._ended = True
        self._turn = self._given = 0
        """The turn under way, and how many of its words final results have had."""

    def hear(self, audio: bytes) -> None:
        hearing = self._hearing
        for speech in hearing.blocks(audio):
            if speech:
                self._ended = False
            if self._endpointed() and self._words():
                self._result(final=True, speech_final=True)
            elif self._interim and hearing.at - self._last_interim >= self._latency.interim and self._words():
                self._result()
            if self._utterance_end and not self._ended and hearing.silence >= self._utterance_end:
                self._ended = True
                last = hearing.words[-1].end if hearing.words else hearing.voiced_to
                self._say({"type": "UtteranceEnd", "channel": [0, 1], "last_word_end": round(last, 3)})

    def control(self, text: str) -> None:
        try:
            kind = json.loads(text)["type"]
        except (ValueError, KeyError, TypeError):
            kind = ""
        match kind:
            case "Finalize":
                self._result(final=True, from_finalize=True)
            case "CloseStream":
                if self._words():
                    self._result(final=True)
                self._say(_METADATA | {"duration": self._hearing.at})
                self._outbox.post(None, self._latency.hearing)
            case "KeepAlive" | "Configure":
                pass
            case _:
                self._say(
                    {"type": "Error", "variant": "SchemaError", "description": "Unknown message.", "message": text}
                )

    def _endpointed(self) -> bool:
        hearing = self._hearing
        return self._endpointing is not None and not hearing.speaking and hearing.silence >= self._endpointing

    def _words(self) -> list[Word]:
        """The words that no final result has had."""
        if self._turn != self._hearing.turn:
            self._turn, self._given = self._hearing.turn, 0
        return self._hearing.words[self._given :]

    def _result(self, *, final: bool = False, speech_final: bool = False, from_finalize: bool = False) -> None:
        words, start = self._words(), self._final_to
        self._last_interim = self._hearing.at
        body: dict[str, Any] = {
            "type": "Results",
            "channel_index": [0, 1],
            "start": round(start, 3),
            "duration": round(self._hearing.at - start, 3),
            "is_final": final,
            "speech_final": speech_final,
            "channel": {
                "alternatives": [
                    {
                        "transcript": " ".join(word.text for word in words),
                        "confidence": 0.98 if words else 0.0,
                        "words": [_word(word) for word in words],
                    }
                ]
            },
            "metadata": {
                "request_id": "r",
                "model_uuid": "m",
                "model_info": {"name": "n", "version": "v", "arch": "a"},
            },
        }
        if from_finalize:
            body["from_finalize"] = True
        if final:
            self._final_to = self._hearing.at
            self._given += len(words)
        self._say(body)

    def _say(self, body: dict[str, Any]) -> None:
        self._outbox.post(body, self._latency.hearing)


def _word(word: Word) -> dict[str, Any]:
    plain = word.text.strip(".,?!").lower()
    times = {"start": round(word.start, 3), "end": round(word.end, 3)}
    return {"word": plain, "punctuated_word": word.text, "confidence": 0.98, **times}


_METADATA = {
    "type": "Metadata",
    "transaction_key": "deprecated",
    "request_id": "r",
    "sha256": "0",
    "created": "2026-11-20T10:00:00Z",
    "channels": 1,
}
