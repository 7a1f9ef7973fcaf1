"""What booking does in the world: one short query each, safe to run twice."""

from datetime import timedelta

from pydantic import BaseModel
from temporalio import activity

from workflows.errors import ToolError
from workflows.ports import Appointment, Slot, World
from workflows.tools.booking.slots import nearest, slots_of

CONSIDERED = 12
"""How many other slots come back; more would not be offered."""


class Held(BaseModel):
    """The technician who will come; or, where the slot is taken, free ones near it."""

    technician: str | None
    free: list[Slot] = []


class BookingActivities:
    """Activities on the appointment store."""

    def __init__(self, world: World) -> None:
        self._appointments = world.appointments

    @activity.defn
    async def hold_slot(self, appointment: Appointment) -> Held:
        """Hold the slot. Where it is taken, look for others on that day and the next two."""
        slot = appointment.slot
        technician = await self._appointments.hold(appointment)
        if technician is not None:
            return Held(technician=technician)
        days = [slot.day + timedelta(days=ahead) for ahead in range(3)]
        taken = await self._appointments.taken(slot.service, days)
        return Held(technician=None, free=nearest(slots_of(slot.service, days), taken, slot)[:CONSIDERED])

    @activity.defn
    async def confirm_slot(self, appointment_id: str) -> None:
        """Make the held slot firm."""
        try:
            await self._appointments.confirm(appointment_id)
        except LookupError:
            raise ToolError(
                "failed", "I'm sorry, the slot was lost before it could be confirmed.", fault="system"
            ) from None

    @activity.defn
    async def release_slot(self, appointment: Appointment) -> None:
        """Let go of the slot."""
        await self._appointments.release(appointment)
