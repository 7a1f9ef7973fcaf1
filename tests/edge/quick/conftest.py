"""A web service that answers as a test wants it to: a real server, on loopback."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web

from edge.quick import service as services
from edge.quick.declared import QuickTool
from tests.serving import serving

PATIENCE = 60.0
"""Seconds for an answer where a test is not about that."""
PARAMETERS = {
    "type": "object",
    "properties": {"code": {"type": "string", "description": "The parcel's code."}},
    "required": ["code"],
}


@dataclass
class Service:
    """``reply`` makes each answer; ``asked`` are the bodies and headers of all questions."""

    url: str = ""
    reply: Callable[[web.Request], Awaitable[web.StreamResponse]] = field(default_factory=lambda: on_time)
    asked: list[tuple[bytes, dict[str, str]]] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append((await request.read(), dict(request.headers)))
        return await self.reply(request)

    def says(self, after: float = 0.0, **content: Any) -> asyncio.Event:
        """From now on it answers this, after so many seconds, or as soon as the event is set."""
        now = asyncio.Event()

        async def reply(_: web.Request) -> web.StreamResponse:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(now.wait(), after)
            return web.json_response(content)

        self.reply = reply
        return now

    def answers(self, status: int = 200, text: str = "", headers: dict[str, str] | None = None) -> None:
        """From now on it answers this, as it is."""

        async def reply(_: web.Request) -> web.StreamResponse:
            return web.Response(status=status, text=text, headers=headers)

        self.reply = reply

    @property
    def questions(self) -> list[Any]:
        return [json.loads(body) for body, _ in self.asked]


async def on_time(_: web.Request) -> web.StreamResponse:
    return web.json_response({"status": "on time"})


@pytest_asyncio.fixture
async def service(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Service]:
    monkeypatch.setattr(services, "LONGEST", PATIENCE)
    service = Service()
    app = web.Application()
    app.router.add_post("/track", service.answer)
    async with serving(app) as url:
        service.url = f"{url}/track"
        yield service


@pytest.fixture
def track(service: Service) -> Callable[..., QuickTool]:
    """``track(timeout=0.3, ...)``: the tool that asks the service; where not told, it waits for a slow machine too."""

    def track(**more: Any) -> QuickTool:
        about = {"title": "track a parcel", "description": "Tells where a parcel is.", "parameters": PARAMETERS}
        tool = QuickTool(**({"name": "track_parcel", "url": service.url} | about | more))
        return tool if "timeout" in more else tool.model_copy(update={"timeout": PATIENCE})

    return track
