"""Appointments, on PostgreSQL."""

import asyncio
from datetime import date, time
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest
import pytest_asyncio

from schemas.base import new_id
from workers.adapters.postgres import PostgresAppointments
from workflows.ports import Appointment, Slot

if TYPE_CHECKING:
    Pool = asyncpg.Pool[asyncpg.Record]

DAY = date(2027, 3, 1)


def slot(hour: int = 10, day: date = DAY, service: str = "tap repair") -> Slot:
    return Slot(service=service, day=day, time=time(hour))


def appointment(wanted: Slot | None = None, fence: int = 1, id: str | None = None) -> Appointment:
    return Appointment(id=id or new_id("booking"), fence=fence, call_id="call", slot=wanted or slot(), name="Anna")


@pytest_asyncio.fixture
async def store(pool: "Pool") -> PostgresAppointments:
    await pool.execute("DELETE FROM bookings")
    return PostgresAppointments(pool)


async def left_alone(connection: object) -> None:
    """As the worker's pool leaves its connections."""


async def status(pool: "Pool", booking: Appointment) -> str:
    return str(await pool.fetchval("SELECT status FROM bookings WHERE booking_id = $1", booking.id))


async def test_one_of_a_hundred_gets_the_slot(store: PostgresAppointments, pool: "Pool") -> None:
    held = await asyncio.gather(*(store.hold(appointment()) for _ in range(100)))
    assert sorted(filter(None, held)) == ["Nina"]
    assert await pool.fetchval("SELECT count(*) FROM bookings WHERE status = 'held'") == 1


async def test_as_many_of_a_hundred_as_there_are_technicians(store: PostgresAppointments, pool: "Pool") -> None:
    await pool.execute("INSERT INTO technicians VALUES ('Olga', 'tap repair'), ('Pia', 'tap repair')")
    try:
        held = await asyncio.gather(*(store.hold(appointment()) for _ in range(100)))
        assert sorted(filter(None, held)) == ["Nina", "Olga", "Pia"]
        assert await store.taken("tap repair", [DAY]) == [slot()]
    finally:
        await pool.execute("DELETE FROM bookings")
        await pool.execute("DELETE FROM technicians WHERE name IN ('Olga', 'Pia')")


async def test_the_database_itself_refuses_a_second_booking_of_a_slot(pool: "Pool") -> None:
    insert = (
        "INSERT INTO bookings (booking_id, call_id, service, technician, day, time, name, fence, status) "
        "VALUES ($1, 'call', 'tap repair', 'Nina', '2027-03-02', '10:00', 'Anna', 1, 'confirmed')"
    )
    await pool.execute(insert, "one")
    with pytest.raises(asyncpg.UniqueViolationError):
        await pool.execute(insert, "two")


async def test_holding_again_is_the_same_hold_also_at_once(store: PostgresAppointments, pool: "Pool") -> None:
    booking = appointment()
    assert await asyncio.gather(*(store.hold(booking) for _ in range(10))) == ["Nina"] * 10
    await store.confirm(booking.id)
    await store.confirm(booking.id)
    assert await store.hold(booking) == "Nina"
    assert await status(pool, booking) == "confirmed"


async def test_a_free_slot_is_held_by_one_statement(pool: "Pool", postgres_dsn: str) -> None:
    await pool.execute("DELETE FROM bookings")
    said: list[str] = []

    async def watch(connection: Any) -> None:
        connection.add_query_logger(lambda record: said.append(record.query))

    async with asyncpg.create_pool(postgres_dsn, min_size=1, max_size=1, init=watch, reset=left_alone) as watched:
        assert await PostgresAppointments(watched).hold(appointment()) == "Nina"
    assert len(said) == 1, said


async def test_a_slot_that_was_let_go_of_can_be_had_by_others(store: PostgresAppointments, pool: "Pool") -> None:
    first, second = appointment(), appointment()
    await store.hold(first)
    assert await store.hold(second) is None
    assert await store.taken("tap repair", [DAY]) == [slot()]
    await store.release(first)
    await store.release(first)
    assert await store.taken("tap repair", [DAY]) == []
    assert await store.hold(second) == "Nina"
    with pytest.raises(LookupError, match="No slot is held"):
        await store.confirm(first.id)


async def test_another_slot_for_the_same_booking_lets_go_of_the_first(
    store: PostgresAppointments, pool: "Pool"
) -> None:
    booking = appointment()
    await store.hold(booking)
    later = booking.model_copy(update={"slot": slot(11), "fence": 2})
    assert await store.hold(later) == "Nina"
    assert await store.taken("tap repair", [DAY]) == [slot(11)]
    # The first try, come late from a worker thought dead.
    assert await store.hold(booking) is None
    assert await store.taken("tap repair", [DAY]) == [slot(11)]


async def test_a_try_that_comes_after_it_was_let_go_of_holds_nothing(store: PostgresAppointments, pool: "Pool") -> None:
    booking = appointment()
    await store.release(booking.model_copy(update={"fence": 4}))
    assert await store.hold(booking) is None
    assert await status(pool, booking) == "released"
    # A new wish for the same is another matter.
    assert await store.hold(booking.model_copy(update={"fence": 5})) == "Nina"


async def test_a_service_that_nobody_does_is_never_free(store: PostgresAppointments) -> None:
    assert await store.hold(appointment(slot(service="dog walking"))) is None
