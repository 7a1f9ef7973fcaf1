"""What a trial's PostgreSQL holds of what callers wanted: reservations, money, and messages."""

from collections.abc import Callable

import asyncpg

from trunkline.chaos.ledger import Entry, Kind
from trunkline.chaos.tools.place_order import number_of
from trunkline.chaos.wants import outcome_in
from workflows.ports import Slot

ROOM = 50
"""Technicians of each service, so that no order finds its slot taken; and units, so that few jobs find none free."""

TECHNICIANS = f"""
INSERT INTO technicians (name, service)
SELECT service || ' ' || n, service FROM (SELECT DISTINCT service FROM technicians) AS services,
generate_series(1, {ROOM}) AS n
WHERE NOT EXISTS (SELECT FROM technicians WHERE name LIKE '% {ROOM}')
"""
UNITS = f"""
INSERT INTO units (unit_id, person, phone, problems, rank, minutes)
SELECT 'trial-' || n, 'Unit ' || n, NULL, '{{burst pipe}}', 10 + n, 15 FROM generate_series(1, {ROOM}) AS n
ON CONFLICT DO NOTHING
"""
RESERVED = """
SELECT booking_id, service, day, time, extract(epoch FROM changed) AS at FROM bookings WHERE status = 'confirmed'
"""
PAID = """
SELECT payment_key, reference, extract(epoch FROM changed) AS at FROM payments
WHERE reference LIKE 'Order %' AND status = 'paid'
"""
MONEY = """
SELECT effect, payment, reference, extract(epoch FROM at) AS at FROM gateway.entries
JOIN gateway.payments USING (payment) WHERE reference LIKE 'Order %'
"""
EFFECTS: dict[str, Kind] = {"authorise": "held", "capture": "taken", "void": "given_back", "refund": "given_back"}
SENT = "SELECT message_id, text, extract(epoch FROM created) AS at FROM outbox"


async def make_room(dsn: str) -> None:
    """Enough technicians and units for a trial; nothing where they are there."""
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(TECHNICIANS)
        await connection.execute(UNITS)
    finally:
        await connection.close()


async def found_since(dsn: str, seen: set[tuple[Kind, str]]) -> list[Entry]:
    """What is there and was not ``seen``, each by its kind and detail."""
    connection = await asyncpg.connect(dsn, timeout=5)
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            found = [
                *_entries(await connection.fetch(RESERVED), lambda row: number_of(_slot(row)), "booking_id"),
                *_entries(await connection.fetch(PAID), _order, "payment_key"),
                *(
                    Entry(float(row["at"]), EFFECTS[row["effect"]], _order(row), row["payment"])
                    for row in await connection.fetch(MONEY)
                ),
                *_written(await connection.fetch(SENT)),
            ]
    finally:
        await connection.close()
    return [entry for entry in found if (entry.kind, entry.detail) not in seen]


def _entries(rows: list[asyncpg.Record], number: Callable[[asyncpg.Record], int], key: str) -> list[Entry]:
    return [Entry(float(row["at"]), "reserved", number(row), row[key]) for row in rows]


def _written(rows: list[asyncpg.Record]) -> list[Entry]:
    found: list[Entry] = []
    for row in rows:
        outcome = outcome_in(row["text"])
        if outcome is not None:
            number, declined = outcome
            found.append(Entry(float(row["at"]), "written", number, row["message_id"]))
            if declined:
                found.append(Entry(float(row["at"]), "declined", number, row["message_id"]))
    return found


def _order(row: asyncpg.Record) -> int:
    return int(row["reference"].split()[1])


def _slot(row: asyncpg.Record) -> Slot:
    return Slot(service=row["service"], day=row["day"], time=row["time"])
