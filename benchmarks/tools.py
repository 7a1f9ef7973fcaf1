"""A tool call on the embedded stack: asked → stored (accepted), and → the workflow's first word back at the edge."""

import asyncio
import tempfile
import time
import uuid
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure
from edge.bus import NatsBus
from schemas.base import Event
from schemas.tools import ToolProgressed, ToolRequested, tool_call_id

WARM_UP = 5
PATIENCE = 30.0
"""Seconds for one workflow's first word."""


async def measure(place: dict[str, Any], calls: int) -> list[Figure]:
    """Ask for bookings, one at a time, each of a slot of its own."""
    stored: list[float] = []
    started: list[float] = []
    worked: list[float] = []
    with tempfile.TemporaryDirectory(prefix="trunkline-bench-") as folder:
        bus = await NatsBus.connect(place["nats"], place["region"], "bench", Path(folder) / "spill.jsonl")
        try:
            for number in range(WARM_UP + calls):
                times = await _ask(bus, place["region"], number)
                if number >= WARM_UP:
                    for values, value in zip((stored, started, worked), times, strict=True):
                        values.append(1000 * value)
        finally:
            await bus.close()
    return [
        Figure("tool call → stored", tuple(stored), None, 10),
        Figure("tool call → its workflow has started, at the edge", tuple(started), 60, None),
        Figure("tool call → its first result (slot held), at the edge", tuple(worked), 60, None),
    ]


async def _ask(bus: NatsBus, region: str, number: int) -> tuple[float, float, float]:
    call_id = f"bench-{uuid.uuid4().hex[:12]}"
    arguments = {
        "service": "tap repair",
        "day": (date.today() + timedelta(days=2 + number // 8)).isoformat(),
        "time": f"{8 + number % 8:02}:00",
        "name": "Anna Miller",
    }
    first, progressed = asyncio.Event(), asyncio.Event()
    times: list[float] = []

    def hear(event: Event) -> None:
        if not first.is_set():
            times.append(time.perf_counter())
            first.set()
        if isinstance(event, ToolProgressed) and not progressed.is_set():
            times.append(time.perf_counter())
            progressed.set()

    bus.listen(call_id, hear)
    request = ToolRequested(
        call_id=call_id,
        region=region,
        at=0.0,
        tool_call_id=tool_call_id(call_id, "book_visit", arguments),
        tool="book_visit",
        arguments=arguments,
        turn=1,
    )
    began = time.perf_counter()
    await bus.store(request)
    stored = time.perf_counter() - began
    async with asyncio.timeout(PATIENCE):
        await progressed.wait()
    bus.unlisten(call_id)
    return stored, times[0] - began, times[1] - began
