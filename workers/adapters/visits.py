"""Visits that stand, in PostgreSQL. Every method is one short transaction and may run twice."""

from datetime import date

import asyncpg

from workflows.ports import Booked, Slot

Pool = asyncpg.Pool

STANDING = """
SELECT booking_id, fence, service, day, time, name, technician FROM bookings
WHERE phone = $1 AND day >= $2 AND status = 'confirmed'
ORDER BY day, time
LIMIT 20
"""
BOTH = "SELECT booking_id, status, fence FROM bookings WHERE booking_id = ANY($1) ORDER BY booking_id FOR UPDATE"
CONFIRM = "UPDATE bookings SET status = 'confirmed', changed = now() WHERE booking_id = $1"
END = """
UPDATE bookings SET status = 'released', ended_by = $3, changed = now()
WHERE booking_id = $1 AND fence = $2 AND (status = 'confirmed' OR (status = 'released' AND ended_by = $3))
RETURNING booking_id
"""


class PostgresVisits:
    """``VisitStore`` on the table ``bookings``."""

    def __init__(self, pool: "Pool[asyncpg.Record]") -> None:
        self._pool = pool

    async def standing(self, phone: str, since: date) -> list[Booked]:
        rows = await self._pool.fetch(STANDING, phone, since)
        return [
            Booked(
                id=row["booking_id"],
                fence=row["fence"],
                slot=Slot(service=row["service"], day=row["day"], time=row["time"]),
                name=row["name"],
                technician=row["technician"],
            )
            for row in rows
        ]

    async def move(self, visit: Booked, to: str) -> bool:
        async with self._pool.acquire() as connection, connection.transaction():
            # Both rows are locked, always in the same order: two calls that move one visit wait for each other.
            rows = {row["booking_id"]: row for row in await connection.fetch(BOTH, [visit.id, to])}
            new, old = rows.get(to), rows.get(visit.id)
            if new is None or new["status"] == "released":
                raise LookupError(f"No slot is held for booking {to}.")
            if new["status"] == "confirmed":
                return True  # Only this makes it so: it was done before.
            if old is None or (old["status"], old["fence"]) != ("confirmed", visit.fence):
                return False
            await connection.execute(CONFIRM, to)
            await connection.execute(END, visit.id, visit.fence, to)
            return True

    async def cancel(self, visit: Booked, by: str) -> bool:
        return await self._pool.fetchval(END, visit.id, visit.fence, by) is not None
