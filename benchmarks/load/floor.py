"""The floor: Deepgram → OpenAI → Cartesia in one file, with an energy gate and no framework. A limit, not a product.

It ends a turn after 200 ms of silence, whatever was said, and takes any two loud frames for an interruption; it keeps
no record of anything, and its tool is a function. ``python -m benchmarks.load.floor``, addresses from the environment.
"""

import asyncio
import base64
import json
import os
import sys
from typing import Any

import aiohttp
import msgspec
import numpy as np
import uvloop
from aiohttp import web

from edge.core.audio import from_mulaw

GREETING, INSTRUCTIONS = os.environ["BENCH_GREETING"], os.environ["BENCH_INSTRUCTIONS"]
LOUD = 250.0
ONSET = 2
"""Loud frames of 20 ms that are speech."""
END = 10
"""Quiet ones after it that end a turn: 200 ms."""
TOOLS = [{"type": "function", "function": {"name": "book_visit", "description": "Book a visit.", "parameters": {}}}]
LOUDNESS = np.abs(from_mulaw(bytes(range(256))).astype(np.float32))
Json = dict[str, Any]


class Call:
    """One call: three sockets and what was said."""

    def __init__(self, ws: web.WebSocketResponse, http: aiohttp.ClientSession, stream: str) -> None:
        self.ws, self.http, self.stream = ws, http, stream
        self.said: list[Json] = [{"role": "system", "content": INSTRUCTIONS}]
        self.words: list[str] = []
        self.loud = self.quiet = self.count = 0
        self.speaking = False
        self.talk: asyncio.Task[None] | None = None
        self.context = ""

    async def run(self) -> None:
        """Until the caller hangs up."""
        deepgram, cartesia = os.environ["TRUNKLINE_DEEPGRAM_URL"], os.environ["TRUNKLINE_CARTESIA_URL"]
        listen = f"{deepgram}/v1/listen?encoding=mulaw&sample_rate=8000&interim_results=false&endpointing=false"
        async with (
            self.http.ws_connect(listen, compress=0, decode_text=False) as self.ears,
            self.http.ws_connect(f"{cartesia}/tts/websocket", compress=0, decode_text=False) as self.voice,
        ):
            tasks = [asyncio.create_task(self.hear()), asyncio.create_task(self.play())]
            self.begin()
            await self.speak(GREETING, more=False)
            try:
                async for message in self.ws:
                    await self.receive(msgspec.json.decode(message.data))
            finally:
                for task in (*tasks, self.talk):
                    if task:
                        task.cancel()

    async def receive(self, message: Json) -> None:
        """The gate: is the caller speaking, has the turn ended?"""
        if message["event"] != "media":
            return
        audio = base64.b64decode(message["media"]["payload"])
        await self.ears.send_bytes(audio)
        if LOUDNESS[np.frombuffer(audio, np.uint8)].mean() > LOUD:
            self.loud, self.quiet = self.loud + 1, 0
            if self.loud == ONSET:
                self.speaking = True
                await self.stop()
        else:
            self.loud, self.quiet = 0, self.quiet + 1
            if self.speaking and self.quiet == END:
                self.speaking = False
                await self.ears.send_str('{"type":"Finalize"}')

    async def stop(self) -> None:
        """Be silent."""
        if self.talk:
            self.talk.cancel()
        if self.context:
            await self.voice.send_str(json.dumps({"context_id": self.context, "cancel": True}))
            await self.ws.send_str(f'{{"event":"clear","streamSid":"{self.stream}"}}')
            self.context = ""

    async def hear(self) -> None:
        async for message in self.ears:
            result = msgspec.json.decode(message.data)
            if result["type"] == "Results" and result.get("from_finalize"):
                self.said.append({"role": "user", "content": result["channel"]["alternatives"][0]["transcript"]})
                self.talk = asyncio.create_task(self.answer())

    async def answer(self) -> None:
        """Stream the model's words to the voice, word by word; a tool returns at once, and the model goes on."""
        text, pending, calls = "", "", ""
        self.begin()
        body = {"model": "gpt-4.1-mini", "messages": self.said, "stream": True, "tools": TOOLS}
        url = f"{os.environ['TRUNKLINE_OPENAI_BASE_URL']}/chat/completions"
        async with self.http.post(url, json=body) as response:
            async for raw in response.content:
                if not raw.startswith(b"data: {"):
                    continue
                delta = msgspec.json.decode(raw[6:])["choices"][0]["delta"]
                pending += delta.get("content") or ""
                for call in delta.get("tool_calls") or ():
                    calls += call["function"].get("arguments", "")
                if (cut := pending.rfind(" ")) > 0:
                    await self.speak(pending[:cut], more=True)
                    text, pending = text + pending[:cut], pending[cut:]
        if calls:
            call = {"id": "1", "type": "function", "function": {"name": "book_visit", "arguments": calls}}
            self.said.append({"role": "assistant", "tool_calls": [call]})
            self.said.append({"role": "tool", "tool_call_id": "1", "content": '{"booked": true}'})
            await self.answer()
            return
        await self.speak(pending, more=False)
        self.said.append({"role": "assistant", "content": text + pending})

    def begin(self) -> None:
        self.count += 1
        self.context = f"c{self.count}"

    async def speak(self, text: str, *, more: bool) -> None:
        form = {"container": "raw", "encoding": "pcm_mulaw", "sample_rate": 8000}
        request = {"model_id": "sonic-3", "voice": {"mode": "id", "id": "v"}, "output_format": form}
        ask = {"context_id": self.context, "transcript": text, "continue": more, "max_buffer_delay_ms": 0}
        await self.voice.send_str(json.dumps(request | ask))

    async def play(self) -> None:
        """All audio goes to the carrier as it comes; its buffer paces."""
        async for message in self.voice:
            chunk = msgspec.json.decode(message.data)
            if chunk["type"] == "chunk" and chunk["context_id"] == self.context:
                await self.ws.send_str(
                    f'{{"event":"media","streamSid":"{self.stream}","media":{{"payload":"{chunk["data"]}"}}}}'
                )


async def _handle(request: web.Request) -> web.WebSocketResponse:
    ws = web.WebSocketResponse(compress=False)
    await ws.prepare(request)
    async for message in ws:
        body = msgspec.json.decode(message.data)
        if body["event"] == "start":
            await Call(ws, request.app[_HTTP], body["streamSid"]).run()
    return ws


_HTTP = web.AppKey("http", aiohttp.ClientSession)


async def _serve() -> None:
    app = web.Application()
    app[_HTTP] = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
    app.router.add_get("/twilio", _handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", int(os.environ.get("PORT", "0"))).start()
    print(json.dumps({"ready": f"http://127.0.0.1:{runner.addresses[0][1]}"}), flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    sys.exit(uvloop.run(_serve()))
