"""Visits that stand, on PostgreSQL."""

import asyncio
from datetime import date, time, timedelta
from typing import TYPE_CHECKING

import asyncpg
import pytest
import pytest_asyncio

from schemas.base import new_id
from workers.adapters.postgres import PostgresAppointments
from workers.adapters.visits import PostgresVisits
from workflows.ports import Appointment, Booked, Slot

if TYPE_CHECKING:
    Pool = asyncpg.Pool[asyncpg.Record]

DAY = date(2027, 4, 5)
PHONE = "+15550100"


@pytest_asyncio.fixture
async def appointments(pool: "Pool") -> PostgresAppointments:
    await pool.execute("DELETE FROM bookings")
    return PostgresAppointments(pool)


@pytest.fixture
def visits(pool: "Pool") -> PostgresVisits:
    return PostgresVisits(pool)


def appointment(hour: int = 10, day: date = DAY, phone: str | None = PHONE) -> Appointment:
    slot = Slot(service="tap repair", day=day, time=time(hour))
    return Appointment(id=new_id("booking"), fence=1, call_id="call", slot=slot, name="Anna", phone=phone)


async def booked(appointments: PostgresAppointments, visits: PostgresVisits, hour: int = 10) -> Booked:
    wanted = appointment(hour)
    await appointments.hold(wanted)
    await appointments.confirm(wanted.id)
    return next(visit for visit in await visits.standing(PHONE, DAY) if visit.id == wanted.id)


async def test_a_number_finds_its_own_confirmed_visits_to_come(
    appointments: PostgresAppointments, visits: PostgresVisits
) -> None:
    mine = [appointment(11), appointment(9), appointment(8, DAY - timedelta(days=1))]
    others = [appointment(12, phone="+15550101"), appointment(13, phone=None)]
    for one in (*mine, *others):
        await appointments.hold(one)
        await appointments.confirm(one.id)
    await appointments.hold(appointment(14))
    assert [visit.id for visit in await visits.standing(PHONE, DAY)] == [mine[1].id, mine[0].id]
    assert await visits.standing("", DAY) == []


async def test_a_move_gives_the_old_slot_back_and_may_run_twice_also_at_once(
    appointments: PostgresAppointments, visits: PostgresVisits
) -> None:
    visit, new = await booked(appointments, visits), appointment(15)
    await appointments.hold(new)
    assert await asyncio.gather(*(visits.move(visit, new.id) for _ in range(10))) == [True] * 10
    assert [one.id for one in await visits.standing(PHONE, DAY)] == [new.id]
    assert await appointments.taken("tap repair", [DAY]) == [new.slot]


async def test_of_ten_moves_of_one_visit_at_once_one_is_done(
    appointments: PostgresAppointments, visits: PostgresVisits
) -> None:
    visit = await booked(appointments, visits)
    new = [appointment(hour, DAY + timedelta(days=1)) for hour in range(8, 18)]
    for one in new:
        await appointments.hold(one)
    done = await asyncio.gather(*(visits.move(visit, one.id) for one in new))
    assert sum(done) == 1
    assert [one.id for one in await visits.standing(PHONE, DAY)] == [new[done.index(True)].id]


async def test_nothing_moves_onto_a_slot_that_was_let_go_of(
    appointments: PostgresAppointments, visits: PostgresVisits
) -> None:
    visit, new = await booked(appointments, visits), appointment(15)
    await appointments.hold(new)
    await appointments.release(new)
    for to in (new.id, "never held"):
        with pytest.raises(LookupError, match="No slot is held"):
            await visits.move(visit, to)
    assert await visits.standing(PHONE, DAY) == [visit]


async def test_it_is_cancelled_once_and_by_whom_is_known(
    appointments: PostgresAppointments, visits: PostgresVisits
) -> None:
    visit = await booked(appointments, visits)
    assert await asyncio.gather(*(visits.cancel(visit, "one") for _ in range(5))) == [True] * 5
    assert not await visits.cancel(visit, "another")
    assert await visits.standing(PHONE, DAY) == []
    new = appointment(15)
    await appointments.hold(new)
    assert not await visits.move(visit, new.id)


async def test_a_cancellation_that_comes_late_leaves_a_new_booking_alone(
    appointments: PostgresAppointments, visits: PostgresVisits
) -> None:
    visit = await booked(appointments, visits)
    assert await visits.cancel(visit, "one")
    again = appointment().model_copy(update={"id": visit.id, "fence": visit.fence + 4})
    assert await appointments.hold(again) == "Nina"
    await appointments.confirm(again.id)
    assert not await visits.cancel(visit, "one")
    assert [one.fence for one in await visits.standing(PHONE, DAY)] == [again.fence]
