"""What dispatch does in the database: one short transaction each, safe to run twice."""

from pydantic import BaseModel
from temporalio import activity

from workflows.errors import ToolError
from workflows.ports import Job, Unit, UnitStore, World


class Attempt(BaseModel):
    """One offer of a job, counted from 1; ``accepted`` once that is known."""

    job: Job
    number: int
    accepted: bool = False


class DispatchActivities:
    """Activities on the store of units."""

    def __init__(self, world: World) -> None:
        self._world = world

    @property
    def _units(self) -> UnitStore:
        if self._world.units is None:
            raise ToolError("unavailable", "I'm sorry, I can't reach our people from here.", fault="system")
        return self._world.units

    @activity.defn
    async def offer_job(self, attempt: Attempt) -> Unit | None:
        """Keep the next free unit for this attempt."""
        return await self._units.offer(attempt.job, attempt.number)

    @activity.defn
    async def decide_offer(self, attempt: Attempt) -> bool:
        """Write down what the unit said."""
        return await self._units.decide(attempt.job, attempt.number, accepted=attempt.accepted)

    @activity.defn
    async def close_job(self, job: Job) -> None:
        """Let its unit go."""
        await self._units.close(job)
