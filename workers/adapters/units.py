"""Units and their jobs in PostgreSQL. Every method is one short transaction and may run twice."""

import asyncpg

from workflows.ports import Job, Unit

Pool = asyncpg.Pool

PUT = """
INSERT INTO jobs (job_id, call_id, problem, address, phone) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (job_id) DO NOTHING
"""
KEPT = "SELECT units.* FROM offers JOIN units USING (unit_id) WHERE job_id = $1 AND attempt = $2"
FREE = """
SELECT unit_id FROM units
WHERE on_duty AND $1 = ANY(problems)
  AND NOT EXISTS (SELECT FROM offers WHERE offers.unit_id = units.unit_id AND status IN ('offered', 'accepted'))
  AND NOT EXISTS (SELECT FROM offers WHERE offers.unit_id = units.unit_id AND job_id = $2)
ORDER BY rank, unit_id
LIMIT 1
"""
OFFER = """
INSERT INTO offers (job_id, attempt, unit_id, status) VALUES ($1, $2, $3, 'offered')
ON CONFLICT (unit_id) WHERE status IN ('offered', 'accepted') DO NOTHING
RETURNING unit_id
"""
DECIDE = """
UPDATE offers SET status = $3, changed = now()
WHERE job_id = $1 AND attempt = $2 AND status IN ('offered', $3)
RETURNING unit_id
"""
CLOSE = """
INSERT INTO jobs (job_id, call_id, problem, address, phone, closed) VALUES ($1, $2, $3, $4, $5, true)
ON CONFLICT (job_id) DO UPDATE SET closed = true
"""
FREE_UNITS = """
UPDATE offers SET status = 'over', changed = now() WHERE job_id = $1 AND status IN ('offered', 'accepted')
"""


class PostgresUnits:
    """``UnitStore`` on the tables ``units``, ``jobs`` and ``offers``."""

    def __init__(self, pool: "Pool[asyncpg.Record]") -> None:
        self._pool = pool

    async def offer(self, job: Job, attempt: int) -> Unit | None:
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(PUT, *_row(job))
            # Whoever offers or closes the same job at the same time waits here.
            closed = await connection.fetchval("SELECT closed FROM jobs WHERE job_id = $1 FOR UPDATE", job.id)
            kept = await connection.fetchrow(KEPT, job.id, attempt)
            while kept is None and not closed:
                unit = await connection.fetchval(FREE, job.problem, job.id)
                if unit is None:
                    return None
                # Another job may have got it between the look and the insert; there may be one more.
                if await connection.fetchval(OFFER, job.id, attempt, unit):
                    kept = await connection.fetchrow(KEPT, job.id, attempt)
            if closed or kept is None:
                return None
            return Unit(id=kept["unit_id"], person=kept["person"], phone=kept["phone"], minutes=kept["minutes"])

    async def by_phone(self, phone: str) -> list[tuple[str, str]]:
        """(id, person) of every unit with this number."""
        rows = await self._pool.fetch("SELECT unit_id, person FROM units WHERE phone = $1 ORDER BY rank", phone)
        return [(row["unit_id"], row["person"]) for row in rows]

    async def decide(self, job: Job, attempt: int, *, accepted: bool) -> bool:
        said = "accepted" if accepted else "refused"
        return await self._pool.fetchval(DECIDE, job.id, attempt, said) is not None

    async def close(self, job: Job) -> None:
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(CLOSE, *_row(job))
            await connection.execute(FREE_UNITS, job.id)


def _row(job: Job) -> tuple[object, ...]:
    return job.id, job.call_id, job.problem, job.address, job.phone
