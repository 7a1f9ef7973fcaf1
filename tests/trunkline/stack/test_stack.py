"""The four engines together. Slower than most: it starts and stops real servers."""

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import asyncpg
import nats
import pytest
import redis.asyncio
from nats.aio.client import Client
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client as TemporalClient

from trunkline.errors import AlreadyRunning
from trunkline.stack import identity
from trunkline.stack.stack import Engines

Until = Callable[..., Awaitable[None]]


async def test_each_engine_answers(engines: Engines, nats_client: Client, postgres_dsn: str) -> None:
    await nats_client.jetstream().account_info()
    temporal = await TemporalClient.connect(engines.temporal_address)
    await temporal.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace="default"))
    connection = await asyncpg.connect(postgres_dsn)
    assert await connection.fetchval("SELECT 1") == 1
    await connection.close()
    cache = redis.asyncio.Redis.from_url(engines.redis_url)
    assert await cache.ping()
    await cache.aclose()


async def test_second_stack_on_the_same_data_is_refused(engines: Engines) -> None:
    with pytest.raises(AlreadyRunning, match=str(os.getpid())):
        await Engines.start(engines.data)


async def test_data_survive_a_restart(data: Path) -> None:
    async with Engines(data) as first:
        connection = await asyncpg.connect(first.postgres_dsn)
        await connection.execute("CREATE TABLE kept (what text)")
        await connection.execute("INSERT INTO kept VALUES ('a row')")
        await connection.close()
        client = await nats.connect(first.nats_url)
        await client.jetstream().add_stream(name="KEPT", subjects=["kept"])
        await client.jetstream().publish("kept", b"a message")
        await client.close()
        temporal = await TemporalClient.connect(first.temporal_address)
        await temporal.start_workflow("Kept", id="kept", task_queue="nobody")
    async with Engines(data) as second:
        connection = await asyncpg.connect(second.postgres_dsn)
        assert await connection.fetchval("SELECT what FROM kept") == "a row"
        await connection.close()
        client = await nats.connect(second.nats_url)
        assert (await client.jetstream().get_last_msg("KEPT", "kept")).data == b"a message"
        await client.close()
        temporal = await TemporalClient.connect(second.temporal_address)
        description = await temporal.get_workflow_handle("kept").describe()
        assert description.workflow_type == "Kept"


async def test_an_engine_comes_back_on_its_ports_after_a_kill(engines: Engines) -> None:
    before = engines.pids
    for engine in engines.all:
        await engine.kill()
    for engine in engines.all:
        await engine.restart()
    assert not set(before.values()) & set(engines.pids.values())
    connection = await asyncpg.connect(engines.postgres_dsn)
    await connection.close()


_STACK = """
import asyncio, json, sys
from pathlib import Path
from trunkline.stack import identity
from trunkline.stack.stack import Engines
async def main():
    engines = await Engines.start(Path(sys.argv[1]))
    print(json.dumps(engines.pids), flush=True)
    await asyncio.Event().wait()
asyncio.run(main())
"""


async def test_a_killed_stack_leaves_nothing_running_and_the_next_recovers(data: Path, until: Until) -> None:
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _STACK, str(data), stdout=asyncio.subprocess.PIPE
    )
    assert parent.stdout is not None
    pids = json.loads(await asyncio.wait_for(parent.stdout.readline(), 60))
    processes = [identity.of(pid) for pid in pids.values()]
    assert None not in processes
    parent.kill()
    await parent.wait()
    await until(lambda: not any(process and process.alive() for process in processes))
    async with Engines(data) as engines:
        connection = await asyncpg.connect(engines.postgres_dsn)
        await connection.close()


async def test_the_next_stack_kills_what_an_earlier_one_left(data: Path) -> None:
    first = await Engines.start(data)
    # As if the first had died without its children: its lock is gone, they are not.
    assert first._hold is not None
    first._hold.release()
    said: list[str] = []
    async with Engines(data, said.append) as second:
        assert any("Stopped postgres" in sentence for sentence in said)
        assert not set(first.pids.values()) & set(second.pids.values())
        connection = await asyncpg.connect(second.postgres_dsn)
        await connection.close()
    for engine in first.all:
        assert await asyncio.wait_for(engine.wait(), 60) == -9
