"""The move, step by step. At no moment is the caller without a visit: the new slot is held before the old one goes."""

from datetime import time

from temporalio import workflow

from workflows.caller import Caller
from workflows.conduct import conducted
from workflows.errors import ToolError
from workflows.finding import find_visit, spoken_visit
from workflows.holding import appointment_of, hold_or_another, let_go
from workflows.ports import Booked, Slot
from workflows.saga import Saga
from workflows.slots import check_bookable, spoken_slot
from workflows.steps import quickly, unbroken
from workflows.tools.move_visit.activities import Exchange, MoveActivities
from workflows.tools.move_visit.models import Moved, MoveVisit


@workflow.defn(name="move_visit")
class MoveVisitWorkflow:
    """Find the visit, hold the new slot, exchange the two, say so."""

    @workflow.run
    @conducted
    async def run(self, request: MoveVisit, caller: Caller) -> Moved:
        # What has passed by the end of its day need not be looked for.
        check_bookable(_wished(Slot(service="", day=request.day, time=time.max), request), caller.now)
        visit = await find_visit(MoveActivities.find_visits_to_move, request.day, request.name, caller)
        wished = _wished(visit.slot, request)
        check_bookable(wished, caller.now)
        if wished == visit.slot:
            raise ToolError("unchanged", f"Your {spoken_visit(visit)} is booked for just that time already.")
        wanted = appointment_of(wished, visit.name, caller)
        async with Saga() as saga:
            saga.undo(MoveActivities.release_new_slot, let_go(wanted))
            slot, technician = await hold_or_another(
                wanted, caller, MoveActivities.hold_new_slot, "your visit stays as it was"
            )
            await caller.step(f"held {spoken_slot(slot)} for {technician}")
            # Both rows change in one transaction. Broken off in the middle of it, nobody could tell the caller what
            # holds, so from here on it is not called off, and its end is waited for.
            caller.commit()
            if not await unbroken(quickly(MoveActivities.exchange_slots, Exchange(visit=visit, to=wanted.id))):
                raise ToolError(
                    "gone", f"I'm sorry, your {spoken_visit(visit)} has just been changed, so I have not moved it."
                )
        await caller.step("moved the visit")
        moved = _moved(visit, wanted.id, slot, technician)
        await caller.tell(
            f"Your {slot.service} is moved to {spoken_slot(slot)}. {technician} will come to you then.", moved
        )
        return moved


def _wished(now: Slot, request: MoveVisit) -> Slot:
    """The slot as it is now, with what is to be another."""
    return Slot(service=now.service, day=request.new_day or now.day, time=request.new_time or now.time)


def _moved(visit: Booked, booking_id: str, slot: Slot, technician: str) -> Moved:
    return Moved(
        booking_id=booking_id,
        service=slot.service,
        was_day=visit.slot.day,
        was_time=visit.slot.time,
        day=slot.day,
        time=slot.time,
        technician=technician,
    )
