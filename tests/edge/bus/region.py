"""A region of a test's own on a NATS server: the buses of its nodes, what they tell, and what is on its stream."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

import nats
import pytest
from nats.aio.client import Client
from nats.js.api import DeliverPolicy

from edge import outbox
from edge.bus import NatsBus
from edge.metrics import Metrics
from schemas.base import Event
from schemas.events import decode, encode, headers
from schemas.subjects import calls_stream, parse, subject
from schemas.tools import ToolProgressed

SECONDS = 60.0


class Open:
    """Makes buses of one region and closes them."""

    def __init__(self, url: str, region: str, folder: Path) -> None:
        self.url, self.region, self.folder = url, region, folder
        self.metrics = Metrics.create()
        self.buses: list[NatsBus] = []

    async def __call__(self, url: str = "", spill: str = "spill.jsonl", patience: float = SECONDS) -> NatsBus:
        url = url or self.url
        bus = await NatsBus.connect(url, self.region, "node-1", self.folder / spill, self.metrics, patience)
        self.buses.append(bus)
        return bus

    def value(self, name: str, **labels: str) -> float:
        return self.metrics.registry.get_sample_value(f"trunkline_{name}", labels) or 0.0


async def until(true: Callable[[], object], seconds: float = SECONDS) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "It did not come true in time."
        await asyncio.sleep(0.01)


async def stored(url: str, region: str, count: int) -> list[Event]:
    """All events on the region's stream, in its order, once there are so many: a store may have returned from disk."""
    client = await nats.connect(url)
    js = client.jetstream()
    end = time.monotonic() + SECONDS
    while (total := (await js.stream_info(calls_stream(region))).state.messages) < count:
        assert time.monotonic() < end, f"On the stream are {total} events of {count}."
        await asyncio.sleep(0.01)
    sub = await js.subscribe("", stream=calls_stream(region), ordered_consumer=True, deliver_policy=DeliverPolicy.ALL)
    messages = [await sub.next_msg(60) for _ in range(total)]
    await client.close()
    return [decode(parse(message.subject)[2], message.data) for message in messages]


def step(region: str, number: int, call: str = "call-1") -> ToolProgressed:
    return ToolProgressed(call_id=call, region=region, tool_call_id="t-1", tool="t", step=str(number))


def steps(events: list[Event], call: str = "call-1") -> list[int]:
    return [int(e.step) for e in events if isinstance(e, ToolProgressed) and e.call_id == call]


async def send(client: Client, event: Event) -> None:
    await client.jetstream().publish(subject(event), encode(event), headers=headers(event))


async def store_away(bus: NatsBus, event: Event, monkeypatch: pytest.MonkeyPatch) -> None:
    """Store it while NATS is away: neither its return is waited for, nor the time that an acknowledgement has."""
    with monkeypatch.context() as patched:
        patched.setattr(outbox, "ACK_SECONDS", SECONDS)
        async with asyncio.timeout(SECONDS / 4):
            await bus.store(event)
