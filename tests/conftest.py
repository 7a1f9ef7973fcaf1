"""Real engines, started once for all tests of a session."""

import asyncio
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import asyncpg
import nats
import pytest
import pytest_asyncio
from hypothesis import HealthCheck, settings
from nats.aio.client import Client
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from trunkline.stack.stack import Engines

Until = Callable[..., Awaitable[Any]]
SYSTEM = "tests/system/"

# How long an example takes says how busy the machine is, and nothing of the code.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


class Halves(LoadFileScheduling):  # type: ignore[misc]  # xdist comes without types.
    """What ``make test`` gives its two processes: all calls through the whole stack to one, file by file to the other,
    and to whoever is done first."""

    def _split_scope(self, nodeid: str) -> str:
        return SYSTEM if nodeid.startswith(SYSTEM) else str(super()._split_scope(nodeid))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Halves:
    return Halves(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins first."""
    items.sort(key=lambda item: not item.nodeid.startswith(SYSTEM))


@pytest_asyncio.fixture(scope="session")
async def engines(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Engines]:
    """NATS, Temporal, PostgreSQL and Valkey. A test which kills one restarts it before it ends."""
    async with Engines(tmp_path_factory.mktemp("engines")) as engines:
        yield engines


@pytest_asyncio.fixture
async def nats_client(engines: Engines) -> AsyncIterator[Client]:
    """A connection of the test's own."""
    client = await nats.connect(engines.nats_url)
    yield client
    await client.close()


@pytest_asyncio.fixture(scope="module")
async def postgres_dsn(engines: Engines) -> AsyncIterator[str]:
    """A fresh, empty database for each test module."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    await _run(engines.postgres_dsn, f"CREATE DATABASE {name}")
    yield engines.postgres.recipe.dsn_of(name)
    await _run(engines.postgres_dsn, f"DROP DATABASE {name} WITH (FORCE)")


async def _run(dsn: str, statement: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder for a stack of the test's own."""
    return tmp_path / "data"


@pytest.fixture
def until() -> Until:
    """``await until(lambda: ...)`` polls until it is true, for at most ``deadline`` seconds."""

    async def until(true: Callable[[], bool], deadline: float = 60.0) -> None:
        end = time.monotonic() + deadline
        while not true():
            assert time.monotonic() < end, f"It did not come true in {deadline:g} s."
            await asyncio.sleep(0.02)

    return until
