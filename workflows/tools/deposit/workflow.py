"""The booking with its deposit, step by step. Either both stand in the end, or neither.

The slot is held first, and the money only set aside: what can fail for want of the other costs nobody anything. The
money is taken last, when the slot is firm.
"""

from temporalio import workflow

from workflows.caller import Caller, Unanswered
from workflows.charging import Agreement, charge_key, set_aside, take
from workflows.conduct import conducted
from workflows.errors import ToolError
from workflows.money import Money
from workflows.ports import Appointment, Claim, Settlement, Slot
from workflows.saga import Saga
from workflows.spoken import spoken_day, spoken_digits, spoken_time
from workflows.steps import quickly
from workflows.tools.deposit.activities import DepositActivities
from workflows.tools.deposit.models import SERVICE, BookReplacement, Reserved

DEPOSIT = Money(amount=10000, currency="USD")
NOTHING = "nothing has been booked or charged"


@workflow.defn(name="book_replacement")
class BookReplacementWorkflow:
    """Hold the slot, set the deposit aside, make the slot firm, take the deposit."""

    @workflow.run
    @conducted
    async def run(self, request: BookReplacement, caller: Caller) -> Reserved:
        wanted = _appointment(request, caller)
        when = f"{spoken_day(request.day)} at {spoken_time(request.time)}"
        claim = Claim(
            key=charge_key(caller),
            call_id=caller.request.call_id,
            invoice=None,
            reference=f"Deposit, {SERVICE} {request.day}",
            amount=DEPOSIT.amount,
            currency=DEPOSIT.currency,
        )
        async with Saga() as saga:
            saga.undo(DepositActivities.release_replacement, wanted)
            technician: str | None = await quickly(DepositActivities.hold_replacement, wanted)
            if technician is None:
                raise ToolError("taken", f"I'm sorry, {when} is taken. Nothing has been booked or charged.")
            await caller.step(f"held {when} for {technician}")
            await _agree(when, caller)
            saga.undo(DepositActivities.release_deposit, claim)
            if not await quickly(DepositActivities.claim_deposit, claim):
                raise ToolError("failed", "I'm sorry, that did not work. Nothing has been booked or charged.")
            text = f"For the deposit of {DEPOSIT.spoken}, I need your card."
            charge = await set_aside(caller, saga, DEPOSIT, text, claim.reference, NOTHING)
            await quickly(DepositActivities.confirm_replacement, wanted.id)
            await take(caller, charge, NOTHING)
            card = charge.card
            settled = Settlement(key=claim.key, payment=charge.payment, brand=card.brand, last4=card.last4)
            receipt = await quickly(DepositActivities.settle_deposit, settled)
        reserved = Reserved(
            booking_id=wanted.id,
            day=request.day,
            time=request.time,
            technician=technician,
            deposit=DEPOSIT.amount,
            currency=DEPOSIT.currency,
            receipt=receipt,
            last4=card.last4,
        )
        await caller.tell(
            f"Your new boiler is booked for {when}, and the deposit of {DEPOSIT.spoken} is paid with the card ending "
            f"in {spoken_digits(card.last4)}. {technician} will come to you then.",
            reserved,
            otherwise=f"Your new boiler is booked for {when}. Receipt {receipt}: {DEPOSIT.written}, paid with the card "
            f"ending in {card.last4}. {technician} will come to you then.",
        )
        return reserved


def _appointment(request: BookReplacement, caller: Caller) -> Appointment:
    starts = caller.now.replace(tzinfo=None)
    if (request.day, request.time) <= (starts.date(), starts.time()):
        raise ToolError(
            "invalid_arguments", f"{request.day} {request.time} has passed. Ask for a day to come.", fault="model"
        )
    return Appointment(
        id=caller.request.tool_call_id,
        fence=int(workflow.info().start_time.timestamp() * 1000),
        call_id=caller.request.call_id,
        slot=Slot(service=SERVICE, day=request.day, time=request.time),
        name=request.name,
        phone=caller.number,
    )


async def _agree(when: str, caller: Caller) -> None:
    """Raises ToolError where the caller does not want to pay the deposit."""
    answer = await caller.ask(
        f"{when} is free. It takes a deposit of {DEPOSIT.spoken}. Shall I take it by card now?",
        Agreement,
    )
    if isinstance(answer, Unanswered) or not answer.agreed:
        raise ToolError("declined", "All right. Nothing has been booked, and nothing has been charged.")
