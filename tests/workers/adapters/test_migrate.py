"""Migrations: once, in order, whoever comes first."""

import asyncio
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest_asyncio

from workers.adapters.migrate import migrate, migrations

if TYPE_CHECKING:
    Pool = asyncpg.Pool[asyncpg.Record]


@pytest_asyncio.fixture(scope="module")
async def pool(postgres_dsn: str) -> AsyncIterator["Pool"]:
    async with asyncpg.create_pool(postgres_dsn, min_size=5, max_size=5) as pool:
        yield pool


async def test_five_workers_at_once_migrate_once_and_later_ones_not_at_all(pool: "Pool") -> None:
    counts = await asyncio.gather(*(migrate(pool) for _ in range(5)))
    assert sorted(counts) == [0, 0, 0, 0, len(migrations())]
    assert await migrate(pool) == 0
    versions: list[Any] = await pool.fetch("SELECT version, name FROM trunkline_migrations ORDER BY version")
    assert [(row["version"], row["name"]) for row in versions] == [(one.version, one.name) for one in migrations()]


def test_versions_are_in_order_and_without_gaps() -> None:
    assert [one.version for one in migrations()] == list(range(1, len(migrations()) + 1))
