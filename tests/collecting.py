"""A collector of traces over OTLP."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import web

from tests.serving import serving


@dataclass
class Collector:
    """At ``url``; ``exported`` is all it got."""

    url: str
    exported: list[bytes]


@asynccontextmanager
async def collecting() -> AsyncIterator[Collector]:
    """It takes whatever comes."""
    exported: list[bytes] = []

    async def take(request: web.Request) -> web.Response:
        exported.append(await request.read())
        return web.Response()

    app = web.Application(client_max_size=16 * 1024 * 1024)
    app.router.add_post("/v1/traces", take)
    async with serving(app) as url:
        yield Collector(url, exported)
