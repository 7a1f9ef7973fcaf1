"""Moves a visit: keeps the new time, or another that suits, before the old one is let go."""

from workflows.tool import tool
from workflows.tools.move_visit.activities import MoveActivities
from workflows.tools.move_visit.models import Moved, MoveVisit
from workflows.tools.move_visit.workflow import MoveVisitWorkflow

TOOL = tool(
    request=MoveVisit,
    result=Moved,
    workflow=MoveVisitWorkflow,
    activities=[MoveActivities],
    title="move a visit",
    acknowledgement="Let me see whether we can move that.",
    slow_after=6.0,
)
