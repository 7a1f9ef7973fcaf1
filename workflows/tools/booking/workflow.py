"""The booking, step by step."""

from temporalio import workflow

from workflows.caller import Caller
from workflows.conduct import conducted
from workflows.holding import appointment_of, hold_or_another, let_go
from workflows.ports import Slot
from workflows.saga import Saga
from workflows.slots import check_bookable, spoken_slot
from workflows.steps import quickly
from workflows.tools.booking.activities import BookingActivities
from workflows.tools.booking.models import BookVisit, Visit


@workflow.defn(name="book_visit")
class BookVisitWorkflow:
    """Hold a slot, or one the caller chooses instead; confirm it; say so."""

    @workflow.run
    @conducted
    async def run(self, request: BookVisit, caller: Caller) -> Visit:
        wished = Slot(service=request.service, day=request.day, time=request.time)
        check_bookable(wished, caller.now)
        wanted = appointment_of(wished, request.name, caller)
        async with Saga() as saga:
            saga.undo(BookingActivities.release_slot, let_go(wanted))
            slot, technician = await hold_or_another(
                wanted, caller, BookingActivities.hold_slot, "nothing has been booked"
            )
            await caller.step(f"held {spoken_slot(slot)} for {technician}")
            await quickly(BookingActivities.confirm_slot, wanted.id)
            caller.commit()  # It is firm: from here on nothing would take it back.
        await caller.step("confirmed the visit")
        visit = Visit(
            booking_id=wanted.id,
            service=request.service,
            day=slot.day,
            time=slot.time,
            name=request.name,
            technician=technician,
        )
        await caller.tell(
            f"Your {request.service} is booked for {spoken_slot(slot)}. {technician} will come to you then.", visit
        )
        return visit
