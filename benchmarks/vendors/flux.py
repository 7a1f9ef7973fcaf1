"""Deepgram's Flux, listen v2: turns with an eager end. It knows from the script whether a turn is complete."""

import itertools
import json
from typing import Any

from aiohttp import WSMsgType, web

from benchmarks.vendors.faults import Faults
from benchmarks.vendors.hearing import Hearing, Word
from benchmarks.vendors.latency import Latency
from benchmarks.vendors.outbox import Outbox
from benchmarks.vendors.script import Script

EAGER = 0.6
"""Confidence of an eager end of turn."""
END = 0.9
"""Confidence of an end of turn."""
GOES_ON = 0.1
"""Confidence while words are missing."""


class Flux:
    """The vendor. ``streams`` are the query parameters of all that came."""

    def __init__(self, script: Script, latency: Latency) -> None:
        self.script = script
        self.latency = latency
        self.faults = Faults()
        self.streams: list[dict[str, str]] = []
        self.open = 0

    async def listen(self, request: web.Request) -> web.WebSocketResponse:
        """GET /v2/listen."""
        fault = self.faults.take()
        query = dict(request.query)
        turns = self.script.of(query.get("tag", ""))
        hearing = Hearing(turns, query.get("encoding", "linear16"), int(query.get("sample_rate", "8000")))
        self.streams.append(query)
        ws = web.WebSocketResponse(compress=False)
        await ws.prepare(request)
        self.open += 1
        try:
            async with Outbox(ws, request, fault) as outbox:
                stream = _Stream(query, hearing, outbox, self.latency)
                async for message in ws:
                    if message.type is WSMsgType.BINARY:
                        stream.hear(message.data)
                    elif message.type is WSMsgType.TEXT:
                        stream.control(message.data)
        finally:
            self.open -= 1
        return ws


class _Stream:
    """One stream: the turn under way, and what has been told of it."""

    def __init__(self, query: dict[str, str], hearing: Hearing, outbox: Outbox, latency: Latency) -> None:
        eager = query.get("eager_eot_threshold")
        self._eager_wanted = eager is not None and float(eager) <= EAGER
        self._end_wanted = float(query.get("eot_threshold", "0.7")) <= END
        self._timeout = float(query.get("eot_timeout_ms", "5000")) / 1000
        self._hearing = hearing
        self._outbox = outbox
        self._latency = latency
        self._sequence = itertools.count()
        self._turn = 0
        self._from = 0.0
        """Where the turn under way begins."""
        self._started = False
        self._eager = False
        self._updated = 0.0
        outbox.post({"type": "Connected", "request_id": "r", "sequence_id": next(self._sequence)})

    def hear(self, audio: bytes) -> None:
        for speech in self._hearing.blocks(audio):
            self._heard(speech)

    def _heard(self, speech: bool) -> None:
        hearing, latency = self._hearing, self._latency
        if not self._words():
            return
        if not self._started:
            self._started = True
            self._tell("StartOfTurn", GOES_ON)
        if self._eager and speech:
            self._eager = False
            self._tell("TurnResumed", GOES_ON)
        if hearing.complete and self._end_wanted and hearing.silence >= latency.end:
            self._end("model", END)
        elif hearing.silence >= self._timeout:
            self._end("timeout", GOES_ON)
        elif hearing.complete and self._eager_wanted and not self._eager and hearing.silence >= latency.eager:
            self._eager = True
            self._tell("EagerEndOfTurn", EAGER)
        elif hearing.at - self._updated >= latency.update and not self._eager:
            self._tell("Update", GOES_ON)

    def control(self, text: str) -> None:
        try:
            kind = json.loads(text)["type"]
        except (ValueError, KeyError, TypeError):
            kind = ""
        match kind:
            case "ForceEndTurn":
                if self._started:
                    self._end("manual", END)
            case "Configure":
                self._say({"type": "ConfigureSuccess", "request_id": "r", "sequence_id": next(self._sequence)})
            case "CloseStream":
                self._outbox.post(None, self._latency.turns)
            case _:
                error = {"code": "UNPARSABLE_CLIENT_MESSAGE", "description": "Unknown message."}
                self._say({"type": "Error", "sequence_id": next(self._sequence), **error})
                self._outbox.post(None, self._latency.turns)

    def _words(self) -> list[Word]:
        return [word for word in self._hearing.words if word.end > self._from + 1e-9]

    def _end(self, trigger: str, confidence: float) -> None:
        self._tell("EndOfTurn", confidence, trigger=trigger)
        self._from, self._started, self._eager = self._hearing.at, False, False
        self._turn += 1

    def _tell(self, event: str, confidence: float, **more: Any) -> None:
        words = self._words()
        self._updated = self._hearing.at
        self._say(
            {
                "type": "TurnInfo",
                "request_id": "r",
                "sequence_id": next(self._sequence),
                "event": event,
                "turn_index": self._turn,
                "audio_window_start": round(self._from, 3),
                "audio_window_end": round(self._hearing.at, 3),
                "transcript": " ".join(word.text for word in words),
                "words": [_word(word) for word in words],
                "end_of_turn_confidence": confidence,
                **more,
            }
        )

    def _say(self, body: dict[str, Any]) -> None:
        self._outbox.post(body, self._latency.turns)


def _word(word: Word) -> dict[str, Any]:
    return {"word": word.text, "confidence": 0.98, "start": round(word.start, 3), "end": round(word.end, 3)}
