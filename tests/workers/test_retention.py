"""Retention on real engines: what is old goes by a schedule, what is not stays, and that is written down."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest
from temporalio.client import Client
from temporalio.service import RPCError

from schemas.base import new_id
from schemas.subjects import calls_stream
from workers import worker
from workers.settings import WorkerSettings
from workers.telemetry import Telemetry
from workers.temporal import connect

if TYPE_CHECKING:
    from tests.workers.conftest import Edge, Eventually, Running

    Database = asyncpg.Connection[asyncpg.Record]

DAYS = 3


async def lived(database: "Database", ago: int) -> str:
    """A call of so many days ago, with one row of each kind."""
    call, at, day = new_id("call"), datetime.now(UTC) - timedelta(days=ago), date.today() - timedelta(days=ago)
    for statement, values in (
        (
            "INSERT INTO outbox (message_id, call_id, recipient, text, created) VALUES ($1, $2, '+15550100', 'Hi', $3)",
            (new_id("m"), call, at),
        ),
        (
            "INSERT INTO bookings "
            "(booking_id, call_id, service, technician, day, time, name, phone, status, fence, created) "
            "VALUES ($1, $2, 'tap repair', 'Nina', $3, '10:00', 'Anna', '+15550100', 'confirmed', 1, $4)",
            (new_id("b"), call, day, at - timedelta(days=60)),
        ),
        (
            "INSERT INTO jobs (job_id, call_id, problem, address, phone, closed, created) "
            "VALUES ($1, $2, 'gas smell', '12 Harbor Street', '+15550100', true, $3)",
            (new_id("j"), call, at),
        ),
        ("INSERT INTO links (token, workflow_id, item, until) VALUES ($1, $2, 'i', $3)", (new_id("t"), call, at)),
    ):
        await database.execute(statement, *values)
    return call


async def named(database: "Database", call: str) -> dict[str, int]:
    """How many rows still name the call."""
    counts = {
        table: await database.fetchval(f"SELECT count(*) FROM {table} WHERE call_id = $1", call)
        for table in ("outbox", "bookings", "jobs")
    }
    return counts | {"links": await database.fetchval("SELECT count(*) FROM links WHERE workflow_id = $1", call)}


async def test_what_is_old_is_forgotten_each_day(
    worker_settings: WorkerSettings,
    running: "Running",
    edge: "Edge",
    database: "Database",
    eventually: "Eventually",
) -> None:
    keeping = worker_settings.model_copy(update={"keep_days": DAYS})
    temporal: Client = await connect(worker_settings.temporal_address, "default", Telemetry(None, "test", "test"))
    schedule = temporal.get_schedule_handle(f"trunkline-retention-{worker_settings.region}")

    async def certificates() -> list[Any]:
        rows = await database.fetch("SELECT certificate FROM erasures ORDER BY created")
        return [json.loads(row["certificate"]) for row in rows]

    async with running(lambda ready: worker.serve(keeping, ready)):
        described = await schedule.describe()
        assert [each.every for each in described.schedule.spec.intervals] == [timedelta(days=1)]
        await eventually("the first run, at once", certificates)
        old, fresh = await lived(database, DAYS + 2), await lived(database, DAYS - 2)
        await schedule.trigger()

        async def again() -> bool:
            return len(await certificates()) > 1

        await eventually("a further run", again)
        certificate = (await certificates())[-1]
        assert certificate["forgotten"] == {"messages": 1, "links": 1, "visits": 1, "jobs": 1, "payments": 0}
        assert (certificate["days"], certificate["left"]) == (DAYS, {})
        assert set((await named(database, old)).values()) == {0}
        assert set((await named(database, fresh)).values()) == {1}
        # A visit of that day is still counted, as nobody's.
        (visit,) = await database.fetch("SELECT * FROM bookings WHERE call_id = 'erased'")
        assert (visit["name"], visit["phone"], visit["status"]) == ("erased", None, "confirmed")
        info = await edge.js.stream_info(calls_stream(edge.region))
        assert info.config.max_age == DAYS * 86_400

    async with running(lambda ready: worker.serve(worker_settings, ready)):
        with pytest.raises(RPCError, match="not found"):
            await schedule.describe()
