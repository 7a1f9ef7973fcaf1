"""The booking, step by step."""

from collections.abc import Sequence
from datetime import timedelta

from temporalio import workflow

from workflows.caller import Caller, Unanswered
from workflows.choice import NONE, choice_of
from workflows.conduct import conducted
from workflows.errors import ToolError
from workflows.ports import Appointment, Slot
from workflows.saga import Saga
from workflows.spoken import spoken_day, spoken_list, spoken_time
from workflows.steps import quickly
from workflows.tools.booking.activities import BookingActivities
from workflows.tools.booking.models import BookVisit, Visit
from workflows.tools.booking.slots import check_bookable, starts

OFFERED = 2
"""How many other slots are offered at once; more cannot be kept in mind on the phone."""

ROUNDS = 3
"""How often other slots are offered, should the chosen one be snatched away meanwhile."""


@workflow.defn(name="book_visit")
class BookVisitWorkflow:
    """Hold a slot, or one the caller chooses instead; confirm it; say so."""

    @workflow.run
    @conducted
    async def run(self, request: BookVisit, caller: Caller) -> Visit:
        slot = Slot(service=request.service, day=request.day, time=request.time)
        check_bookable(slot, caller.now)
        async with Saga() as saga:
            saga.undo(BookingActivities.release_slot, caller.request.tool_call_id)
            slot, technician = await self._hold(slot, request, caller)
            await caller.step(f"held {spoken_day(slot.day)} at {spoken_time(slot.time)} for {technician}")
            await quickly(BookingActivities.confirm_slot, caller.request.tool_call_id)
        await caller.step("confirmed the visit")
        visit = Visit(
            booking_id=caller.request.tool_call_id,
            service=request.service,
            day=slot.day,
            time=slot.time,
            name=request.name,
            technician=technician,
        )
        when = f"{spoken_day(slot.day)} at {spoken_time(slot.time)}"
        await caller.tell(f"Your {request.service} is booked for {when}. {technician} will come to you then.", visit)
        return visit

    async def _hold(self, slot: Slot, request: BookVisit, caller: Caller) -> tuple[Slot, str]:
        for _ in range(ROUNDS):
            held = await quickly(
                BookingActivities.hold_slot,
                Appointment(
                    id=caller.request.tool_call_id,
                    call_id=caller.request.call_id,
                    slot=slot,
                    name=request.name,
                    phone=caller.number,
                ),
            )
            if held.technician is not None:
                return slot, held.technician
            await caller.step(f"{spoken_day(slot.day)} at {spoken_time(slot.time)} is taken")
            soonest = caller.now.replace(tzinfo=None) + timedelta(minutes=30)
            slot = await _another(slot, [free for free in held.free if starts(free) > soonest], caller)
        raise ToolError("taken", "I'm sorry, those times have just been taken. Nothing has been booked.")


async def _another(wanted: Slot, free: Sequence[Slot], caller: Caller) -> Slot:
    """The slot that the caller chooses instead.

    Raises:
        ToolError: they want none, or do not say.
    """
    sorry = f"I'm sorry, {spoken_day(wanted.day)} at {spoken_time(wanted.time)} is taken"
    if not free:
        raise ToolError("taken", f"{sorry}, and so are the two days after. Nothing has been booked.")
    offers = {_offer(slot, wanted): slot for slot in sorted(free[:OFFERED], key=starts)}
    spoken = spoken_list(list(offers))
    answer = await caller.ask(
        f"{sorry}. I could offer {spoken}. Which would you like?",
        choice_of({offer: _words(slot, wanted, offers.values()) for offer, slot in offers.items()}, "The other time."),
        patience=90.0,
    )
    if isinstance(answer, Unanswered):
        raise ToolError(
            "unanswered", f"{sorry}, so nothing has been booked. We could still offer {spoken}: please call us."
        )
    if answer.choice == NONE:
        raise ToolError("declined", "All right, nothing has been booked. Tell me if another day would suit you.")
    return offers[answer.choice]


def _offer(slot: Slot, wanted: Slot) -> str:
    at = spoken_time(slot.time)
    return f"{at} that day" if slot.day == wanted.day else f"{spoken_day(slot.day)} at {at}"


def _words(slot: Slot, wanted: Slot, offered: Sequence[Slot] | object) -> list[str]:
    """Other words by which a caller may choose the slot."""
    hour = spoken_time(slot.time)
    return [hour, hour.split()[0], f"{slot.time:%H:%M}", f"{slot.time.hour % 12 or 12}", f"{slot.day:%A}"]
