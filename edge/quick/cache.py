"""Answers kept in Valkey, for all edges of a region. What is lost is asked for again; Valkey away is no cache."""

import asyncio
import contextlib
import hashlib
import time
from collections.abc import Mapping
from typing import Any, Protocol

import msgspec
import structlog
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)

PATIENCE = 0.06
"""Seconds for Valkey: it answers in one millisecond, or it is away."""
REST = 1.0
"""Seconds for which a Valkey that was away is not asked."""
EMPTYING = 1.5
"""Seconds for emptying it: whoever wants it waits no longer for an edge."""
_PREFIX = "trunkline:quick:"


class Kept(msgspec.Struct):
    """An answer and when the service gave it, in seconds of Unix time."""

    at: float
    content: dict[str, Any]


class Cache(Protocol):
    """Where answers are kept."""

    async def get(self, key: str) -> Kept | None: ...

    async def put(self, key: str, kept: Kept, seconds: float) -> None: ...

    async def empty(self) -> tuple[int, int]:
        """Throw all answers away: how many that were, and how many are left."""
        ...

    async def close(self) -> None: ...


def key_of(tool: str, url: str, question: Mapping[str, Any]) -> str:
    """What everything that decides an answer is known by."""
    asked = msgspec.json.encode([tool, url, question], order="deterministic")
    return f"{_PREFIX}v1:{tool}:{hashlib.sha256(asked).hexdigest()}"


class ValkeyCache:
    """``Cache`` in Valkey. Never raises, and never takes longer than PATIENCE."""

    def __init__(self, url: str) -> None:
        pool: BlockingConnectionPool = BlockingConnectionPool.from_url(
            url, max_connections=16, timeout=PATIENCE, socket_connect_timeout=PATIENCE, retry=Retry(NoBackoff(), 0)
        )
        self._redis = Redis.from_pool(pool)
        self._rests_until = 0.0

    async def get(self, key: str) -> Kept | None:
        if time.monotonic() < self._rests_until:
            return None
        try:
            async with asyncio.timeout(PATIENCE):
                found = await self._redis.get(key)
            return msgspec.json.decode(found, type=Kept) if found else None
        except (RedisError, OSError, TimeoutError) as error:
            self._away(error)
        except msgspec.DecodeError:
            log.warning("An answer in the cache makes no sense.", key=key)
        return None

    async def put(self, key: str, kept: Kept, seconds: float) -> None:
        if seconds < 0.001:
            return
        try:
            async with asyncio.timeout(1.0):  # Nobody waits for it.
                await self._redis.set(key, msgspec.json.encode(kept), px=int(seconds * 1000))
        except (RedisError, OSError, TimeoutError) as error:
            self._away(error)

    async def empty(self) -> tuple[int, int]:
        """Whoever they were for: a key does not say, and what is lost is asked for again. One is said to be left where
        Valkey is away, since nobody knows."""
        try:
            async with asyncio.timeout(EMPTYING):
                thrown = 0
                for key in await self._keys():
                    thrown += await self._redis.unlink(key)
                return thrown, len(await self._keys())
        except (RedisError, OSError, TimeoutError) as error:
            self._away(error)
            return 0, 1

    async def _keys(self) -> list[bytes]:
        return [key async for key in self._redis.scan_iter(match=f"{_PREFIX}*", count=1000)]

    async def close(self) -> None:
        with contextlib.suppress(RedisError, OSError, TimeoutError):
            async with asyncio.timeout(1.0):
                await self._redis.aclose()

    def _away(self, error: Exception) -> None:
        self._rests_until = time.monotonic() + REST
        log.warning("Valkey is away; quick tools do without their cache.", why=str(error) or type(error).__name__)


class NoCache:
    """``Cache`` where there is none."""

    async def get(self, key: str) -> Kept | None:
        return None

    async def put(self, key: str, kept: Kept, seconds: float) -> None:
        return

    async def empty(self) -> tuple[int, int]:
        return 0, 0

    async def close(self) -> None:
        return
