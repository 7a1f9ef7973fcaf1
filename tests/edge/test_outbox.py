"""The outbox while there is no NATS and the disk refuses. What it does with both is in bus/test_outages.py."""

import asyncio
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
import pytest_asyncio

from edge import outbox
from edge.errors import NotStored
from edge.metrics import Metrics
from edge.outbox import Outbox
from edge.spill import Record, Spill
from tests.conftest import Until


def record(number: int) -> Record:
    return Record(f"evt_{number}", "tool_requested", "trunkline.x", {}, msgspec.Raw(b'{"a": 1}'))


class Setup:
    """An outbox whose file has room for two records, and one more that was promised."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.metrics = Metrics.create()
        self.outbox = Outbox(Spill(path, limit=360), self.metrics, lambda why: None)
        self.task = asyncio.create_task(self.outbox.run())

    def value(self, name: str, **labels: str) -> float:
        return self.metrics.registry.get_sample_value(f"trunkline_{name}", labels) or 0.0


@pytest_asyncio.fixture
async def setup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Setup]:
    monkeypatch.setattr(outbox, "DISK_SECONDS", 60.0)
    setup = Setup(tmp_path / "spill.jsonl")
    yield setup
    setup.outbox.close(1.0)
    await asyncio.wait_for(setup.task, 60)


async def test_a_full_disk_refuses_what_is_stored_and_says_so(setup: Setup) -> None:
    for number in range(3):
        await setup.outbox.store(record(number))
    with pytest.raises(NotStored, match="is full") as caught:
        await setup.outbox.store(record(3))
    assert caught.value.code == "disk"
    assert setup.value("events_dropped_total", kind="tool_requested", reason="disk") == 1
    assert len(setup.path.read_bytes().splitlines()) == 3


async def test_what_was_published_waits_in_memory_and_the_reserve_is_for_promises(setup: Setup, until: Until) -> None:
    for number in range(5):
        setup.outbox.put(record(number), durable=True)
    await until(lambda: setup.value("spill_waiting_events") >= 2)
    assert setup.value("events_spilled_total", kind="tool_requested") == 2
    assert setup.value("events_dropped_total", kind="tool_requested", reason="disk") == 0


async def test_nothing_is_taken_once_it_closes(setup: Setup) -> None:
    setup.outbox.close(1.0)
    setup.outbox.put(record(0), durable=True)
    with pytest.raises(NotStored, match="shutting down"):
        await setup.outbox.store(record(1))
    assert setup.value("events_dropped_total", kind="tool_requested", reason="closed") == 1


async def test_what_was_said_not_to_be_stored_is_not_stored_later(
    setup: Setup, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "DISK_SECONDS", 0.5)
    busy, free = threading.Event(), threading.Event()

    def hold() -> None:
        busy.set()
        free.wait(300)

    setup.outbox._disk.submit(hold)
    try:
        await asyncio.to_thread(busy.wait, 60)
        first = asyncio.create_task(setup.outbox.store(record(0)))
        async with asyncio.timeout(60):
            while not setup.outbox._disk._work_queue.qsize():  # noqa: ASYNC110  The outbox's doing.
                await asyncio.sleep(0)
        with pytest.raises(NotStored) as second:
            await setup.outbox.store(record(1))
        assert second.value.code == "timeout"
        with pytest.raises(NotStored) as unknown:
            await first
        assert unknown.value.code == "unknown", "The disk has it in hand."
    finally:
        free.set()
        monkeypatch.setattr(outbox, "DISK_SECONDS", 60.0)
    await setup.outbox.store(record(2))
    ids = [msgspec.json.decode(line)["id"] for line in setup.path.read_bytes().splitlines()]
    assert ids == ["evt_0", "evt_2"]
