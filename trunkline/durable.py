"""The durable side, as commands reach it: the local stack's where one runs, else what the settings name."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
from temporalio.client import Client

from trunkline import sources
from trunkline.errors import TrunklineError, reason
from trunkline.stack import local
from trunkline.stack.secrets import sealing_keys
from workers.settings import DeskSettings
from workers.telemetry import Telemetry
from workers.temporal import connect_now, silent

SECONDS = 5


def desk_settings(data: Path | None) -> DeskSettings:
    """Addresses of the stack that runs on ``data``; where none is named and none runs here, of the environment.

    Raises:
        BadSettings: a setting cannot be used.
        TrunklineError: no stack runs on ``data``.
    """
    settings = sources.load(DeskSettings)
    stack = local.find(data)
    if stack is None and data is not None:
        raise TrunklineError(
            f"No stack runs on {data}. Start one with 'trunkline up --data {data}', or leave --data out to ask the "
            "engines that the settings name."
        )
    if stack is None:
        return settings
    found: dict[str, Any] = {
        "region": stack.region,
        "nats_url": stack.nats,
        "temporal_address": stack.temporal,
        "sealing_keys": settings.sealing_keys.get_secret_value() or sealing_keys(Path(stack.data)),
    }
    return DeskSettings.model_validate(settings.model_dump() | found | {"postgres_dsn": stack.postgres})


async def temporal(settings: DeskSettings) -> Client:
    """A client.

    Raises:
        TrunklineError: Temporal does not answer.
    """
    host, _, port = settings.temporal_address.rpartition(":")
    try:
        # Asked first without the SDK, whose threads may bring the process down where it ends right after a refusal.
        async with asyncio.timeout(SECONDS):
            _, writer = await asyncio.open_connection(host, int(port))
        writer.close()
        return await connect_now(
            settings.temporal_address,
            settings.temporal_namespace,
            Telemetry(None, "desk", settings.region),
            settings.payload_keys.get_secret_value(),
            silent(),
        )
    except (RuntimeError, OSError, ValueError, TimeoutError) as error:
        raise TrunklineError(
            f"Temporal at {settings.temporal_address} does not answer. Is 'trunkline up' running, or "
            "TRUNKLINE_TEMPORAL_ADDRESS set?"
        ) from error


@asynccontextmanager
async def database(settings: DeskSettings) -> "AsyncIterator[asyncpg.Connection[asyncpg.Record]]":
    """A connection.

    Raises:
        TrunklineError: PostgreSQL does not answer.
    """
    try:
        connection = await asyncpg.connect(settings.postgres_dsn.get_secret_value(), timeout=SECONDS)
    except (OSError, asyncpg.PostgresError, TimeoutError) as error:
        raise TrunklineError(
            f"PostgreSQL does not answer ({reason(error)}). Is 'trunkline up' running, or TRUNKLINE_POSTGRES_DSN set?"
        ) from error
    try:
        yield connection
    finally:
        await connection.close()
