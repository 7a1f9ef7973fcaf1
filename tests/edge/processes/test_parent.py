"""``trunkline edge --processes 2`` as it is run: calls are spread, a kill -9 harms one process's calls, all drains."""

import asyncio
import base64
import contextlib
import json
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest_asyncio
from prometheus_client.parser import text_string_to_metric_families

from benchmarks.vendors.server import Vendors
from edge.core.audio import FRAME
from trunkline.stack.stack import Engines

START = {
    "event": "start",
    "streamSid": "MZ1",
    "start": {"mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1}},
}
SILENCE = json.dumps({"event": "media", "media": {"payload": base64.b64encode(b"\xff" * FRAME).decode()}})
Until = Callable[..., Awaitable[None]]


class Caller:
    """Says nothing, and listens."""

    def __init__(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        self.ws = ws
        self.heard = 0
        self.task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        talking = asyncio.create_task(self._talk())
        try:
            async for message in self.ws:
                self.heard += json.loads(message.data)["event"] == "media"
        finally:
            talking.cancel()

    async def _talk(self) -> None:
        with contextlib.suppress(ConnectionError):
            while True:
                await self.ws.send_str(SILENCE)
                await asyncio.sleep(0.02)


class Fleet:
    """An edge of two processes."""

    def __init__(self, process: Process, url: str, http: aiohttp.ClientSession) -> None:
        self.process = process
        self.url = url
        self.http = http

    async def call(self, call_id: str) -> Caller:
        ws = await self.http.ws_connect(f"{self.url}/twilio")
        await ws.send_str(json.dumps({**START, "start": {**START["start"], "callSid": call_id}}))  # type: ignore[dict-item]
        return Caller(ws)

    async def health(self) -> dict[str, Any]:
        async with self.http.get(f"{self.url}/health") as response:
            body: dict[str, Any] = await response.json()
            assert response.status == (200 if body["ready"] else 503)
            return body

    async def spread(self) -> list[int]:
        return [one["calls"] for one in (await self.health())["processes"]]

    async def metric(self, name: str) -> float:
        async with self.http.get(f"{self.url}/metrics") as response:
            families = list(text_string_to_metric_families(await response.text()))
        return sum(sample.value for family in families for sample in family.samples if sample.name == name)


@pytest_asyncio.fixture
async def fleet(engines: Engines, vendors: Vendors, tmp_path: Path) -> AsyncIterator[Fleet]:
    """Its ears, mind and voice are the emulated vendors, so that no models are loaded."""
    settings = {f"TRUNKLINE_SPARE_{seat}": "" for seat in ("EARS", "MIND", "VOICE")}
    settings |= {"TRUNKLINE_EARS": "deepgram", "TRUNKLINE_VOICE": "cartesia", "TRUNKLINE_MIND": "openai"}
    settings |= {"TRUNKLINE_NATS_URL": engines.nats_url, "TRUNKLINE_EDGE_PORT": "0", "TRUNKLINE_DATA": str(tmp_path)}
    settings |= {"TRUNKLINE_MAX_CALLS": "10", "TRUNKLINE_LATE": "1"}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "trunkline.cli", "edge", "--processes", "2"),
        stdout=PIPE,
        stderr=DEVNULL,
        env={**os.environ, **vendors.environment, **settings},
    )
    try:
        assert process.stdout is not None
        line = await asyncio.wait_for(process.stdout.readline(), 60)
        async with aiohttp.ClientSession() as http:
            yield Fleet(process, json.loads(line)["ready"], http)
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def lives(pid: int) -> bool:
    try:
        return " Z " not in Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


async def eventually(check: Callable[[], Awaitable[bool]], seconds: float = 60.0) -> None:
    async with asyncio.timeout(seconds):
        while not await check():  # noqa: ASYNC110  It is another process's doing.
            await asyncio.sleep(0.05)


async def test_calls_are_spread_and_a_killed_process_takes_only_its_own(fleet: Fleet) -> None:
    callers = [await fleet.call(f"fleet{number}") for number in range(6)]

    async def are_spread() -> bool:
        return await fleet.spread() == [3, 3]

    await eventually(are_spread)
    assert await fleet.metric("trunkline_calls_active") == 6
    assert await fleet.metric("trunkline_calls_capacity") == 20
    published = await fleet.metric("trunkline_events_published_total")
    victim = (await fleet.health())["processes"][0]
    os.kill(victim["pid"], signal.SIGKILL)

    async def is_back() -> bool:
        first, second = (await fleet.health())["processes"]
        return first["restarts"] == 1 and first["reason"] is None and second["calls"] == 3

    await eventually(is_back)
    ended = [caller for caller in callers if caller.ws.closed]
    assert len(ended) == 3
    others = [caller for caller in callers if caller not in ended]
    assert await fleet.metric("trunkline_calls_active") == 3
    assert await fleet.metric("trunkline_events_published_total") >= published, "what a dead process counted is kept"
    for number in range(3):
        callers.append(await fleet.call(f"again{number}"))
    await eventually(are_spread)
    assert not any(caller.task.done() for caller in others)
    assert all(caller.heard for caller in others)

    fleet.process.send_signal(signal.SIGTERM)

    async def drains() -> bool:
        health = await fleet.health()
        return health["reason"] == "draining" and not health["ready"]

    await eventually(drains)
    assert await asyncio.wait_for(fleet.process.wait(), 60) == 0
    await asyncio.wait([caller.task for caller in callers], timeout=60)
    assert all(caller.ws.closed for caller in callers)


async def test_a_process_that_hangs_gets_no_new_calls_and_is_replaced(fleet: Fleet) -> None:
    victim = (await fleet.health())["processes"][0]["pid"]
    os.kill(victim, signal.SIGSTOP)

    async def hangs() -> bool:
        return bool((await fleet.health())["processes"][0]["reason"] == "hangs")

    await eventually(hangs)
    for number in range(4):
        await fleet.call(f"beside-{number}")

    async def all_are_with_the_other() -> bool:
        return await fleet.spread() == [0, 4]

    await eventually(all_are_with_the_other)

    async def is_replaced() -> bool:
        first = (await fleet.health())["processes"][0]
        return first["restarts"] == 1 and first["reason"] is None

    await eventually(is_replaced)
    assert not lives(victim)


async def test_a_parent_that_is_killed_leaves_no_process_behind(fleet: Fleet) -> None:
    pids = [one["pid"] for one in (await fleet.health())["processes"]]
    fleet.process.kill()

    async def are_gone() -> bool:
        return not any(map(lives, pids))

    await eventually(are_gone)
