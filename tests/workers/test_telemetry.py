"""Traces where a collector is named; nothing where none is."""

import asyncio
from collections.abc import AsyncIterator

import pytest_asyncio
from aiohttp import web

from trunkline.stack.ports import free_ports
from workers.telemetry import Telemetry

PARENT = {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}


class Collector:
    """Takes traces over OTLP."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []

    async def take(self, request: web.Request) -> web.Response:
        self.bodies.append(await request.read())
        return web.Response()


@pytest_asyncio.fixture
async def collector() -> AsyncIterator[tuple[str, Collector]]:
    collector, port = Collector(), free_ports(1)[0]
    app = web.Application()
    app.router.add_post("/v1/traces", collector.take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    yield f"http://127.0.0.1:{port}/", collector
    await runner.cleanup()


async def test_a_span_reaches_the_collector_in_its_callers_trace(collector: tuple[str, Collector]) -> None:
    endpoint, taken = collector
    telemetry = Telemetry(endpoint, "bridge", "local")
    assert len(telemetry.interceptors) == 1
    with telemetry.tracer.start_as_current_span("carry book_visit", context=telemetry.parent(PARENT)):
        pass
    await asyncio.to_thread(telemetry.close)
    body = b"".join(taken.bodies)
    assert b"carry book_visit" in body
    assert b"trunkline-bridge" in body
    assert bytes.fromhex("0af7651916cd43dd8448eb211c80319c") in body


def test_without_a_collector_there_is_nothing_to_pay_for() -> None:
    telemetry = Telemetry(None, "bridge", "local")
    assert telemetry.interceptors == []
    assert telemetry.parent(PARENT) is None
    assert not telemetry.tracer.start_span("x").is_recording()
    telemetry.close()
