"""A durable consumer on real NATS: what is not acknowledged comes again, and what is gone is made again."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from nats.aio.client import Client as Nats
from nats.aio.msg import Msg
from nats.js.api import AckPolicy, ConsumerConfig

from schemas.subjects import call_subject, calls_stream
from workers.consumer import Consumer, Pull


@contextlib.asynccontextmanager
async def taking(consumer: Consumer, deal: Callable[[Msg], Awaitable[None]]) -> AsyncIterator[None]:
    """While the consumer runs, ``deal`` gets what it is handed."""

    async def take(pull: Pull) -> None:
        for msg in await pull(5):
            await deal(msg)

    task = asyncio.create_task(consumer.run(take))
    try:
        yield
    finally:
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            async with asyncio.timeout(60):
                await task


@pytest.fixture
def consumer(nats_client: Nats, region: str) -> Consumer:
    config = ConsumerConfig(
        durable_name="test",
        ack_policy=AckPolicy.EXPLICIT,
        ack_wait=60.0,
        filter_subject=call_subject(region, kind="call_started"),
    )
    return Consumer(nats_client.jetstream(), region, config)


async def test_what_was_refused_comes_again_and_what_was_acknowledged_does_not(
    consumer: Consumer, nats_client: Nats, region: str
) -> None:
    await consumer.ensure()
    js, done = nats_client.jetstream(), asyncio.Event()
    for number in range(3):
        await js.publish(call_subject(region, f"call{number}", "call_started"), str(number).encode())
    seen: list[bytes] = []

    async def deal(msg: Msg) -> None:
        seen.append(msg.data)
        if msg.data == b"1" and seen.count(b"1") == 1:
            await msg.nak()
            return
        await msg.ack_sync()
        if len(seen) == 4:
            done.set()

    async with taking(consumer, deal), asyncio.timeout(60):
        await done.wait()
    assert sorted(seen) == [b"0", b"1", b"1", b"2"]
    info = await js.consumer_info(calls_stream(region), "test")
    assert info.num_ack_pending == info.num_pending == 0


async def test_a_consumer_that_is_gone_is_made_again(consumer: Consumer, nats_client: Nats, region: str) -> None:
    js, seen = nats_client.jetstream(), asyncio.Queue[bytes]()

    async def deal(msg: Msg) -> None:
        await msg.ack_sync()
        seen.put_nowait(msg.data)

    await consumer.ensure()
    async with taking(consumer, deal), asyncio.timeout(60):
        await js.publish(call_subject(region, "call1", "call_started"), b"before")
        assert await seen.get() == b"before"
        await js.delete_consumer(calls_stream(region), "test")
        await js.publish(call_subject(region, "call2", "call_started"), b"after")
        while await seen.get() != b"after":
            pass  # A consumer that is new begins at the beginning.
