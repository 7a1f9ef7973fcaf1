"""What booking does in the world: one short query each, safe to run twice."""

from temporalio import activity

from workflows.errors import ToolError
from workflows.holding import Held, held_or_free
from workflows.ports import Appointment, World


class BookingActivities:
    """Activities on the appointment store."""

    def __init__(self, world: World) -> None:
        self._appointments = world.appointments

    @activity.defn
    async def hold_slot(self, appointment: Appointment) -> Held:
        """Hold the slot. Where it is taken, look for others on that day and the next two."""
        return await held_or_free(self._appointments, appointment)

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
