"""Watches queries to PostgreSQL: how long they take, and the plan of one that takes too long."""

import asyncio
import re
from collections.abc import Sequence
from typing import Any

import asyncpg
import structlog

log = structlog.get_logger(__name__)

SLOW = 0.050
"""Seconds from which on a query is logged, with its plan."""
AGAIN = 60.0
"""Seconds for which the same statement's plan is not asked for again."""
STATEMENTS = 200
"""Different statements whose plans are remembered to have been told."""
KEPT = 20_000
"""Durations kept between two reports; more are not counted in its quantiles."""
_NAME = "trunkline_slow_query"
_PLANNED = re.compile(r"\s*(?:SELECT|INSERT|UPDATE|DELETE|MERGE|WITH|VALUES)\b", re.IGNORECASE)
_LOCKS = re.compile(r"advisory|FOR (?:UPDATE|SHARE|NO KEY UPDATE)", re.IGNORECASE)


class Queries:
    """Give ``watch`` to a pool as its ``init``. Arguments are never logged: they are what callers said."""

    def __init__(self) -> None:
        self.pool: asyncpg.Pool[asyncpg.Record] | None = None
        """Where plans are asked for; set it once there is one."""
        self._took: list[float] = []
        self._told: dict[str, float] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def watch(self, connection: Any) -> None:
        """See every query of this connection from now on."""
        connection.add_query_logger(self._see)

    def report(self) -> None:
        """Log what was seen since the last time, where anything was. Milliseconds."""
        took, self._took = sorted(self._took), []
        if took:
            figures = {
                name: round(1000 * at(took, part), 1) for name, part in (("p50", 0.5), ("p99", 0.99), ("max", 1))
            }
            log.info("Queries to the database.", count=len(took), **figures)

    async def close(self) -> None:
        """Ask for no more plans."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self.report()

    def _see(self, record: Any) -> None:
        if len(self._took) < KEPT:
            self._took.append(record.elapsed)
        if record.elapsed < SLOW:
            return
        now = asyncio.get_running_loop().time()
        if now - self._told.get(record.query, -AGAIN) < AGAIN:
            return
        if len(self._told) >= STATEMENTS:
            self._told.clear()
        self._told[record.query] = now
        task = asyncio.create_task(self._tell(record.query, record.elapsed), name="plan of a slow query")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _tell(self, query: str, elapsed: float) -> None:
        plan = await self._plan(query)
        log.warning(
            "A query was slow.", query=" ".join(query.split())[:500], milliseconds=round(1000 * elapsed, 1), plan=plan
        )

    async def _plan(self, query: str) -> list[str]:
        """The plan for any arguments: with those that were given it could be another, but they are not ours to keep."""
        if self.pool is None or not _PLANNED.match(query) or _LOCKS.search(query):
            return []  # What waits for a lock has no plan that would tell why.
        try:
            async with asyncio.timeout(2), self.pool.acquire() as connection, connection.transaction():
                await connection.execute("SET LOCAL plan_cache_mode = force_generic_plan")
                await connection.execute(f"PREPARE {_NAME} AS {query}")
                try:
                    rows = await connection.fetch(f"EXPLAIN EXECUTE {_NAME}{_nothing(query)}")
                finally:
                    await connection.execute(f"DEALLOCATE {_NAME}")
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError) as error:
            return [f"no plan: {error or type(error).__name__}"]
        return [str(row[0]) for row in rows]


def _nothing(query: str) -> str:
    """An argument for each parameter, which a generic plan does not look at."""
    count = max((int(number) for number in re.findall(r"\$(\d+)", query)), default=0)
    return f"({', '.join(['NULL'] * count)})" if count else ""


def at(ordered: Sequence[float], part: float) -> float:
    """The value that this part of the values does not exceed."""
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]
