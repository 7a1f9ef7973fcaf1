"""Books a boiler replacement with a deposit by card: one saga over the slot and the payment."""

from workflows.tool import tool
from workflows.tools.deposit.activities import DepositActivities
from workflows.tools.deposit.models import BookReplacement, Reserved
from workflows.tools.deposit.workflow import BookReplacementWorkflow

TOOL = tool(
    request=BookReplacement,
    result=Reserved,
    workflow=BookReplacementWorkflow,
    activities=[DepositActivities],
    title="book a boiler replacement",
    acknowledgement="Let me hold that time for you.",
    slow_after=6.0,
)
