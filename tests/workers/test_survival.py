"""kill -9 of the worker and of the bridge, as real processes. Slow: each test starts two or three of them."""

import os
import signal
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import asyncpg

from schemas.announcements import AnnouncementRequested
from schemas.subjects import calls_stream
from schemas.tools import ToolCompleted, ToolProgressed, ToolStarted
from trunkline.stack.stack import Engines

if TYPE_CHECKING:
    from tests.workers.conftest import Edge, Eventually, Process

    Database = asyncpg.Connection[asyncpg.Record]
    Processes = Callable[[str], Awaitable[Process]]

GATE = 4711
BARRIER = f"""
CREATE FUNCTION wait_at_the_gate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM pg_advisory_xact_lock_shared({GATE}); RETURN NEW; END $$;
CREATE TRIGGER gate BEFORE UPDATE ON bookings FOR EACH ROW EXECUTE FUNCTION wait_at_the_gate();
"""


async def test_a_worker_killed_in_the_middle_of_a_booking(
    edge: "Edge",
    database: "Database",
    processes: "Processes",
    postgres_dsn: str,
    eventually: "Eventually",
) -> None:
    worker = await processes("worker")
    await processes("bridge")
    await database.execute(BARRIER)
    gate = await asyncpg.connect(postgres_dsn)
    await gate.execute("SELECT pg_advisory_lock($1)", GATE)
    request = edge.request()
    await edge.store(request)
    waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    await eventually("the booking to be held and not confirmed", lambda: database.fetchval(waiting))
    (row,) = await database.fetch("SELECT * FROM bookings WHERE call_id = $1", request.call_id)
    assert row["status"] == "held"

    assert await worker.end(signal.SIGKILL) == -signal.SIGKILL
    await gate.close()
    await processes("worker")

    announced = await edge.expect(AnnouncementRequested, lambda event: event.tool_call_id == request.tool_call_id)
    await edge.hears(announced)
    assert isinstance(await edge.outcome(request), ToolCompleted)
    rows = await database.fetch("SELECT * FROM bookings WHERE call_id = $1", request.call_id)
    assert [row["status"] for row in rows] == ["confirmed"]
    await edge.expect(ToolStarted, lambda event: event.tool_call_id == request.tool_call_id)
    for kind in (ToolStarted, AnnouncementRequested, ToolCompleted):
        assert len(edge.of(kind, request.tool_call_id)) == 1
    assert len(edge.of(ToolProgressed, request.tool_call_id)) == 2


async def test_a_bridge_killed_in_the_middle_of_a_start(
    edge: "Edge", engines: Engines, database: "Database", processes: "Processes", eventually: "Eventually"
) -> None:
    await processes("worker")
    bridge = await processes("bridge")
    os.kill(engines.temporal.pid, signal.SIGSTOP)
    try:
        request = edge.request()
        await edge.store(request)

        async def delivered() -> bool:
            info = await edge.js.consumer_info(calls_stream(edge.region), "bridge")
            return bool(info.num_ack_pending)

        await eventually("the request to be at the bridge", delivered)
        assert await bridge.end(signal.SIGKILL) == -signal.SIGKILL
    finally:
        os.kill(engines.temporal.pid, signal.SIGCONT)
    await processes("bridge")
    assert isinstance(await edge.outcome(request), ToolCompleted)
    rows = await database.fetch("SELECT * FROM bookings WHERE call_id = $1", request.call_id)
    assert [row["status"] for row in rows] == ["confirmed"]
    await edge.expect(ToolStarted, lambda event: event.tool_call_id == request.tool_call_id)
    assert len(edge.of(ToolStarted, request.tool_call_id)) == 1


async def test_both_end_well_when_asked_to(processes: "Processes") -> None:
    for role in ("worker", "bridge"):
        process = await processes(role)
        assert await process.end(signal.SIGTERM) == 0
