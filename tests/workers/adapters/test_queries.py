"""Slow queries are logged with their plan, without what callers said; and how long all of them took."""

import asyncpg
import pytest
from structlog.testing import capture_logs

from workers.adapters.queries import Queries


@pytest.fixture
async def queries() -> Queries:
    return Queries()


async def test_a_slow_query_is_logged_once_with_its_plan_and_not_its_arguments(
    postgres_dsn: str, queries: Queries
) -> None:
    statement = "SELECT count(*) FROM generate_series(1, 10), pg_sleep(0.06) WHERE $1::text <> 'x'"
    with capture_logs() as logs:
        async with asyncpg.create_pool(postgres_dsn, min_size=2, max_size=2, init=queries.watch) as pool:
            queries.pool = pool
            for _ in range(2):
                await pool.fetchval(statement, "a secret of the caller")
            await pool.fetchval("SELECT 1")
            while queries._tasks:
                await next(iter(queries._tasks))
            await queries.close()
    (slow,) = [entry for entry in logs if entry["event"] == "A query was slow."]
    assert slow["query"] == statement
    assert slow["milliseconds"] >= 50
    assert any("generate_series" in line for line in slow["plan"]), slow["plan"]
    assert "secret" not in str(logs)
    (figures,) = [entry for entry in logs if entry["event"] == "Queries to the database."]
    assert figures["count"] >= 3
    assert figures["max"] >= figures["p99"] >= figures["p50"] > 0


async def test_a_query_that_waits_for_a_lock_has_no_plan_to_show(postgres_dsn: str, queries: Queries) -> None:
    with capture_logs() as logs:
        async with asyncpg.create_pool(postgres_dsn, min_size=1, max_size=1, init=queries.watch) as pool:
            queries.pool = pool
            await pool.execute("SELECT pg_advisory_lock(1), pg_sleep(0.06)")
            while queries._tasks:
                await next(iter(queries._tasks))
    (slow,) = [entry for entry in logs if entry["event"] == "A query was slow."]
    assert slow["plan"] == []


def test_nothing_seen_is_nothing_said(queries: Queries) -> None:
    with capture_logs() as logs:
        queries.report()
    assert logs == []
