"""Holding a slot for a caller: the one they wish for or, where it is taken, one near it that they choose instead."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any

from pydantic import BaseModel
from temporalio import workflow

from workflows.caller import Caller, Unanswered
from workflows.choice import NONE, choice_of
from workflows.errors import ToolError
from workflows.ports import Appointment, AppointmentStore, Slot
from workflows.slots import nearest, slots_of, spoken_slot, starts
from workflows.spoken import spoken_list, spoken_time
from workflows.steps import quickly

CONSIDERED = 12
"""How many other slots come back from the store; more would not be offered."""

OFFERED = 2
"""How many other slots are offered at once; more cannot be kept in mind on the phone."""

ROUNDS = 3
"""How often other slots are offered, should the chosen one be snatched away meanwhile."""


class Held(BaseModel):
    """The technician who will come; or, where the slot is taken, free ones near it."""

    technician: str | None
    free: list[Slot] = []


Hold = Callable[[Any, Appointment], Awaitable[Held]]
"""A tool's own activity around ``held_or_free``."""


async def held_or_free(store: AppointmentStore, appointment: Appointment) -> Held:
    """Hold the slot. Where it is taken, look for others on that day and the next two. For activities."""
    slot = appointment.slot
    technician = await store.hold(appointment)
    if technician is not None:
        return Held(technician=technician)
    days = [slot.day + timedelta(days=ahead) for ahead in range(3)]
    taken = await store.taken(slot.service, days)
    return Held(technician=None, free=nearest(slots_of(slot.service, days), taken, slot)[:CONSIDERED])


def appointment_of(slot: Slot, name: str, caller: Caller) -> Appointment:
    """The slot for this caller, under the tool call's id. Later tries of the same call have higher fences."""
    return Appointment(
        id=caller.request.tool_call_id,
        fence=int(workflow.info().start_time.timestamp() * 1000) * (ROUNDS + 1),
        call_id=caller.request.call_id,
        slot=slot,
        name=name,
        phone=caller.number,
    )


def let_go(wanted: Appointment) -> Appointment:
    """What a release must name, so that no try of ``hold_or_another`` comes after it."""
    return wanted.model_copy(update={"fence": wanted.fence + ROUNDS})


async def hold_or_another(wanted: Appointment, caller: Caller, hold: Hold, otherwise: str) -> tuple[Slot, str]:
    """The slot that was held, wanted or chosen instead, and who will come.

    ``otherwise`` is what holds where none is: "nothing has been booked".

    Raises:
        ToolError: none could be held that the caller wants.
    """
    slot = wanted.slot
    for attempt in range(ROUNDS):
        held = await quickly(hold, wanted.model_copy(update={"slot": slot, "fence": wanted.fence + attempt}))
        if held.technician is not None:
            return slot, held.technician
        await caller.step(f"{spoken_slot(slot)} is taken")
        soonest = caller.now.replace(tzinfo=None) + timedelta(minutes=30)
        slot = await _another(slot, [free for free in held.free if starts(free) > soonest], caller, otherwise)
    raise ToolError("taken", f"I'm sorry, those times have just been taken. {_sentence(otherwise)}")


async def _another(wanted: Slot, free: Sequence[Slot], caller: Caller, otherwise: str) -> Slot:
    """The slot that the caller chooses instead.

    Raises:
        ToolError: they want none, or do not say.
    """
    sorry = f"I'm sorry, {spoken_slot(wanted)} is taken"
    if not free:
        raise ToolError("taken", f"{sorry}, and nothing is free on the two days after. {_sentence(otherwise)}")
    offers = {_offer(slot, wanted): slot for slot in sorted(free[:OFFERED], key=starts)}
    spoken = spoken_list(list(offers))
    choice = choice_of({offer: ways_to_say(slot) for offer, slot in offers.items()}, "Which of the other times.")
    answer = await caller.ask(f"{sorry}. I could offer {spoken}. Which would you like?", choice, patience=90.0)
    if isinstance(answer, Unanswered):
        raise ToolError("unanswered", f"{sorry}, so {otherwise}. We could still offer {spoken}: please call us again.")
    if answer.choice == NONE:
        raise ToolError("declined", f"All right, {otherwise}. Tell me if another day would suit you.")
    return offers[answer.choice]


def ways_to_say(slot: Slot) -> list[str]:
    """Other words by which a caller may choose the slot."""
    hour = spoken_time(slot.time)
    return [hour, hour.split()[0], f"{slot.time:%H:%M}", f"{slot.time.hour % 12 or 12} o'clock", f"{slot.day:%A}"]


def _offer(slot: Slot, wanted: Slot) -> str:
    return f"{spoken_time(slot.time)} that day" if slot.day == wanted.day else spoken_slot(slot)


def _sentence(clause: str) -> str:
    return f"{clause[0].upper()}{clause[1:]}."
