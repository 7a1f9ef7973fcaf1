"""Books a visit of a technician: holds a free slot, confirms it, offers others where it is taken."""

from workflows.tool import tool
from workflows.tools.booking.activities import BookingActivities
from workflows.tools.booking.models import BookVisit, Visit
from workflows.tools.booking.workflow import BookVisitWorkflow

TOOL = tool(
    request=BookVisit,
    result=Visit,
    workflow=BookVisitWorkflow,
    activities=[BookingActivities],
    title="book a visit",
    acknowledgement="I'm booking that for you now.",
)
