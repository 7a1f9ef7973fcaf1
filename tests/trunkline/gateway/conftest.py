"""A sandbox gateway on PostgreSQL, on a port of its own."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import asyncpg
import pytest_asyncio

from tests.serving import serving
from trunkline.gateway.app import Gateway
from trunkline.gateway.ledger import open_ledger
from trunkline.gateway.settings import GatewaySettings


@dataclass
class Sandbox:
    """``url`` is where it is; ``database`` is where it keeps what it keeps."""

    url: str
    database: "asyncpg.Pool[asyncpg.Record]"

    async def effects(self, key: str) -> list[str]:
        """What was done to the card under this key, in order."""
        rows = await self.database.fetch(
            "SELECT effect FROM gateway.entries JOIN gateway.payments USING (payment) WHERE key = $1 ORDER BY entry",
            key,
        )
        return [row["effect"] for row in rows]


@pytest_asyncio.fixture(scope="module")
async def sandbox(postgres_dsn: str) -> AsyncIterator[Sandbox]:
    ledger = await open_ledger(postgres_dsn)
    async with (
        serving(Gateway(ledger, GatewaySettings()).application()) as url,
        asyncpg.create_pool(postgres_dsn, min_size=1, max_size=2) as database,
    ):
        yield Sandbox(url, database)
    await ledger.close()
