"""The bus while NATS is killed, stopped, full, or not there yet: nothing is lost, held up, or told twice."""

import asyncio
import json
import os
import signal
import time
from pathlib import Path

import pytest
import structlog
from nats.aio.client import Client
from nats.js.api import DiscardPolicy, StreamConfig

from edge import outbox
from edge.errors import NotStored
from schemas.base import Event
from schemas.subjects import call_subject, calls_stream
from tests.edge.bus.region import Open, step, steps, store_away, stored, until
from trunkline.stack.engine import Engine
from trunkline.stack.nats import Nats


async def test_killed_nats_loses_nothing_and_keeps_the_order(
    open_bus: Open, server: Engine[Nats], region: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    bus = await open_bus()
    for number in range(300):
        bus.publish(step(region, number))
    await asyncio.sleep(0)
    await server.kill()
    for number in range(300, 600):
        bus.publish(step(region, number))
        bus.publish(step(region, number, "call-2"))
    await store_away(bus, step(region, 600), monkeypatch)
    await until(lambda: open_bus.value("spill_waiting_events"))
    await server.restart()
    for number in range(601, 700):
        bus.publish(step(region, number))
        await asyncio.sleep(0)
    await until(lambda: open_bus.value("events_published_total", kind="tool_progressed") >= 1000)
    await bus.store(step(region, 700))
    await until(lambda: not open_bus.value("spill_waiting_events"))
    events = await stored(open_bus.url, region, 1001)
    assert steps(events) == list(range(701))
    assert steps(events, "call-2") == list(range(300, 600))
    assert open_bus.value("events_spilled_total", kind="tool_progressed") >= 301


async def test_a_stopped_nats_does_not_hold_a_store_up(
    open_bus: Open, server: Engine[Nats], region: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    bus = await open_bus()
    await bus.store(step(region, 0))
    os.kill(server.pid, signal.SIGSTOP)
    try:
        await store_away(bus, step(region, 1), monkeypatch)
        assert bus.connected, "It waits for neither an answer nor the end of the connection."
        bus.publish(step(region, 2))
        await until(lambda: not bus.connected)
    finally:
        os.kill(server.pid, signal.SIGCONT)
    await bus.store(step(region, 3))
    await until(lambda: bus.connected and not open_bus.value("spill_waiting_events"))
    assert steps(await stored(open_bus.url, region, 4)) == [0, 1, 2, 3]


async def test_it_starts_without_nats_and_a_later_process_sends_what_an_earlier_one_saved(
    open_bus: Open, region: str, tmp_path: Path
) -> None:
    first = await open_bus("nats://127.0.0.1:9", patience=0.1)
    assert not first.connected
    first.publish(step(region, 1))
    await first.store(step(region, 2))
    await first.close()
    lines = (tmp_path / "spill.jsonl").read_text().splitlines()
    assert [json.loads(line)["body"]["step"] for line in lines] == ["1", "2"]
    second = await open_bus("nats://127.0.0.1:9," + open_bus.url)
    second.publish(step(region, 3))
    await until(lambda: second.connected and not open_bus.value("spill_waiting_events"))
    await second.store(step(region, 4))
    assert steps(await stored(open_bus.url, region, 4)) == [1, 2, 3, 4]
    with pytest.raises(NotStored):
        await first.store(step(region, 5))


async def test_calls_hear_across_a_restart_of_nats(open_bus: Open, server: Engine[Nats], region: str) -> None:
    bus = await open_bus()
    heard: list[Event] = []
    bus.listen("call-1", heard.append)
    # Another node, or a worker, that publishes on.
    other = await open_bus(spill="other.jsonl")
    for number in range(20):
        other.publish(step(region, number))
    await until(lambda: len(heard) == 20)
    await server.kill()
    for number in range(20, 40):
        other.publish(step(region, number))
    await server.restart()
    for number in range(40, 60):
        other.publish(step(region, number))
    await until(lambda: len(heard) >= 60)
    assert steps(heard) == list(range(60))


async def test_a_connection_that_is_lost_is_told_once_each_time(
    open_bus: Open, server: Engine[Nats], region: str
) -> None:
    with structlog.testing.capture_logs() as logs:

        def told() -> list[tuple[str, str]]:
            return [(log["log_level"], log["event"].split(";")[0]) for log in logs if "NATS is" in log["event"]]

        bus = await open_bus()
        for number in (1, 2):
            await server.kill()
            await bus.store(step(region, number))
            await until(lambda: told()[-1] == ("warning", "NATS is not there"))
            await server.restart()
            await until(lambda: told()[-1] == ("info", "NATS is there."))
    assert len(told()) == 5


async def test_a_jetstream_that_has_no_room_keeps_its_connection_and_gets_the_events_later(
    open_bus: Open, client: Client, region: str
) -> None:
    full = StreamConfig(
        name=calls_stream(region),
        subjects=[call_subject(region, ">").removesuffix(".*")],
        max_msgs=1,
        discard=DiscardPolicy.NEW,
    )
    js = client.jetstream()
    await js.add_stream(full)
    with structlog.testing.capture_logs() as logs:
        bus = await open_bus()
        for number in range(3):
            await bus.store(step(region, number))
        bus.publish(step(region, 3))
        await until(lambda: any("JetStream takes no events" in log["event"] for log in logs))
        await js.update_stream(full.evolve(max_msgs=100))
        await until(lambda: not open_bus.value("spill_waiting_events"))
        await bus.store(step(region, 4))
        assert not [log for log in logs if "NATS is not there" in log["event"]]
    await until(lambda: open_bus.value("events_published_total", kind="tool_progressed") == 5)
    assert steps(await stored(open_bus.url, region, 5)) == [0, 1, 2, 3, 4]


async def test_an_edge_that_stood_still_itself_keeps_its_connection(open_bus: Open, region: str) -> None:
    with structlog.testing.capture_logs() as logs:
        bus = await open_bus()
        bus.publish(step(region, 0))
        while not bus._outbox._air:  # noqa: ASYNC110  Seen the moment it is so: the answer comes in a millisecond.
            await asyncio.sleep(0)
        time.sleep(outbox.ACK_SECONDS + 0.3)  # noqa: ASYNC251  The process stands still.
        await until(lambda: not bus._outbox._air)
        assert bus.connected
        assert not [log for log in logs if "NATS is not there" in log["event"]]
