"""The stream, events into it, and the bucket of tools, on NATS."""

import asyncio
import uuid

import pytest
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js.api import StorageType
from temporalio.testing import ActivityEnvironment

from schemas.events import decode, encode
from schemas.subjects import TOOLS_BUCKET, calls_stream, parse
from schemas.tools import ToolProgressed, ToolSpec
from trunkline.stack.ports import free_ports
from trunkline.stack.stack import Engines
from workers.adapters.nats import NatsPublisher, ToolsBucket, connect, ensure_stream, subscribed
from workflows.outlet import Envelope, OutletActivities
from workflows.ports import Delivery, Message


def spec(name: str, title: str = "do a thing") -> ToolSpec:
    return ToolSpec(name=name, title=title, description="d", parameters={}, result={}, workflow=name)


@pytest.fixture
def region() -> str:
    return f"n{uuid.uuid4().hex[:8]}"


async def test_an_event_is_stored_once_with_its_headers(nats_client: Client, region: str) -> None:
    js = nats_client.jetstream()
    await ensure_stream(js, region)
    await ensure_stream(js, region)
    event = ToolProgressed(call_id="call", region=region, tool_call_id="t", tool="t", step="done")
    publisher = NatsPublisher(nats_client)
    await publisher.publish(event)
    await publisher.publish(event)
    info = await js.stream_info(calls_stream(region))
    assert (info.state.messages, info.config.storage) == (1, StorageType.FILE)
    stored = await js.get_msg(calls_stream(region), 1)
    assert stored.subject is not None
    assert decode(parse(stored.subject)[2], stored.data or b"") == event
    assert (stored.headers or {})["ce-id"] == event.id


async def test_what_cannot_be_stored_is_an_os_error(nats_client: Client, region: str) -> None:
    event = ToolProgressed(call_id="call", region=region, tool_call_id="t", tool="t", step="done")
    with pytest.raises(OSError, match="NATS did not store tool_progressed"):
        await NatsPublisher(nats_client).publish(event)  # No stream of this region.


class Unasked:
    """``Messages`` that are not asked for anything."""

    async def send(self, message: Message) -> None:
        raise AssertionError

    async def record(self, delivery: Delivery) -> None:
        raise AssertionError


@pytest.mark.parametrize("spare", [-100, 0, 500_000])
async def test_what_nats_can_never_take_is_left_out_and_the_rest_goes_out(
    nats_client: Client, region: str, spare: int
) -> None:
    """Also what is too big only with its headers: the server would close the connection for good."""
    await ensure_stream(nats_client.jetstream(), region)
    first, big, last = (
        ToolProgressed(call_id="call", region=region, tool_call_id="t", tool="t", step="x" * size)
        for size in (1, nats_client.max_payload + spare - 200, 1)
    )
    assert len(encode(big)) + 250 > nats_client.max_payload
    publisher = NatsPublisher(nats_client)
    with pytest.raises(ValueError, match=r"bytes; NATS takes 1048576\. Have the tool say less"):
        await publisher.publish(big)
    envelopes = [Envelope(kind=event.kind, event=event.model_dump(mode="json")) for event in (first, big, last)]
    await ActivityEnvironment().run(OutletActivities(publisher, Unasked()).publish_event, envelopes)
    assert nats_client.is_connected
    stored = [(await nats_client.jetstream().get_msg(calls_stream(region), place)).headers or {} for place in (1, 2)]
    assert [one["ce-id"] for one in stored] == [first.id, last.id]


async def test_a_server_that_is_not_there_is_an_error_at_once() -> None:
    with pytest.raises(OSError, match="onnect"):
        await connect(f"nats://127.0.0.1:{free_ports(1)[0]}", "test")


async def test_tools_are_offered_changed_and_taken_away_by_who_offered_them(engines: Engines) -> None:
    client = await connect(engines.nats_url, "test")
    try:
        js = client.jetstream()
        mine, theirs = f"mine_{uuid.uuid4().hex[:6]}", f"theirs_{uuid.uuid4().hex[:6]}"
        await ToolsBucket(js).offer("a", [spec(mine), spec(f"{mine}_2")])
        await ToolsBucket(js).offer("b", [spec(theirs)])
        bucket = ToolsBucket(js)
        found = await bucket.find(mine)
        assert found is not None
        assert found.title == "do a thing"
        await ToolsBucket(js).offer("a", [spec(mine, "do it well")])
        changed = await bucket.find(mine)
        assert changed is not None
        assert changed.title == "do it well"
        assert await bucket.find(f"{mine}_2") is None
        assert {mine, theirs} <= set(await bucket.names())
        # The same offer again writes nothing.
        before = (await js.stream_info(f"KV_{TOOLS_BUCKET}")).state.last_seq
        await ToolsBucket(js).offer("a", [spec(mine, "do it well")])
        assert (await js.stream_info(f"KV_{TOOLS_BUCKET}")).state.last_seq == before
        await ToolsBucket(js).offer("a", [])
        await ToolsBucket(js).offer("b", [])
        assert await bucket.find(theirs) is None
    finally:
        await client.close()


@pytest.mark.parametrize("name", ["no such", "x" * 200, "a.b", ">", "*"])
async def test_an_odd_name_is_no_tool(nats_client: Client, name: str) -> None:
    js = nats_client.jetstream()
    await ToolsBucket(js).offer("a", [])
    assert await ToolsBucket(js).find(name) is None


async def test_a_connection_that_is_cancelled_says_so() -> None:
    """Whoever is told to stop while NATS is away must stop."""
    task = asyncio.create_task(connect("nats://127.0.0.1:1", "test"))
    for _ in range(50):
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_subscription_hears_what_another_connection_publishes_right_after(
    engines: Engines, nats_client: Client, region: str
) -> None:
    """Very often: after one flush two in a thousand are not heard."""
    heard = asyncio.Queue[str]()

    async def hear(msg: Msg) -> None:
        heard.put_nowait(msg.subject)

    other = await connect(engines.nats_url, "other")
    for number in range(2000):
        subscription = await nats_client.subscribe(subject := f"{region}.{number}", cb=hear)
        await subscribed(nats_client)
        await other.publish(subject, b"")
        async with asyncio.timeout(60):
            assert await heard.get() == subject
        await subscription.unsubscribe()
    await other.close()
