"""The bus while NATS is there: what is published, stored and heard, and which tools are known."""

import nats
import pytest
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js.api import KeyValueConfig

from edge import outbox
from edge.bus import ensure_stream
from edge.errors import NotStored
from edge.ports import Bus
from schemas.announcements import AnnouncementRequested
from schemas.base import Event
from schemas.events import encode
from schemas.subjects import TOOLS_BUCKET, calls_stream, subject
from schemas.tools import ToolCompleted, ToolRequested, ToolSpec
from schemas.transcripts import TranscriptHeard
from tests.edge.bus.region import SECONDS, Open, send, step, steps, stored, until
from trunkline.stack.engine import Engine
from trunkline.stack.nats import Nats
from workers.adapters.nats import subscribed


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


async def test_a_file_in_use_is_refused(open_bus: Open) -> None:
    await open_bus()
    with pytest.raises(BlockingIOError, match="of its own"):
        await open_bus()


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
