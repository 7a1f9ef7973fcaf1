"""The cancellation, step by step."""

from temporalio import workflow

from workflows.caller import Caller
from workflows.conduct import conducted
from workflows.errors import ToolError
from workflows.finding import find_visit, spoken_visit
from workflows.steps import quickly, unbroken
from workflows.tools.cancel_visit.activities import CancelActivities, Cancellation
from workflows.tools.cancel_visit.models import Cancelled, CancelVisit


@workflow.defn(name="cancel_visit")
class CancelVisitWorkflow:
    """Find the visit, let go of it, say so."""

    @workflow.run
    @conducted
    async def run(self, request: CancelVisit, caller: Caller) -> Cancelled:
        visit = await find_visit(CancelActivities.find_visits_to_cancel, request.day, request.name, caller)
        cancellation = Cancellation(visit=visit, by=caller.request.tool_call_id)
        # Broken off in the middle, nobody could tell the caller what holds: its end is waited for.
        caller.commit()
        if not await unbroken(quickly(CancelActivities.end_visit, cancellation)):
            raise ToolError(
                "gone", f"I'm sorry, your {spoken_visit(visit)} has just been changed, so I have not cancelled it."
            )
        await caller.step("cancelled the visit")
        cancelled = Cancelled(booking_id=visit.id, service=visit.slot.service, day=visit.slot.day, time=visit.slot.time)
        await caller.tell(f"Your {spoken_visit(visit)} is cancelled. {visit.technician} will not come.", cancelled)
        return cancelled
