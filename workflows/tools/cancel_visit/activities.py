"""What cancelling does in the world: one short query each, safe to run twice."""

from pydantic import BaseModel
from temporalio import activity

from workflows.finding import Found, Whose, visits_of
from workflows.ports import Booked, World


class Cancellation(BaseModel):
    """The visit to let go of, and the tool call that does."""

    visit: Booked
    by: str


class CancelActivities:
    """Activities on the visits that stand."""

    def __init__(self, world: World) -> None:
        self._world = world

    @activity.defn
    async def find_visits_to_cancel(self, whose: Whose) -> Found:
        """The visits of this number."""
        return await visits_of(self._world, whose)

    @activity.defn
    async def end_visit(self, cancellation: Cancellation) -> bool:
        """Let go of it; False where it stands no more."""
        return self._world.visits is not None and await self._world.visits.cancel(cancellation.visit, cancellation.by)
