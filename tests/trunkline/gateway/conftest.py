"""A sandbox gateway on PostgreSQL, on a port of its own."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import asyncpg
import pytest_asyncio
from aiohttp import web

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
    runner = web.AppRunner(Gateway(ledger, GatewaySettings()).application(), access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with asyncpg.create_pool(postgres_dsn, min_size=1, max_size=2) as database:
        yield Sandbox(f"http://127.0.0.1:{runner.addresses[0][1]}", database)
    await runner.cleanup()
    await ledger.close()
