"""What PostgreSQL keeps of one caller, and how it is taken away.

Messages and links go. A visit keeps its slot, a job its kind and a payment its amount and receipt, which books must
show; who it was for goes from each.
"""

from collections.abc import Sequence
from typing import Any, TypeAlias

import asyncpg

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

GONE = "erased"
CALLS = """
SELECT call_id FROM outbox WHERE recipient = $1
UNION SELECT call_id FROM bookings WHERE phone = $1
UNION SELECT call_id FROM jobs WHERE phone = $1
"""
MESSAGES = "SELECT message_id FROM outbox WHERE recipient = $1 OR call_id = ANY($2)"
STANDING = """
SELECT count(*) FROM bookings
WHERE (phone = $1 OR call_id = ANY($2)) AND status <> 'released' AND day >= current_date
"""
COUNTS = {
    "messages": "SELECT count(*) FROM outbox WHERE recipient = $1 OR call_id = ANY($2)",
    "visits": "SELECT count(*) FROM bookings WHERE phone = $1 OR call_id = ANY($2)",
    "jobs": "SELECT count(*) FROM jobs WHERE phone = $1 OR call_id = ANY($2)",
    "payments": "SELECT count(*) FROM payments WHERE $1::text IS NOT NULL AND call_id = ANY($2)",
}
ERASE = {
    "messages": "DELETE FROM outbox WHERE recipient = $1 OR call_id = ANY($2)",
    # One that stands is cancelled: nobody could be found at its door.
    "visits": f"""
        UPDATE bookings SET name = '{GONE}', phone = NULL, call_id = '{GONE}', status = 'released', changed = now()
        WHERE phone = $1 OR call_id = ANY($2)
    """,
    "jobs": f"""
        UPDATE jobs SET address = '{GONE}', phone = NULL, call_id = '{GONE}', closed = true
        WHERE phone = $1 OR call_id = ANY($2)
    """,
    "payments": f"""
        UPDATE payments SET call_id = '{GONE}', brand = NULL, last4 = NULL
        WHERE $1::text IS NOT NULL AND call_id = ANY($2)
    """,
}
OLD = {
    "messages": ("outbox", "created < now() - $1::int * interval '1 day'"),
    "links": ("links", "until < now() - $1::int * interval '1 day'"),
    "visits": ("bookings", f"day < current_date - $1::int AND call_id <> '{GONE}'"),
    "jobs": ("jobs", f"closed AND created < now() - $1::int * interval '1 day' AND call_id <> '{GONE}'"),
    "payments": ("payments", f"created < now() - $1::int * interval '1 day' AND call_id <> '{GONE}'"),
}
"""Kind of row → its table, and which of it are older than so many days and still name somebody."""
FORGET = {
    "messages": "DELETE FROM outbox",
    "links": "DELETE FROM links",
    "visits": f"UPDATE bookings SET name = '{GONE}', phone = NULL, call_id = '{GONE}'",
    "jobs": f"UPDATE jobs SET address = '{GONE}', phone = NULL, call_id = '{GONE}'",
    "payments": f"UPDATE payments SET call_id = '{GONE}', brand = NULL, last4 = NULL",
}
TABLES = """
SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1
"""


async def calls_of(connection: Connection, caller: str) -> set[str]:
    """The calls that rows with this number came from."""
    return {row["call_id"] for row in await connection.fetch(CALLS, caller)} - {GONE}


async def messages_of(connection: Connection, caller: str, calls: Sequence[str]) -> list[str]:
    """Ids of the messages to this number, and of those that went out because of these calls."""
    return [row["message_id"] for row in await connection.fetch(MESSAGES, caller, calls)]


async def counts(connection: Connection, caller: str, calls: Sequence[str]) -> dict[str, int]:
    """Kind of row → how many there are of this caller; ``standing``: the visits that are still to come."""
    found = {name: await connection.fetchval(query, caller, calls) for name, query in COUNTS.items()}
    return found | {"standing": await connection.fetchval(STANDING, caller, calls)}


async def erase(connection: Connection, caller: str, calls: Sequence[str], workflows: Sequence[str]) -> dict[str, int]:
    """Take it away, all or nothing; kind of row → how many were changed."""
    done = {}
    async with connection.transaction():
        for name, statement in ERASE.items():
            done[name] = _number(await connection.execute(statement, caller, calls))
        done["links"] = _number(await connection.execute("DELETE FROM links WHERE workflow_id = ANY($1)", workflows))
    return done


async def forget(pool: "asyncpg.Pool[asyncpg.Record]", days: int) -> dict[str, int]:
    """Take away what is older than so many days, of anybody, all or nothing; kind of row → how many were changed."""
    async with pool.acquire() as connection, connection.transaction():
        return {
            name: _number(await connection.execute(f"{FORGET[name]} WHERE {which}", days))
            for name, (_, which) in OLD.items()
        }


async def old(pool: "asyncpg.Pool[asyncpg.Record]", days: int) -> dict[str, int]:
    """Kind of row → how many are older than that and still name somebody; only those of which there are any."""
    found = {
        name: int(await pool.fetchval(f"SELECT count(*) FROM {table} WHERE {which}", days))
        for name, (table, which) in OLD.items()
    }
    return {name: number for name, number in found.items() if number}


async def search(connection: Connection, traces: Sequence[str]) -> tuple[int, dict[str, int]]:
    """Go through every row of every table for these texts: how many rows were read, and table → rows that have one."""
    read, found = 0, {}
    for table in [row["name"] for row in await connection.fetch(TABLES)]:
        query = f"SELECT count(*) AS all, count(*) FILTER (WHERE {_has()}) AS bad FROM {table} t"
        row: Any = await connection.fetchrow(query, list(traces))
        read += row["all"]
        if row["bad"]:
            found[f"PostgreSQL {table}"] = int(row["bad"])
    return read, found


def _has() -> str:
    return "EXISTS (SELECT 1 FROM unnest($1::text[]) AS trace WHERE position(trace IN t::text) > 0)"


def _number(status: str) -> int:
    return int(status.rpartition(" ")[2])
