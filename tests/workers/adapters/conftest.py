"""PostgreSQL for adapters, with our tables."""

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import asyncpg
import pytest_asyncio

from workers.adapters.migrate import migrate

if TYPE_CHECKING:
    Pool = asyncpg.Pool[asyncpg.Record]


@pytest_asyncio.fixture(scope="module")
async def pool(postgres_dsn: str) -> AsyncIterator["Pool"]:
    async with asyncpg.create_pool(postgres_dsn, min_size=1, max_size=20) as pool:
        await migrate(pool)
        yield pool
