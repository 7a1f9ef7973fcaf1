"""Brings the database to the version that this code needs. Every worker does it at start; one at a time gets to."""

import re
from dataclasses import dataclass
from importlib import resources

import asyncpg
import structlog

log = structlog.get_logger(__name__)

LOCK = 0x7472756E6B
"""Advisory lock: any constant that nothing else in the database uses; this one spells "trunk"."""


@dataclass(frozen=True, slots=True)
class Migration:
    """``NNNN_name.sql``: statements that run once, in one transaction."""

    version: int
    name: str
    sql: str


def migrations() -> list[Migration]:
    """All there are, in order of version."""
    found = []
    for file in (resources.files(__package__) / "migrations").iterdir():
        match = re.fullmatch(r"(\d{4})_(\w+)\.sql", file.name)
        if match:
            found.append(Migration(int(match[1]), match[2], file.read_text()))
    return sorted(found, key=lambda migration: migration.version)


async def migrate(pool: "asyncpg.Pool[asyncpg.Record]") -> int:
    """Run the migrations which this database has not seen, and return how many those were.

    Raises:
        asyncpg.PostgresError: one failed; it and those after it have changed nothing.
    """
    async with pool.acquire() as connection:
        await connection.execute("SELECT pg_advisory_lock($1)", LOCK)
        try:
            await connection.execute(
                "CREATE TABLE IF NOT EXISTS trunkline_migrations "
                "(version int PRIMARY KEY, name text NOT NULL, applied timestamptz NOT NULL DEFAULT now())"
            )
            known = {row["version"] for row in await connection.fetch("SELECT version FROM trunkline_migrations")}
            todo = [migration for migration in migrations() if migration.version not in known]
            for migration in todo:
                async with connection.transaction():
                    await connection.execute(migration.sql)
                    await connection.execute(
                        "INSERT INTO trunkline_migrations (version, name) VALUES ($1, $2)",
                        migration.version,
                        migration.name,
                    )
                log.info("The database was migrated.", version=migration.version, name=migration.name)
            return len(todo)
        finally:
            await connection.execute("SELECT pg_advisory_unlock($1)", LOCK)
