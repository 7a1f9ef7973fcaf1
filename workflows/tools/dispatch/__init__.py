"""Sends somebody to something urgent: offers the job to one unit after another, then to a person who decides."""

from workflows.tool import tool
from workflows.tools.dispatch.activities import DispatchActivities
from workflows.tools.dispatch.models import Help, SendHelp
from workflows.tools.dispatch.workflow import SendHelpWorkflow

TOOL = tool(
    request=SendHelp,
    result=Help,
    workflow=SendHelpWorkflow,
    activities=[DispatchActivities],
    title="get help in an emergency",
    acknowledgement="I'm finding somebody for you right now.",
    slow_after=10.0,
    priority="emergency",
)
