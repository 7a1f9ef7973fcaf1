"""What a booking with a deposit does in the database: one short transaction each, safe to run twice."""

from temporalio import activity

from workflows.errors import ToolError
from workflows.ports import Appointment, Claim, PaymentStore, Settlement, World


class DepositActivities:
    """Activities on the slots, and on the payments that are made for them."""

    def __init__(self, world: World) -> None:
        self._world = world

    @property
    def _payments(self) -> PaymentStore:
        if self._world.payments is None:
            raise ToolError("unavailable", "I'm sorry, I can't take deposits at the moment.", fault="system")
        return self._world.payments

    @activity.defn
    async def hold_replacement(self, appointment: Appointment) -> str | None:
        """Keep the slot; who will come, or None where it is taken."""
        return await self._world.appointments.hold(appointment)

    @activity.defn
    async def confirm_replacement(self, appointment_id: str) -> None:
        """Make the slot firm."""
        try:
            await self._world.appointments.confirm(appointment_id)
        except LookupError:
            raise ToolError(
                "failed",
                "I'm sorry, the time was lost before it could be confirmed. Your card has not been charged.",
                fault="system",
            ) from None

    @activity.defn
    async def release_replacement(self, appointment: Appointment) -> None:
        """Let go of the slot."""
        await self._world.appointments.release(appointment)

    @activity.defn
    async def claim_deposit(self, claim: Claim) -> bool:
        """Note that a deposit is being paid; False where that was given up before."""
        return await self._payments.claim(claim) == "held"

    @activity.defn
    async def settle_deposit(self, settlement: Settlement) -> str:
        """Write down that it was paid; the number of the receipt."""
        try:
            return await self._payments.settle(settlement)
        except LookupError:
            raise ToolError("failed", "I'm sorry, that did not work. Your deposit was given back.") from None

    @activity.defn
    async def release_deposit(self, claim: Claim) -> None:
        """Note that it was not paid, or given back."""
        await self._payments.release(claim)
