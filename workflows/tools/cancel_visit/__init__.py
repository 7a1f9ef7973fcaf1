"""Cancels a visit that is booked."""

from workflows.tool import tool
from workflows.tools.cancel_visit.activities import CancelActivities
from workflows.tools.cancel_visit.models import Cancelled, CancelVisit
from workflows.tools.cancel_visit.workflow import CancelVisitWorkflow

TOOL = tool(
    request=CancelVisit,
    result=Cancelled,
    workflow=CancelVisitWorkflow,
    activities=[CancelActivities],
    title="cancel a visit",
    acknowledgement="Let me find your visit.",
)
