"""Units on PostgreSQL: one job each, whatever comes at once, twice or late."""

import asyncio
from typing import TYPE_CHECKING

import asyncpg
import pytest_asyncio

from schemas.base import new_id
from workers.adapters.units import PostgresUnits
from workflows.ports import Job

if TYPE_CHECKING:
    Pool = asyncpg.Pool[asyncpg.Record]


def job() -> Job:
    return Job(id=new_id("job"), call_id="call", problem="burst pipe", address="12 Harbor Street")


@pytest_asyncio.fixture
async def units(pool: "Pool") -> PostgresUnits:
    await pool.execute("TRUNCATE offers, jobs")
    return PostgresUnits(pool)


async def test_of_fifty_jobs_at_once_three_get_the_three_units(units: PostgresUnits) -> None:
    offers = await asyncio.gather(*(units.offer(job(), 1) for _ in range(50)))
    assert sorted(unit.id for unit in offers if unit) == ["van-1", "van-2", "van-4"]


async def test_the_same_attempt_is_the_same_unit_and_the_next_another(units: PostgresUnits) -> None:
    wanted = job()
    first = await asyncio.gather(*(units.offer(wanted, 1) for _ in range(10)))
    assert {unit.id for unit in first if unit} == {"van-1"}
    assert await units.decide(wanted, 1, accepted=False)
    assert await units.decide(wanted, 1, accepted=False)
    second = await units.offer(wanted, 2)
    assert second is not None
    assert second.id == "van-2"
    other = await units.offer(job(), 1)
    assert other is not None
    assert other.id == "van-1", "Whoever refused one job is free for another."


async def test_what_comes_after_the_end_changes_nothing(units: PostgresUnits) -> None:
    wanted = job()
    assert await units.offer(wanted, 1)
    await units.close(wanted)
    await units.close(wanted)
    assert not await units.decide(wanted, 1, accepted=True)
    assert await units.offer(wanted, 2) is None
    never = job()
    await units.close(never)
    assert await units.offer(never, 1) is None, "A job that was withdrawn before it came gets nobody."
