"""What the sandbox gateway keeps, in PostgreSQL: tokens, payments by their key, and an entry for every effect.

A payment is one row under the key it was authorised with; whatever is asked again under that key finds the row. Each
effect on the card's account is one entry, so that tests can count them. There is no column for a card's number.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Literal

import asyncpg

from trunkline.gateway.cards import Known

Pool = asyncpg.Pool
Connection = asyncpg.pool.PoolConnectionProxy
Status = Literal["authorised", "declined", "captured", "voided", "refunded", "barred"]

TABLES = """
CREATE SCHEMA IF NOT EXISTS gateway;
CREATE TABLE IF NOT EXISTS gateway.tokens (
    token text PRIMARY KEY,
    key text UNIQUE NOT NULL,
    last4 text NOT NULL CHECK (last4 ~ '^[0-9]{4}$'),
    brand text NOT NULL,
    behaviour text NOT NULL,
    created timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE IF NOT EXISTS gateway.payments (
    key text PRIMARY KEY,
    payment text UNIQUE NOT NULL,
    token text REFERENCES gateway.tokens (token),
    reference text NOT NULL,
    amount bigint NOT NULL CHECK (amount >= 0),
    currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    status text NOT NULL CHECK (status IN ('authorised', 'declined', 'captured', 'voided', 'refunded', 'barred')),
    reason text NOT NULL DEFAULT '',
    created timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE IF NOT EXISTS gateway.entries (
    entry bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    payment text NOT NULL REFERENCES gateway.payments (payment),
    effect text NOT NULL CHECK (effect IN ('authorise', 'capture', 'void', 'refund')),
    amount bigint NOT NULL,
    at timestamptz NOT NULL DEFAULT now()
);
"""
_DECLINES = {"decline": "do_not_honour", "insufficient_funds": "insufficient_funds"}


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment as it stands. ``fresh``: this very request changed it."""

    key: str
    payment: str
    reference: str
    amount: int
    currency: str
    status: Status
    reason: str
    fresh: bool = False


class Conflict(Exception):
    """The request cannot be met as things stand; the message says why."""


async def open_ledger(dsn: str) -> "Ledger":
    """Connect, and make the tables where they are missing. Raises OSError or asyncpg.PostgresError."""
    pool = await asyncpg.create_pool(dsn, min_size=1, max_size=5, command_timeout=5, timeout=5)
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended('trunkline gateway', 0))")
        await connection.execute(TABLES)
    return Ledger(pool)


class Ledger:
    """The tables."""

    def __init__(self, pool: "Pool[asyncpg.Record]") -> None:
        self._pool = pool

    async def close(self) -> None:
        """Close the connections; one that hangs is cut."""
        try:
            async with asyncio.timeout(2):
                await self._pool.close()
        except TimeoutError:
            self._pool.terminate()

    async def tokenise(self, card: Known, key: str) -> str:
        """A token for the card; the same key again, the same token."""
        made = f"tok_{secrets.token_hex(16)}"
        await self._pool.execute(
            "INSERT INTO gateway.tokens (token, key, last4, brand, behaviour) VALUES ($1, $2, $3, $4, $5) "
            "ON CONFLICT (key) DO NOTHING",
            made,
            key,
            card.last4,
            card.brand,
            card.behaviour,
        )
        return str(await self._pool.fetchval("SELECT token FROM gateway.tokens WHERE key = $1", key))

    async def behaviour(self, *, token: str = "", key: str = "") -> str:
        """How the card of this token, or of the payment under this key, behaves."""
        found = await self._pool.fetchval(
            "SELECT behaviour FROM gateway.tokens WHERE token = $1 "
            "OR token = (SELECT token FROM gateway.payments WHERE key = $2)",
            token,
            key,
        )
        return str(found or "approve")

    async def find(self, key: str) -> Payment | None:
        """The payment under this key."""
        return _payment(await self._pool.fetchrow("SELECT * FROM gateway.payments WHERE key = $1", key))

    async def authorise(self, key: str, token: str, amount: int, currency: str, reference: str) -> Payment:
        """Set the amount aside on the card, or find that it was.

        Raises:
            Conflict: the key was used for another amount, or the token is not known.
        """
        async with self._locked(key) as connection:
            row = await connection.fetchrow("SELECT * FROM gateway.payments WHERE key = $1", key)
            if row is not None:
                found = _known(row)
                if found.status != "barred" and (row["amount"], row["currency"], row["token"]) != (
                    amount,
                    currency,
                    token,
                ):
                    raise Conflict("This key was used for another payment.")
                return found
            behaviour = await connection.fetchval("SELECT behaviour FROM gateway.tokens WHERE token = $1", token)
            if behaviour is None:
                raise Conflict("There is no such token.")
            reason = _DECLINES.get(behaviour, "")
            row = await connection.fetchrow(
                "INSERT INTO gateway.payments (key, payment, token, reference, amount, currency, status, reason) "
                "VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING *",
                key,
                f"pay_{secrets.token_hex(12)}",
                token,
                reference,
                amount,
                currency,
                "declined" if reason else "authorised",
                reason,
            )
            if not reason:
                await _enter(connection, row, "authorise")
            return _known(row, fresh=True)

    async def capture(self, key: str) -> Payment:
        """Take what was set aside, or find that it was taken.

        Raises:
            Conflict: nothing is set aside under this key.
        """
        async with self._locked(key) as connection:
            row = await connection.fetchrow("SELECT * FROM gateway.payments WHERE key = $1", key)
            if row is None or row["status"] in ("declined", "voided", "refunded", "barred"):
                raise Conflict("Nothing is authorised under this key.")
            if row["status"] == "captured":
                return _known(row)
            token = "SELECT behaviour FROM gateway.tokens WHERE token = $1"
            if await connection.fetchval(token, row["token"]) == "capture_declined":
                return _known({**row, "status": "declined", "reason": "capture_declined"})
            await _enter(connection, row, "capture")
            return await _become(connection, key, "captured")

    async def reverse(self, key: str) -> Payment:
        """Undo whatever was done under this key, and refuse to do it from now on: void, refund, or bar."""
        async with self._locked(key) as connection:
            row = await connection.fetchrow("SELECT * FROM gateway.payments WHERE key = $1", key)
            if row is None:
                row = await connection.fetchrow(
                    "INSERT INTO gateway.payments (key, payment, reference, amount, currency, status) "
                    "VALUES ($1, $2, '', 0, 'XXX', 'barred') RETURNING *",
                    key,
                    f"pay_{secrets.token_hex(12)}",
                )
                return _known(row, fresh=True)
            undone = {"authorised": ("void", "voided"), "captured": ("refund", "refunded")}.get(row["status"])
            if undone is None:
                return _known(row)
            await _enter(connection, row, undone[0])
            return await _become(connection, key, undone[1])

    @asynccontextmanager
    async def _locked(self, key: str) -> "AsyncIterator[Connection[asyncpg.Record]]":
        """A transaction in which nobody else touches the payment under this key."""
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 7))", key)
            yield connection


async def _enter(connection: "Connection[asyncpg.Record]", row: "asyncpg.Record | None", effect: str) -> None:
    assert row is not None
    await connection.execute(
        "INSERT INTO gateway.entries (payment, effect, amount) VALUES ($1, $2, $3)",
        row["payment"],
        effect,
        row["amount"],
    )


async def _become(connection: "Connection[asyncpg.Record]", key: str, status: str) -> Payment:
    row = await connection.fetchrow("UPDATE gateway.payments SET status = $2 WHERE key = $1 RETURNING *", key, status)
    return _known(row, fresh=True)


def _payment(row: "asyncpg.Record | None") -> Payment | None:
    return None if row is None else _known(row)


def _known(row: "asyncpg.Record | dict[str, object] | None", *, fresh: bool = False) -> Payment:
    assert row is not None
    names = ("key", "payment", "reference", "amount", "currency", "status", "reason")
    return Payment(**{name: row[name] for name in names}, fresh=fresh)  # type: ignore[arg-type]
