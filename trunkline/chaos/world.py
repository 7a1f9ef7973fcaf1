"""The world around the stack: the vendors it talks to, in small, and the ledger. It is never killed.

The caller keys in the number of what they want. The model, which speaks OpenAI's chat completions, calls the tool for
it, and learns from its next request whether the call was accepted. The voice, which speaks Cartesia's protocol, spells:
one letter a frame of 20 ms, so that a caller knows from the sound alone what was said.
"""

import base64
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from aiohttp import WSMsgType, web

from trunkline.chaos.ledger import Ledger
from trunkline.chaos.wants import TOOLS, arguments, kind_of

FRAME = 160
"""Bytes of µ-law in 20 ms."""


def spelled(text: str) -> bytes:
    """The text as sound, µ-law at 8 kHz."""
    return b"".join(letter * FRAME for letter in (bytes([code]) for code in text.encode("ascii", "replace")))


def read(sound: bytes) -> str:
    """The letters in whole frames of sound; silence has none."""
    codes = sound[FRAME // 2 :: FRAME]
    return bytes(code for code in codes if 0x20 <= code < 0x7F).decode("ascii")


def voiced(wanted: Mapping[str, Any], flushes: Counter[str]) -> list[dict[str, Any]]:
    """Cartesia's answers to one message: its text as sound, and that a flush or the context is done."""
    name = str(wanted["context_id"])
    about = {"context_id": name, "status_code": 206, "done": False}
    events: list[dict[str, Any]] = []
    if sound := spelled(str(wanted["transcript"])):
        events.append(
            {"type": "chunk", "data": base64.b64encode(sound).decode(), "flush_id": flushes[name] + 1, **about}
        )
    if wanted.get("flush"):
        flushes[name] += 1
        events.append({"type": "flush_done", "flush_done": True, "flush_id": flushes[name], **about})
    if not wanted.get("continue"):
        events.append({"type": "done", **about, "status_code": 200, "done": True})
    return events


class World:
    """``address`` is host:port while it runs. ``repeats``: the model makes each call of a tool over and over."""

    def __init__(self, ledger: Ledger, *, repeats: bool = False) -> None:
        self._ledger = ledger
        self._repeats = repeats
        self._known: set[tuple[int, str]] = set()
        self._runner: web.AppRunner | None = None
        self.address = ""

    async def start(self) -> None:
        """Listen on a free port of loopback."""
        app = web.Application()
        app.router.add_get("/v1/models", self._models)
        app.router.add_post("/v1/chat/completions", self._think)
        app.router.add_get("/v1/listen", self._listen)
        app.router.add_get("/tts/websocket", self._speak)
        app.router.add_post("/deliver", self._ledger.deliver)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.address = f"127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        """Hang up on everybody."""
        if self._runner:
            await self._runner.cleanup()

    @property
    def environment(self) -> dict[str, str]:
        """What the stack's roles need in order to meet it, and it alone."""
        return {
            "TRUNKLINE_EARS": "deepgram",
            "TRUNKLINE_MIND": "openai",
            "TRUNKLINE_VOICE": "cartesia",
            "TRUNKLINE_SPARE_EARS": "",
            "TRUNKLINE_SPARE_MIND": "",
            "TRUNKLINE_SPARE_VOICE": "",
            "TRUNKLINE_DEEPGRAM_URL": f"ws://{self.address}",
            "TRUNKLINE_CARTESIA_URL": f"ws://{self.address}",
            "TRUNKLINE_OPENAI_BASE_URL": f"http://{self.address}/v1",
            "TRUNKLINE_DEEPGRAM_API_KEY": "trial",
            "TRUNKLINE_CARTESIA_API_KEY": "trial",
            "TRUNKLINE_OPENAI_API_KEY": "trial",
            "TRUNKLINE_TOOL_PACKAGES": "trunkline.chaos.tools,workflows.tools",
            "TRUNKLINE_CHAOS_LEDGER": f"http://{self.address}/deliver",
        }

    async def _models(self, request: web.Request) -> web.Response:
        return web.json_response({"object": "list", "data": []})

    async def _listen(self, request: web.Request) -> web.WebSocketResponse:
        """Ears that take everything and hear nothing: callers here use their keys."""
        ws = web.WebSocketResponse(compress=False)
        await ws.prepare(request)
        async for message in ws:
            if message.type is WSMsgType.TEXT and "CloseStream" in message.data:
                break
        await ws.close()
        return ws

    async def _speak(self, request: web.Request) -> web.WebSocketResponse:
        ws = web.WebSocketResponse(compress=False)
        await ws.prepare(request)
        flushes: Counter[str] = Counter()
        async for message in ws:
            if message.type is not WSMsgType.TEXT:
                continue
            wanted = msgspec.json.decode(message.data, type=dict[str, Any])
            if wanted.get("cancel"):
                continue
            for event in voiced(wanted, flushes):
                await ws.send_bytes(msgspec.json.encode(event))
        return ws

    async def _think(self, request: web.Request) -> web.StreamResponse:
        body = msgspec.json.decode(await request.read(), type=dict[str, Any])
        delta = self._decide(body["messages"], {tool["function"]["name"] for tool in body.get("tools") or ()})
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        chunk = msgspec.json.encode({"choices": [{"index": 0, "delta": delta, "finish_reason": None}]})
        await response.write(b"data: " + chunk + b"\n\ndata: [DONE]\n\n")
        return response

    def _decide(self, messages: Sequence[Mapping[str, Any]], tools: set[str]) -> dict[str, Any]:
        """What the model says or does next."""
        last = max((at for at, message in enumerate(messages) if message["role"] == "user"), default=None)
        words = str(messages[last]["content"]) if last is not None else ""
        if last is None or not words.isdigit() or TOOLS[kind_of(int(words))] not in tools:
            return {"content": "Please key in a number."}
        number, since = int(words), messages[last + 1 :]
        verdicts = [str(message["content"]) for message in since if message["role"] in ("tool", "system")]
        if any(verdict.startswith("Accepted") for verdict in verdicts):
            self._once("accepted", number)
            if self._repeats and len(verdicts) < 2:
                return _called(number, 1)
            return {"content": f"Noted {number}."}
        if any("refused" in verdict for verdict in verdicts):
            self._once("refused", number)
            return {"content": "That was refused."}
        self._once("asked", number)
        return _called(number, 2 if self._repeats else 1)

    def _once(self, kind: Any, number: int) -> None:
        if (number, kind) not in self._known:
            self._known.add((number, kind))
            self._ledger.note(kind, number)


def _called(number: int, times: int) -> dict[str, Any]:
    """Calls of the tool: all mean the same, and no two are written the same way."""
    wanted = arguments(number)
    written = [json.dumps(wanted), json.dumps(wanted, separators=(" ,  ", ":"))][:times]
    tool = TOOLS[kind_of(number)]
    calls = [
        {"index": at, "id": f"call_{at}", "type": "function", "function": {"name": tool, "arguments": text}}
        for at, text in enumerate(written)
    ]
    return {"tool_calls": calls}
