"""The engines: whether the wheels' programs are there, and whether those that settings name can be reached."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from trunkline import sources
from trunkline.checks.finding import Finding
from trunkline.errors import TrunklineError
from trunkline.roles import ROLES, settings_of
from trunkline.stack import postgres, programs
from trunkline.stack.local import LocalStack

_PATIENCE = 3.0
PROGRAMS: dict[str, Callable[[], Path]] = {
    "nats": programs.nats_server,
    "temporal": programs.temporal,
    "postgres": lambda: programs.postgres("postgres"),
    "valkey": programs.valkey_server,
}


async def check(stack: LocalStack | None) -> list[Finding]:
    """Programs, then reachability: of the local stack where one runs, else of what settings name."""
    present = await asyncio.gather(*(_program(name, find) for name, find in PROGRAMS.items()))
    return [*present, _user(), *await reachable(addresses(stack), local=stack is not None)]


async def _program(name: str, find: Callable[[], Path]) -> Finding:
    try:
        return Finding("engines", name, "ok", await programs.version(find()))
    except TrunklineError as error:
        return Finding("engines", name, "error", str(error), "Run 'make setup'.")


def _user() -> Finding:
    try:
        user = postgres.server_user()
    except TrunklineError as error:
        return Finding("engines", "postgres user", "error", str(error), "Run Trunkline as a user other than root.")
    return Finding("engines", "postgres user", "ok", "ourselves" if user is None else "nobody, as we are root")


def addresses(stack: LocalStack | None) -> dict[str, str]:
    """Engine → address, as a URL or host:port."""
    if stack:
        return {"nats": stack.nats, "temporal": stack.temporal, "postgres": stack.postgres, "valkey": stack.redis}
    found = {}
    wanted = {"nats_url": "nats", "temporal_address": "temporal", "postgres_dsn": "postgres", "redis_url": "valkey"}
    for role in ROLES.values():
        settings = sources.load(settings_of(role))
        for field, engine in wanted.items():
            if value := getattr(settings, field, None):
                secret = getattr(value, "get_secret_value", None)
                found[engine] = str(secret() if secret else value)
    return found


async def reachable(where: dict[str, str], *, local: bool) -> list[Finding]:
    """Whether something listens there. An error only where a running stack says that it does."""
    return list(await asyncio.gather(*(_reach(name, address, local) for name, address in where.items())))


async def _reach(name: str, address: str, local: bool) -> Finding:
    # Of several servers the first stands for all.
    address = address.split(",")[0].strip()
    parts = urlsplit(address if "://" in address else f"//{address}")
    host, port = parts.hostname or "127.0.0.1", parts.port or _PORTS[name]
    try:
        async with asyncio.timeout(_PATIENCE):
            _, writer = await asyncio.open_connection(host, port)
        writer.close()
    except (OSError, TimeoutError):
        if local:
            advice = "'trunkline up' starts it again by itself; if not, see the logs in its data folder."
            return Finding("reachable", name, "error", f"The local stack's {host}:{port} does not answer.", advice)
        advice = "Start 'trunkline up', or name the server in the settings."
        return Finding("reachable", name, "note", f"Nothing answers at {host}:{port}.", advice)
    return Finding("reachable", name, "ok", f"{host}:{port} answers")


_PORTS = {"nats": 4222, "temporal": 7233, "postgres": 5432, "valkey": 6379}
