"""Traces where a collector is named; nothing where none is."""

import asyncio
from collections.abc import AsyncIterator

import pytest_asyncio

from tests.collecting import Collector, collecting
from workers.telemetry import Telemetry

PARENT = {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}


@pytest_asyncio.fixture
async def collector() -> AsyncIterator[Collector]:
    async with collecting() as collector:
        yield collector


async def test_a_span_reaches_the_collector_in_its_callers_trace(collector: Collector) -> None:
    telemetry = Telemetry(f"{collector.url}/", "bridge", "local")
    assert len(telemetry.interceptors) == 1
    with telemetry.tracer.start_as_current_span("carry book_visit", context=telemetry.parent(PARENT)):
        pass
    await asyncio.to_thread(telemetry.close)
    body = b"".join(collector.exported)
    assert b"carry book_visit" in body
    assert b"trunkline-bridge" in body
    assert bytes.fromhex("0af7651916cd43dd8448eb211c80319c") in body


def test_without_a_collector_there_is_nothing_to_pay_for() -> None:
    telemetry = Telemetry(None, "bridge", "local")
    assert telemetry.interceptors == []
    assert telemetry.parent(PARENT) is None
    assert not telemetry.tracer.start_span("x").is_recording()
    telemetry.close()
