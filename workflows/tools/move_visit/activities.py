"""What moving does in the world: one short transaction each, safe to run twice."""

from pydantic import BaseModel
from temporalio import activity

from workflows.errors import ToolError
from workflows.finding import Found, Whose, visits_of
from workflows.holding import Held, held_or_free
from workflows.ports import Appointment, Booked, World


class Exchange(BaseModel):
    """The visit to let go of, and the id under which the slot in its place is held."""

    visit: Booked
    to: str


class MoveActivities:
    """Activities on the appointments and on the visits that stand."""

    def __init__(self, world: World) -> None:
        self._world = world

    @activity.defn
    async def find_visits_to_move(self, whose: Whose) -> Found:
        """The visits of this number."""
        return await visits_of(self._world, whose)

    @activity.defn
    async def hold_new_slot(self, appointment: Appointment) -> Held:
        """Hold the new slot. Where it is taken, look for others near it."""
        return await held_or_free(self._world.appointments, appointment)

    @activity.defn
    async def exchange_slots(self, exchange: Exchange) -> bool:
        """The new slot becomes firm as the old one is let go of; False where the visit stands no more."""
        try:
            return self._world.visits is not None and await self._world.visits.move(exchange.visit, exchange.to)
        except LookupError:
            raise ToolError(
                "failed", "I'm sorry, the new time was lost. Your visit stays as it was.", fault="system"
            ) from None

    @activity.defn
    async def release_new_slot(self, appointment: Appointment) -> None:
        """Let go of the new slot."""
        await self._world.appointments.release(appointment)
