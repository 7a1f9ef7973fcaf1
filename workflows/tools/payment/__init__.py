"""Pays an invoice by card: looks it up, agrees on the amount, has a card keyed in, charges it, sends a receipt."""

from workflows.tool import tool
from workflows.tools.payment.activities import InvoiceActivities
from workflows.tools.payment.models import Paid, PayInvoice
from workflows.tools.payment.workflow import PayInvoiceWorkflow

TOOL = tool(
    request=PayInvoice,
    result=Paid,
    workflow=PayInvoiceWorkflow,
    activities=[InvoiceActivities],
    title="pay an invoice",
    acknowledgement="Let me look that invoice up.",
    slow_after=6.0,
)
