"""Appointments in PostgreSQL. Every method is one short transaction and may run twice."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import date, time

import asyncpg

from workflows.ports import Appointment, Slot

Pool = asyncpg.Pool

CLAIM = """
INSERT INTO bookings (booking_id, call_id, service, technician, day, time, name, phone, fence, status)
SELECT $1, $2, $3, technicians.name, $4, $5, $6, $7, $8, 'held'
FROM technicians
WHERE technicians.service = $3 AND NOT EXISTS (
    SELECT FROM bookings taken
    WHERE taken.technician = technicians.name AND taken.day = $4 AND taken.time = $5 AND taken.status <> 'released'
)
ORDER BY technicians.name
LIMIT 1
ON CONFLICT (technician, day, time) WHERE status <> 'released' DO NOTHING
RETURNING technician
"""
FREE = """
SELECT EXISTS (
    SELECT FROM technicians
    WHERE service = $1 AND NOT EXISTS (
        SELECT FROM bookings taken
        WHERE taken.technician = technicians.name AND taken.day = $2 AND taken.time = $3 AND taken.status <> 'released'
    )
)
"""
RELEASE = """
INSERT INTO bookings (booking_id, call_id, service, day, time, name, phone, fence, status)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'released')
ON CONFLICT (booking_id) DO UPDATE
SET status = 'released', fence = greatest(bookings.fence, excluded.fence), changed = now()
"""
TAKEN = """
SELECT day, time FROM bookings
WHERE service = $1 AND day = ANY($2) AND status <> 'released'
GROUP BY day, time
HAVING count(*) >= (SELECT count(*) FROM technicians WHERE service = $1)
"""


class PostgresAppointments:
    """``AppointmentStore`` on the tables ``bookings`` and ``technicians``."""

    def __init__(self, pool: "Pool[asyncpg.Record]") -> None:
        self._pool = pool

    async def hold(self, appointment: Appointment) -> str | None:
        # Nearly always it was never asked for, and one statement does it: a caller waits.
        with suppress(asyncpg.UniqueViolationError):
            technician = await self._pool.fetchval(CLAIM, *_row(appointment))
            if technician is not None:
                return str(technician)
        return await self._hold(appointment)

    async def _hold(self, appointment: Appointment) -> str | None:
        """As it should be where there is one of this id already, or nobody was free at first sight."""
        async with self._pool.acquire() as connection, connection.transaction():
            # The same appointment may be asked for twice at once, by a worker that was thought dead: one waits.
            await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", appointment.id)
            mine = await connection.fetchrow("SELECT * FROM bookings WHERE booking_id = $1", appointment.id)
            if mine is not None:
                if mine["status"] == "confirmed" or (mine["status"] == "held" and mine["fence"] == appointment.fence):
                    return str(mine["technician"])
                if mine["fence"] >= appointment.fence:
                    return None
                await connection.execute("DELETE FROM bookings WHERE booking_id = $1", appointment.id)
            return await self._claim(connection, appointment)

    async def _claim(
        self, connection: "asyncpg.pool.PoolConnectionProxy[asyncpg.Record]", wanted: Appointment
    ) -> str | None:
        while True:
            technician = await connection.fetchval(CLAIM, *_row(wanted))
            if technician is not None:
                return str(technician)
            # Another caller may have taken that technician between the look and the insert; there may be one more.
            if not await connection.fetchval(FREE, *_key(wanted.slot)):
                return None

    async def confirm(self, appointment_id: str) -> None:
        confirmed = await self._pool.fetchval(
            "UPDATE bookings SET status = 'confirmed', changed = now() "
            "WHERE booking_id = $1 AND status <> 'released' RETURNING booking_id",
            appointment_id,
        )
        if confirmed is None:
            raise LookupError(f"No slot is held for booking {appointment_id}.")

    async def release(self, appointment: Appointment) -> None:
        await self._pool.execute(RELEASE, *_row(appointment))

    async def taken(self, service: str, days: Sequence[date]) -> list[Slot]:
        rows = await self._pool.fetch(TAKEN, service, list(days))
        return [Slot(service=service, day=row["day"], time=row["time"]) for row in rows]


def _key(slot: Slot) -> tuple[str, date, time]:
    return slot.service, slot.day, slot.time


def _row(appointment: Appointment) -> tuple[str, str, str, date, time, str, str | None, int]:
    slot = _key(appointment.slot)
    return appointment.id, appointment.call_id, *slot, appointment.name, appointment.phone, appointment.fence
