"""``trunkline up``, whole, as its user runs it. Slow: it starts engines and roles, models and all, several times."""

import asyncio
import json
import os
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import asyncpg
import pytest
import pytest_asyncio

from trunkline.stack import local
from trunkline.stack.ports import LOOPBACK, free_ports

Until = Callable[..., Awaitable[None]]
READY = 120.0
ROLES = {"edge", "worker", "bridge", "gateway"}
ENGINES = {"nats", "temporal", "postgres", "valkey"}


async def _up(data: Path, *options: str) -> Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "trunkline.cli", "up", "--json", *options),
        stdout=PIPE,
        stderr=PIPE,
        # Its children carry this too, which is how the tests know them.
        env={**os.environ, "TRUNKLINE_DATA": str(data)},
        limit=1_000_000,
    )


async def _ready(process: Process) -> dict[str, Any]:
    assert process.stdout is not None
    assert process.stderr is not None
    line = await asyncio.wait_for(process.stdout.readline(), READY)
    assert line, (await process.stderr.read()).decode()
    told: dict[str, Any] = json.loads(line)
    return told


async def _refused(data: Path, *options: str) -> str:
    """What it says on standard error when it does not come up."""
    process = await _up(data, *options)
    out, err = await asyncio.wait_for(process.communicate(), READY)
    assert (out, process.returncode) == (b"", 1), err.decode()
    return " ".join(err.decode().split())


def _children(data: Path) -> list[int]:
    """Every process of the stack on this data, and whatever those started."""
    return [int(folder.name) for folder in Path("/proc").iterdir() if folder.name.isdecimal() and _is_of(folder, data)]


def _is_of(process: Path, data: Path) -> bool:
    """By its environment, or by its current folder: PostgreSQL writes its title over the former."""
    try:
        if b") Z " in (process / "stat").read_bytes() or int(process.name) == os.getpid():
            return False
        marked = f"TRUNKLINE_DATA={data}".encode() in (process / "environ").read_bytes().split(b"\0")
        return marked or Path(os.readlink(process / "cwd")).is_relative_to(data)
    except OSError:
        return False


@pytest_asyncio.fixture(scope="module")
async def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("up") / "data"


@pytest_asyncio.fixture(scope="module")
async def running(data: Path) -> AsyncIterator[dict[str, Any]]:
    process = await _up(data, "--region", "north")
    yield await _ready(process)
    process.terminate()
    out, err = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 0, err.decode()
    assert out == b"", "There is one line of JSON, and nothing after it."
    assert _children(data) == []
    assert local.find(data) is None


async def test_it_says_where_everything_is(running: dict[str, Any], data: Path) -> None:
    addresses = {"edge", "twilio_ws", "nats", "temporal", "temporal_ui", "postgres", "redis"}
    assert set(running) == addresses | {"data", "region", "pids"}
    assert running["region"] == "north"
    assert running["data"] == str(data)
    assert set(running["pids"]) == {"up"} | ROLES | ENGINES
    async with aiohttp.ClientSession() as web:
        for address in (f"{running['edge']}/health", running["temporal_ui"]):
            async with web.get(address) as answer:
                assert answer.status == 200


async def test_others_find_it(running: dict[str, Any], data: Path) -> None:
    found = local.find(data)
    assert found is not None
    assert json.loads(found.json()) == running


async def test_a_second_one_on_the_same_data_is_refused(running: dict[str, Any], data: Path) -> None:
    assert f"as process {running['pids']['up']}. Stop that one first" in await _refused(data)


@pytest.mark.parametrize("name", ["worker", "bridge", "edge", "nats", "postgres"])
async def test_what_dies_is_started_again(running: dict[str, Any], data: Path, until: Until, name: str) -> None:
    before = local.find(data)
    assert before is not None
    os.kill(before.pids[name], signal.SIGKILL)

    def back() -> bool:
        now = local.find(data)
        return now is not None and now.pids[name] != before.pids[name]

    await until(back, 60)
    after = local.find(data)
    assert after is not None
    assert after.postgres == before.postgres
    connection = await asyncpg.connect(after.postgres)
    await connection.close()


async def test_a_killed_one_leaves_nothing_running_and_the_next_recovers(tmp_path: Path, until: Until) -> None:
    data = tmp_path / "data"
    first = await _up(data)
    told = await _ready(first)
    connection = await asyncpg.connect(told["postgres"])
    await connection.execute("CREATE TABLE kept AS SELECT 'a row' AS what")
    await connection.close()
    assert len(_children(data)) >= 1 + len(ROLES | ENGINES)
    first.kill()
    await first.communicate()
    await until(lambda: _children(data) == [], 15)
    second = await _up(data)
    again = await _ready(second)
    assert again["edge"] == told["edge"]
    connection = await asyncpg.connect(again["postgres"])
    assert await connection.fetchval("SELECT what FROM kept") == "a row"
    await connection.close()
    second.send_signal(signal.SIGINT)
    _, err = await asyncio.wait_for(second.communicate(), 60)
    assert second.returncode == 0
    assert b"Stopped. The data is kept." in err


async def test_it_can_be_stopped_while_it_starts(tmp_path: Path, until: Until) -> None:
    process = await _up(tmp_path / "data")
    await until((tmp_path / "data" / "run" / "nats").exists, 60)
    process.terminate()
    _, err = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 0, err.decode()
    assert _children(tmp_path / "data") == []


async def test_a_taken_port_is_refused(tmp_path: Path) -> None:
    (port,) = free_ports(1)
    with socket.create_server((LOOPBACK, port)):
        assert f"Port {port} on 127.0.0.1 is taken." in await _refused(tmp_path / "data", "--port", str(port))
    assert _children(tmp_path / "data") == []


async def test_an_agent_that_cannot_be_used_is_refused(tmp_path: Path) -> None:
    (tmp_path / "agent.yaml").write_text("name: Robin\nvoice: [")
    told = await _refused(tmp_path / "data", "--agent", str(tmp_path / "agent.yaml"))
    assert "agent.yaml is not YAML" in told
    assert "Traceback" not in told
    assert _children(tmp_path / "data") == []
