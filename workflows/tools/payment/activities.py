"""What paying an invoice does in the database: one short transaction each, safe to run twice."""

from temporalio import activity

from workflows.errors import ToolError
from workflows.ports import Claim, ClaimOutcome, Invoice, PaymentStore, Settlement, World


class InvoiceActivities:
    """Activities on the store of invoices and payments."""

    def __init__(self, world: World) -> None:
        self._world = world

    @property
    def _payments(self) -> PaymentStore:
        if self._world.payments is None:
            raise ToolError("unavailable", "I'm sorry, our invoices can't be reached at the moment.", fault="system")
        return self._world.payments

    @activity.defn
    async def find_invoice(self, invoice: str) -> Invoice | None:
        """The invoice of this number."""
        return await self._payments.find(invoice)

    @activity.defn
    async def claim_invoice(self, claim: Claim) -> ClaimOutcome:
        """Keep the invoice for this payment."""
        return await self._payments.claim(claim)

    @activity.defn
    async def settle_invoice(self, settlement: Settlement) -> str:
        """Write down that it was paid; the number of the receipt."""
        try:
            return await self._payments.settle(settlement)
        except LookupError:
            raise ToolError(
                "failed",
                "I'm sorry, the invoice changed while you were paying, so your payment was given back.",
                fault="system",
            ) from None

    @activity.defn
    async def release_invoice(self, claim: Claim) -> None:
        """Let go of the invoice."""
        await self._payments.release(claim)
