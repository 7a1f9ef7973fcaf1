"""AssemblyAI's streaming, v3: turns with a confidence in their end. It knows from the script when one is complete."""

import json
from typing import Any

from aiohttp import WSMsgType, web

from benchmarks.vendors.faults import Faults
from benchmarks.vendors.hearing import Hearing, Word
from benchmarks.vendors.latency import Latency
from benchmarks.vendors.outbox import Outbox
from benchmarks.vendors.script import Script

END = 0.9
"""Confidence once all words of the script's turn are said."""
GOES_ON = 0.1
"""Confidence while words are missing."""
MESSAGE = (0.050, 1.000)
"""Seconds of audio that a binary message may hold."""

_ENCODINGS = {"pcm_mulaw": ("mulaw", 1), "pcm_s16le": ("linear16", 2)}


class AssemblyAI:
    """The vendor. ``streams`` are the query parameters of all that came; ``forced`` counts ForceEndpoint messages."""

    def __init__(self, script: Script, latency: Latency) -> None:
        self.script = script
        self.latency = latency
        self.faults = Faults()
        self.streams: list[dict[str, str]] = []
        self.authorizations: list[str] = []
        self.forced = 0
        self.terminated = 0
        self.open = 0

    async def listen(self, request: web.Request) -> web.WebSocketResponse:
        """GET /v3/ws."""
        fault = self.faults.take()
        query = dict(request.query)
        self.streams.append(query)
        self.authorizations.append(request.headers.get("Authorization", ""))
        ws = web.WebSocketResponse(compress=False)
        await ws.prepare(request)
        self.open += 1
        try:
            async with Outbox(ws, request, fault) as outbox:
                stream = _Stream(query, self.script, outbox, self.latency)
                async for message in ws:
                    if message.type is WSMsgType.BINARY:
                        stream.hear(message.data)
                    elif message.type is WSMsgType.TEXT:
                        self.forced += "ForceEndpoint" in message.data
                        self.terminated += "Terminate" in message.data
                        stream.control(message.data)
        finally:
            self.open -= 1
        return ws


class _Stream:
    """One stream: the turn under way, and what has been told of it."""

    def __init__(self, query: dict[str, str], script: Script, outbox: Outbox, latency: Latency) -> None:
        encoding, width = _ENCODINGS[query.get("encoding", "pcm_s16le")]
        rate = int(query["sample_rate"])
        self._hearing = Hearing(script.turns, encoding, rate)  # The protocol has no tag to choose a call's turns by.
        self._second = rate * width
        self._outbox = outbox
        self._latency = latency
        self._formats = query.get("format_turns", "").lower() == "true"
        self._threshold = self._silence = self._longest = 0.0
        self._configure({"end_of_turn_confidence_threshold": 0.4, "min_turn_silence": 400, "max_turn_silence": 1280})
        self._configure(query)
        self._order = 0
        self._from = 0.0
        """Where the turn under way begins."""
        self._started = False
        self._updated = 0.0
        self._told = 0
        """How many words the last message had."""
        configuration = {"model": query.get("speech_model"), "api_version": "2025-05-12"}
        outbox.post({"type": "Begin", "id": "s", "expires_at": 1795000000, "configuration": configuration})

    def hear(self, audio: bytes) -> None:
        if not MESSAGE[0] <= len(audio) / self._second <= MESSAGE[1]:
            self._fail(3007, "Input Duration Violation: audio of 50 to 1000 ms is wanted in a message.")
            return
        for _ in self._hearing.blocks(audio):
            self._heard()

    def _heard(self) -> None:
        hearing, words = self._hearing, self._words()
        if not words:
            return
        if not self._started:
            self._started = True
            self._say({"type": "SpeechStarted", "timestamp": _ms(words[0].start)})
        sure = self._confidence() >= self._threshold
        if hearing.silence >= (self._silence if sure else self._longest):
            self._end()
        elif hearing.at - self._updated >= self._latency.update and len(words) > self._told:
            self._tell()

    def control(self, text: str) -> None:
        try:
            body = json.loads(text)
            kind = body["type"]
        except (ValueError, KeyError, TypeError):
            kind = ""
        match kind:
            case "ForceEndpoint":
                if self._words():
                    self._end()
            case "UpdateConfiguration":
                self._configure(body)
            case "KeepAlive":
                pass
            case "Terminate":
                if self._words():
                    self._end()
                seconds = round(self._hearing.at)
                self._say(
                    {"type": "Termination", "audio_duration_seconds": seconds, "session_duration_seconds": seconds}
                )
                self._outbox.post(None, self._latency.turns)
            case _:
                self._fail(3006, "Invalid message.")

    def _configure(self, values: dict[str, Any]) -> None:
        self._threshold = float(values.get("end_of_turn_confidence_threshold", self._threshold))
        self._silence = float(values.get("min_turn_silence", self._silence * 1000)) / 1000
        self._longest = float(values.get("max_turn_silence", self._longest * 1000)) / 1000

    def _words(self) -> list[Word]:
        return [word for word in self._hearing.words if word.end > self._from + 1e-9]

    def _confidence(self) -> float:
        return END if self._hearing.complete else GOES_ON

    def _end(self) -> None:
        self._tell(end=True)
        if self._formats:
            self._tell(end=True, formatted=True)
        self._from, self._started, self._told = self._hearing.at, False, 0
        self._order += 1

    def _tell(self, *, end: bool = False, formatted: bool = False) -> None:
        words = self._words()
        final = len(words) if end else len(words) - 1  # The last word may still change.
        texts = [word.text if formatted else _plain(word) for word in words]
        self._updated, self._told = self._hearing.at, len(words)
        self._say(
            {
                "type": "Turn",
                "turn_order": self._order,
                "turn_is_formatted": formatted,
                "end_of_turn": end,
                "transcript": " ".join(texts[:final]),
                "end_of_turn_confidence": self._confidence(),
                "words": [
                    {
                        "start": _ms(word.start),
                        "end": _ms(word.end),
                        "confidence": 0.98,
                        "text": text,
                        "word_is_final": number < final,
                    }
                    for number, (word, text) in enumerate(zip(words, texts, strict=True))
                ],
            }
        )

    def _fail(self, code: int, error: str) -> None:
        self._say({"type": "Error", "error_code": code, "error": error})
        self._outbox.post(None, self._latency.turns)

    def _say(self, body: dict[str, Any]) -> None:
        self._outbox.post(body, self._latency.turns)


def _plain(word: Word) -> str:
    return word.text.strip(".,?!").lower()


def _ms(seconds: float) -> int:
    return round(seconds * 1000)
