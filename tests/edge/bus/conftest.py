"""A real NATS server of each module's own, which may be killed and stopped at will."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import nats
import pytest
import pytest_asyncio
from nats.aio.client import Client

from edge import outbox
from tests.edge.bus.region import SECONDS, Open
from trunkline.stack.engine import Engine
from trunkline.stack.nats import Nats
from trunkline.stack.records import Records


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


@pytest_asyncio.fixture
async def open_bus(server: Engine[Nats], region: str, tmp_path: Path) -> AsyncIterator[Open]:
    opener = Open(server.recipe.url, region, tmp_path)
    yield opener
    await asyncio.gather(*(bus.close(0.5) for bus in opener.buses))
