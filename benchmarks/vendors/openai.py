"""OpenAI's chat completions, streamed: a reply token by token, function calls in pieces."""

import asyncio
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
from aiohttp import web

from benchmarks.vendors.faults import Fault, Faults
from benchmarks.vendors.latency import Latency
from benchmarks.vendors.script import Script, Turn

_TOKEN = re.compile(r"\s*\S{1,6}|\s+")


class OpenAI:
    """The vendor. ``requests`` counts them; ``last`` is the newest one's body; ``users`` who they were for."""

    def __init__(self, script: Script, latency: Latency) -> None:
        self.script = script
        self.latency = latency
        self.faults = Faults()
        self.requests = 0
        self.abandoned = 0
        self.last: dict[str, Any] = {}
        self.users: set[str] = set()

    async def complete(self, request: web.Request) -> web.StreamResponse:
        """POST /v1/chat/completions. Without ``stream`` the reply comes in one piece."""
        due = asyncio.get_running_loop().time() + self.latency.first_token
        fault = self.faults.take()
        body: dict[str, Any] = msgspec.json.decode(await request.read())
        self.requests += 1
        self.last = body
        user = str(body.get("user") or (body.get("metadata") or {}).get("call_id") or "")
        self.users.add(user)
        turn = self.script.answering(_last_words(body["messages"]), user)
        deltas = list(_deltas(turn, _stage(turn, body)))
        if not body.get("stream"):
            return web.json_response(_whole(deltas))
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        try:
            await response.prepare(request)
            await self._stream(request, response, _chunks(deltas, body), due, fault)
        except asyncio.CancelledError:
            self.abandoned += 1
            raise
        except ConnectionError:
            self.abandoned += 1
        return response

    async def _stream(
        self,
        request: web.Request,
        response: web.StreamResponse,
        chunks: Sequence[str],
        due: float,
        fault: Fault | None,
    ) -> None:
        loop = asyncio.get_running_loop()
        for count, chunk in enumerate(chunks):
            await asyncio.sleep(max(0.0, due - loop.time()))
            if fault and count >= fault.after:
                match fault.kind:
                    case "drop":
                        assert request.transport
                        request.transport.abort()
                        return
                    case "stall":
                        await asyncio.sleep(3600)
                    case _:
                        chunk = '{"choices": [{"delta": '  # noqa: PLW2901
            await response.write(f"data: {chunk}\n\n".encode())
            due += self.latency.token


def _last_words(messages: Sequence[Mapping[str, Any]]) -> str:
    content = next((m.get("content") for m in reversed(messages) if m.get("role") == "user"), "")
    if isinstance(content, list):
        content = " ".join(str(part.get("text", "")) for part in content)
    return str(content or "")


def _stage(turn: Turn, body: Mapping[str, Any]) -> str:
    """``call``, ``after`` or ``reply``: what the model does now."""
    offered = {tool.get("function", {}).get("name") for tool in body.get("tools") or ()}
    if turn.tool is None or turn.tool not in offered:
        return "reply"
    for message in reversed(body["messages"]):
        if message.get("role") == "tool":
            return "after"
        if message.get("role") == "user":
            break
    return "call"


def _deltas(turn: Turn, stage: str) -> Iterator[dict[str, Any]]:
    yield {"role": "assistant", "content": ""}
    text = {"reply": turn.reply, "after": turn.after, "call": turn.before}[stage]
    for token in _TOKEN.findall(text):
        yield {"content": token}
    if stage != "call":
        return
    function = {"name": turn.tool, "arguments": ""}
    yield {"tool_calls": [{"index": 0, "id": "call_0123456789", "type": "function", "function": function}]}
    arguments = json.dumps(dict(turn.arguments))
    for start in range(0, len(arguments), 8):
        yield {"tool_calls": [{"index": 0, "function": {"arguments": arguments[start : start + 8]}}]}


def _chunks(deltas: Sequence[dict[str, Any]], body: Mapping[str, Any]) -> list[str]:
    called = any("tool_calls" in delta for delta in deltas)
    choices: list[list[dict[str, Any]]] = [[{"index": 0, "delta": delta, "finish_reason": None}] for delta in deltas]
    choices.append([{"index": 0, "delta": {}, "finish_reason": "tool_calls" if called else "stop"}])
    head = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": body.get("model", "")}
    chunks = [head | {"choices": choice} for choice in choices]
    if (body.get("stream_options") or {}).get("include_usage"):
        usage = {"prompt_tokens": 200, "completion_tokens": len(deltas), "total_tokens": 200 + len(deltas)}
        chunks.append(head | {"choices": [], "usage": usage})
    return [*(msgspec.json.encode(chunk).decode() for chunk in chunks), "[DONE]"]


def _whole(deltas: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The reply in one piece; the emulation makes no function calls there."""
    message = {"role": "assistant", "content": "".join(delta.get("content") or "" for delta in deltas)}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    return {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]}
