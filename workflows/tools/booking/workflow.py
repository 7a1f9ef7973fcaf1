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
        wanted = _appointment(request, caller)
        check_bookable(wanted.slot, caller.now)
        async with Saga() as saga:
            saga.undo(BookingActivities.release_slot, wanted.model_copy(update={"fence": wanted.fence + ROUNDS}))
            slot, technician = await _hold(wanted, caller)
            await caller.step(f"held {_when(slot)} for {technician}")
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
            f"Your {request.service} is booked for {_when(slot)}. {technician} will come to you then.", visit
        )
        return visit


def _appointment(request: BookVisit, caller: Caller) -> Appointment:
    return Appointment(
        id=caller.request.tool_call_id,
        fence=int(workflow.info().start_time.timestamp() * 1000) * (ROUNDS + 1),
        call_id=caller.request.call_id,
        slot=Slot(service=request.service, day=request.day, time=request.time),
        name=request.name,
        phone=caller.number,
    )


async def _hold(wanted: Appointment, caller: Caller) -> tuple[Slot, str]:
    """The slot that was held, wanted or chosen instead, and who will come.

    Raises:
        ToolError: none could be held that the caller wants.
    """
    slot = wanted.slot
    for attempt in range(ROUNDS):
        held = await quickly(
            BookingActivities.hold_slot, wanted.model_copy(update={"slot": slot, "fence": wanted.fence + attempt})
        )
        if held.technician is not None:
            return slot, held.technician
        await caller.step(f"{_when(slot)} is taken")
        soonest = caller.now.replace(tzinfo=None) + timedelta(minutes=30)
        slot = await _another(slot, [free for free in held.free if starts(free) > soonest], caller)
    raise ToolError("taken", "I'm sorry, those times have just been taken. Nothing has been booked.")


async def _another(wanted: Slot, free: Sequence[Slot], caller: Caller) -> Slot:
    """The slot that the caller chooses instead.

    Raises:
        ToolError: they want none, or do not say.
    """
    sorry = f"I'm sorry, {_when(wanted)} is taken"
    if not free:
        raise ToolError("taken", f"{sorry}, and so are the two days after. Nothing has been booked.")
    offers = {_offer(slot, wanted): slot for slot in sorted(free[:OFFERED], key=starts)}
    spoken = spoken_list(list(offers))
    choice = choice_of({offer: _words(slot) for offer, slot in offers.items()}, "Which of the other times.")
    answer = await caller.ask(f"{sorry}. I could offer {spoken}. Which would you like?", choice, patience=90.0)
    if isinstance(answer, Unanswered):
        raise ToolError(
            "unanswered", f"{sorry}, so nothing has been booked. We could still offer {spoken}: please call us again."
        )
    if answer.choice == NONE:
        raise ToolError("declined", "All right, nothing has been booked. Tell me if another day would suit you.")
    return offers[answer.choice]


def _when(slot: Slot) -> str:
    return f"{spoken_day(slot.day)} at {spoken_time(slot.time)}"


def _offer(slot: Slot, wanted: Slot) -> str:
    return f"{spoken_time(slot.time)} that day" if slot.day == wanted.day else _when(slot)


def _words(slot: Slot) -> list[str]:
    """Other words by which a caller may choose the slot."""
    hour = spoken_time(slot.time)
    return [hour, hour.split()[0], f"{slot.time:%H:%M}", f"{slot.time.hour % 12 or 12} o'clock", f"{slot.day:%A}"]
