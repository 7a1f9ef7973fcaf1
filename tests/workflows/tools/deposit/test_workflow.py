"""A booking with a deposit, on a real database and gateway: both stand in the end, or neither."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, time, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from temporalio.client import WorkflowFailureError, WorkflowHandle

from schemas.base import new_id
from schemas.tools import ToolFailed
from workers.adapters.postgres import PostgresAppointments
from workers.sandbox import runner
from workflows.catalog import scan
from workflows.charging import ChargingActivities
from workflows.ports import Appointment, Slot, World
from workflows.tool import activity_methods
from workflows.tools.deposit.models import SERVICE

if TYPE_CHECKING:
    from tests.workflows.conftest import Line, Start
    from tests.workflows.tools.conftest import Bank

Book = Callable[[int], Awaitable[WorkflowHandle[Any, Any]]]
GOOD, DECLINED, NOT_RELEASED = "4539148803436467", "4000000000000002", "4000000000000341"


@pytest.fixture
def booking(paying: World, bank: "Bank") -> World:
    return replace(paying, appointments=PostgresAppointments(bank.pool))


@pytest.fixture
def book(start: "Start", booking: World, monday: date) -> Book:
    """Book a Monday so many weeks later, each test its own: the database outlives them."""
    tool = next(tool for tool in scan().tools if tool.name == "book_replacement")

    async def book(weeks: int) -> WorkflowHandle[Any, Any]:
        day = monday + timedelta(weeks=weeks)
        activities = [*tool.activities_in(booking), *activity_methods(ChargingActivities(booking))]
        known = {"day": day.isoformat(), "time": "08:00", "name": "Anna Miller"}
        return await start(tool.workflow, activities, runner=runner([tool.workflow]), **known)

    return book


async def left(bank: "Bank", handle: WorkflowHandle[Any, Any]) -> tuple[str, list[str], list[str]]:
    """(the slot's status, what was done to the card, the payment's status)."""
    slot = await bank.pool.fetchval("SELECT status FROM bookings WHERE booking_id = $1", handle.id)
    payments = await bank.pool.fetch("SELECT status FROM payments WHERE payment_key LIKE $1", f"{handle.id}-%")
    entries = await bank.pool.fetch(
        "SELECT effect FROM gateway.entries JOIN gateway.payments USING (payment) WHERE key LIKE $1 ORDER BY entry",
        f"{handle.id}-%",
    )
    return slot, [entry["effect"] for entry in entries], [payment["status"] for payment in payments]


async def test_the_slot_is_firm_and_the_deposit_taken(book: Book, bank: "Bank", line: "Line", payer: Any) -> None:
    line.replies = payer(await bank.token(GOOD))
    handle = await book(0)
    reserved = await handle.result()
    assert (reserved["technician"], reserved["deposit"], reserved["last4"]) == ("Omar", 10000, "6467")
    assert await left(bank, handle) == ("confirmed", ["authorise", "capture"], ["paid"])


@pytest.mark.parametrize(
    ("cards", "effects"),
    [([DECLINED] * 3, []), (["cancelled"], []), (["gone"], []), ([NOT_RELEASED], ["authorise", "void"])],
)
async def test_where_the_payment_fails_the_slot_is_let_go_of(
    book: Book, bank: "Bank", line: "Line", payer: Any, cards: list[str], effects: list[str]
) -> None:
    line.replies = payer(*[await bank.token(card) if card.isdigit() else card for card in cards])
    handle = await book(1 + len(cards) + len(effects))
    with pytest.raises(WorkflowFailureError):
        await handle.result()
    assert await left(bank, handle) == ("released", effects, ["released"])
    assert line.of(ToolFailed)[0].message.count("nothing has been booked or charged") == 1


async def test_where_the_slot_cannot_be_made_firm_the_deposit_is_voided(
    book: Book, bank: "Bank", line: "Line", payer: Any, booking: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def lost(appointment_id: str) -> None:
        raise LookupError("Somebody took it.")

    monkeypatch.setattr(booking.appointments, "confirm", lost)
    line.replies = payer(await bank.token(GOOD))
    handle = await book(5)
    with pytest.raises(WorkflowFailureError):
        await handle.result()
    assert await left(bank, handle) == ("released", ["authorise", "void"], ["released"])
    assert "not been charged" in line.of(ToolFailed)[0].message


async def test_a_slot_that_is_taken_costs_nothing_and_asks_for_no_card(
    book: Book, bank: "Bank", booking: World, line: "Line", payer: Any, monday: date
) -> None:
    slot = Slot(service=SERVICE, day=monday + timedelta(weeks=6), time=time(8))
    # Not by a workflow before: time that skips once that has ended may pass the day.
    await booking.appointments.hold(Appointment(id=new_id("b"), fence=1, call_id="c", slot=slot, name="Somebody else"))
    line.replies = payer()
    handle = await book(6)
    with pytest.raises(WorkflowFailureError):
        await handle.result()
    assert line.of(ToolFailed)[0].code == "taken"
    assert (await left(bank, handle))[1:] == ([], [])
