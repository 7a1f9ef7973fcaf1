"""PostgreSQL as root or not, wherever its data are, after any death."""

import os
from pathlib import Path

import asyncpg
import pytest

from trunkline.errors import TrunklineError
from trunkline.stack.engine import Engine
from trunkline.stack.postgres import Postgres
from trunkline.stack.records import Records


async def _answers(server: Engine[Postgres]) -> None:
    connection = await asyncpg.connect(server.recipe.dsn)
    assert await connection.fetchval("SELECT 1") == 1
    await connection.close()


@pytest.fixture
def private(data: Path) -> Path:
    """A folder that only its owner may enter."""
    data.mkdir(mode=0o700)
    return data / "within"


async def test_data_may_lie_where_only_we_may_enter(private: Path) -> None:
    server = Engine(Postgres(private), Records(private))
    await server.start()
    await _answers(server)
    await server.stop()


async def test_a_stale_lock_with_the_pid_of_another_process_is_forgotten(data: Path) -> None:
    server = Engine(Postgres(data), Records(data))
    await server.start()
    lock = data / "postgres" / "postmaster.pid"
    stale = lock.read_text().splitlines()
    await server.stop()
    assert not lock.exists()
    stale[0] = str(os.getpid())
    lock.write_text("\n".join(stale) + "\n")
    await server.restart()
    await _answers(server)
    await server.stop()


async def test_a_strangers_server_on_the_data_is_refused(data: Path) -> None:
    first = Engine(Postgres(data), Records(data))
    await first.start()
    with pytest.raises(TrunklineError, match=f"process {first.pid}"):
        await Engine(Postgres(data), Records(data)).start()
    await _answers(first)
    await first.stop()


async def test_a_half_made_cluster_is_made_anew(data: Path) -> None:
    half = data / "postgres.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    server = Engine(Postgres(data), Records(data))
    await server.start()
    await _answers(server)
    await server.stop()
    assert not half.exists()
