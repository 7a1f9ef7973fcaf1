"""The bus against a real NATS server of this module's own, which is killed and stopped at will."""

import asyncio
import json
import os
import signal
import time
import uuid
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import nats
import pytest
import pytest_asyncio
import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js.api import DeliverPolicy, DiscardPolicy, KeyValueConfig, StreamConfig

from edge import outbox
from edge.bus import NatsBus, ensure_stream
from edge.errors import NotStored
from edge.metrics import Metrics
from edge.ports import Bus
from schemas.announcements import AnnouncementRequested
from schemas.base import Event
from schemas.events import decode, encode, headers
from schemas.subjects import TOOLS_BUCKET, call_subject, calls_stream, parse, subject
from schemas.tools import ToolCompleted, ToolProgressed, ToolRequested, ToolSpec
from schemas.transcripts import TranscriptHeard
from trunkline.stack.engine import Engine
from trunkline.stack.nats import Nats
from trunkline.stack.records import Records
from workers.adapters.nats import subscribed

SECONDS = 60.0


@pytest_asyncio.fixture(scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Engine[Nats]]:
    data = tmp_path_factory.mktemp("nats")
    engine = Engine(Nats(data), Records(data))
    await engine.start()
    yield engine
    await engine.stop()


@pytest_asyncio.fixture
async def client(server: Engine[Nats]) -> AsyncIterator[Client]:
    client = await nats.connect(server.recipe.url)
    yield client
    await client.close()


@pytest.fixture(autouse=True)
def slow_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk of a machine that is busy with other things: what it is slow to write is written."""
    monkeypatch.setattr(outbox, "DISK_SECONDS", SECONDS)


@pytest.fixture
def region() -> str:
    """A stream of the test's own."""
    return f"r{uuid.uuid4().hex[:8]}"


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


@pytest_asyncio.fixture
async def open_bus(server: Engine[Nats], region: str, tmp_path: Path) -> AsyncIterator[Open]:
    opener = Open(server.recipe.url, region, tmp_path)
    yield opener
    await asyncio.gather(*(bus.close(0.5) for bus in opener.buses))


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


async def test_what_is_published_is_stored_in_order_and_lossy_kinds_are_not(open_bus: Open, region: str) -> None:
    bus: Bus = await open_bus()
    heard: list[str] = []
    live = await nats.connect(open_bus.url)

    async def hear(message: Msg) -> None:
        heard.append(message.subject)

    await live.subscribe(f"trunkline.v1.{region}.live.>", cb=hear)
    await subscribed(live)

    def tell() -> bool:
        bus.publish(TranscriptHeard(call_id="call-1", region=region, text="tap", final=False, start=0, end=1))
        return bool(heard)

    for number in range(50):
        bus.publish(step(region, number))
    await until(tell)  # One may be lost, where NATS is away for a moment.
    await live.close()
    await bus.store(step(region, 50))
    events = await stored(open_bus.url, region, 51)
    assert steps(events) == list(range(51))
    assert len(events) == 51
    await until(lambda: open_bus.value("events_published_total", kind="tool_progressed") >= 51)
    assert open_bus.value("store_seconds_count") == 1


async def test_an_event_published_twice_is_stored_once(open_bus: Open, region: str) -> None:
    bus = await open_bus()
    event = step(region, 1)
    bus.publish(event)
    await bus.store(event)
    await bus.store(event)
    await bus.store(step(region, 2))  # Behind them all.
    assert steps(await stored(open_bus.url, region, 2)) == [1, 2]


async def test_calls_hear_their_own_events_once_and_one_bad_ear_harms_no_other(
    open_bus: Open, client: Client, region: str
) -> None:
    bus = await open_bus()
    heard: list[Event] = []

    def stumble(event: Event) -> None:
        raise RuntimeError("stumbled")

    bus.listen("call-0", stumble)
    bus.listen("call-1", heard.append)
    await send(client, step(region, 0, "call-0"))
    await client.jetstream().publish(f"trunkline.v1.{region}.calls.call-1.tool_completed", b"{")
    first = step(region, 1)
    await send(client, first)
    await client.jetstream().publish(subject(first), encode(first))  # Without the id that JetStream knows it by.
    await send(client, ToolRequested(call_id="call-1", region=region, tool_call_id="t", tool="t", arguments={}, turn=1))
    last = ToolCompleted(call_id="call-1", region=region, tool_call_id="t-1", tool="t", result={"a": 1})
    await send(client, last)
    await until(lambda: last in heard)
    assert heard == [first, last]
    assert open_bus.value("messages_unreadable_total", source="events") == 1
    bus.unlisten("call-1")


async def store_away(bus: NatsBus, event: Event, monkeypatch: pytest.MonkeyPatch) -> None:
    """Store it while NATS is away: neither its return is waited for, nor the time that an acknowledgement has."""
    with monkeypatch.context() as patched:
        patched.setattr(outbox, "ACK_SECONDS", SECONDS)
        async with asyncio.timeout(SECONDS / 4):
            await bus.store(event)


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


async def test_a_file_in_use_is_refused(open_bus: Open) -> None:
    await open_bus()
    with pytest.raises(BlockingIOError, match="of its own"):
        await open_bus()


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


async def test_a_stream_made_anew_is_read_from_its_beginning(open_bus: Open, client: Client, region: str) -> None:
    bus = await open_bus()
    heard: list[Event] = []
    bus.listen("call-1", heard.append)
    for number in range(3):
        await bus.store(step(region, number))
    await until(lambda: len(heard) >= 3)
    await client.jetstream().delete_stream(calls_stream(region))
    await ensure_stream(client.jetstream(), region)
    await ensure_stream(client.jetstream(), region)
    await send(client, step(region, 3))
    await until(lambda: len(heard) >= 4)
    assert steps(heard) == [0, 1, 2, 3]


async def test_an_event_too_big_is_dropped_and_the_next_goes_out(
    open_bus: Open, region: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Were NATS taken for away, the disk would take the event.
    monkeypatch.setattr(outbox, "STORE_SECONDS", SECONDS)
    monkeypatch.setattr(outbox, "ACK_SECONDS", SECONDS)
    bus = await open_bus()
    huge = AnnouncementRequested(
        call_id="call-1", region=region, announcement_id="a", tool_call_id="x" * 90, text="é" * 2000
    )
    big = ToolCompleted(call_id="call-1", region=region, tool_call_id="t", tool="t", result={"a": "x" * 2_000_000})
    bus.publish(big)
    with pytest.raises(NotStored, match="bytes"):
        await bus.store(big)
    bus.publish(ToolCompleted(call_id="call-1", region=region, tool_call_id="t", tool="t", result={"a": object()}))
    with pytest.raises(NotStored, match="JSON"):
        await bus.store(
            ToolCompleted(call_id="call-1", region=region, tool_call_id="t", tool="t", result={"a": object()})
        )
    await bus.store(huge)
    assert await stored(open_bus.url, region, 1) == [huge]
    assert open_bus.value("events_dropped_total", kind="tool_completed", reason="too_big") == 2
    assert open_bus.value("events_dropped_total", kind="tool_completed", reason="unreadable") == 1


async def test_overflow_drops_what_may_be_lost_and_saves_the_rest(open_bus: Open, region: str) -> None:
    bus = await open_bus()
    lossy = TranscriptHeard(call_id="call-1", region=region, text="tap", final=False, start=0, end=1)
    for number in range(outbox.QUEUE):
        bus.publish(step(region, number))
    bus.publish(lossy)
    for number in range(outbox.QUEUE, outbox.QUEUE + 100):
        bus.publish(step(region, number))
    await bus.store(step(region, outbox.QUEUE + 100))
    assert steps(await stored(open_bus.url, region, outbox.QUEUE + 101)) == list(range(outbox.QUEUE + 101))
    assert open_bus.value("events_dropped_total", kind="transcript_heard", reason="overflow") == 1


async def test_tools_come_change_and_go(open_bus: Open, client: Client, server: Engine[Nats]) -> None:
    js = client.jetstream()
    bus = await open_bus()
    assert bus.tools() == {}
    bucket = await js.create_key_value(KeyValueConfig(bucket=TOOLS_BUCKET))
    spec = ToolSpec(name="book", title="book", description="Books.", parameters={}, result={}, workflow="Book")
    await bucket.put("book", spec.model_dump_json().encode())
    await bucket.put("wrong", b"{")
    await bucket.put("alias", spec.model_dump_json().encode())
    await until(lambda: open_bus.value("messages_unreadable_total", source="tools") >= 2)
    assert bus.tool_specs() == {"book": spec}
    assert bus.tools()["book"].title == "book"
    await bucket.put("book", spec.model_copy(update={"slow_after": 9.0}).model_dump_json().encode())
    await until(lambda: bus.tool_specs()["book"].slow_after == 9.0)
    again = await open_bus(spill="other.jsonl")
    assert set(again.tools()) == {"book"}
    await server.kill()
    assert set(bus.tools()) == {"book"}
    await server.restart()
    client = await nats.connect(server.recipe.url)
    bucket = await client.jetstream().key_value(TOOLS_BUCKET)
    await bucket.delete("book")
    await until(lambda: not bus.tools() and not again.tools())
    await bucket.put("book", spec.model_dump_json().encode())
    await until(lambda: bus.tools() and again.tools())
    await client.jetstream().delete_key_value(TOOLS_BUCKET)
    await until(lambda: not bus.tools() and not again.tools())
    await client.close()


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
