"""The payment, step by step. It is charged once, with a receipt, or not at all."""

from temporalio import workflow

from workflows.caller import Caller, Unanswered
from workflows.charging import Agreement, SetAside, charge_key, set_aside, take
from workflows.conduct import conducted
from workflows.errors import ToolError
from workflows.money import Money
from workflows.notify import Notify
from workflows.ports import Claim, Invoice, Settlement
from workflows.saga import Saga
from workflows.spoken import spoken_digits
from workflows.steps import quickly
from workflows.tools.payment.activities import InvoiceActivities
from workflows.tools.payment.models import Paid, PayInvoice


@workflow.defn(name="pay_invoice")
class PayInvoiceWorkflow:
    """Find the invoice, agree on it, charge a card, write it down, send a receipt."""

    @workflow.run
    @conducted
    async def run(self, request: PayInvoice, caller: Caller, notify: Notify) -> Paid:
        invoice = await _find(request.invoice)
        money = Money(amount=invoice.amount, currency=invoice.currency)
        await _agree(invoice, money, caller)
        claim = Claim(
            key=charge_key(caller),
            call_id=caller.request.call_id,
            invoice=invoice.id,
            reference=f"Invoice {invoice.id}",
            amount=money.amount,
            currency=money.currency,
        )
        async with Saga() as saga:
            saga.undo(InvoiceActivities.release_invoice, claim)
            await _claim(claim)
            text = f"To pay {money.spoken}, I need your card."
            charge = await set_aside(caller, saga, money, text, claim.reference)
            await take(caller, charge)
            receipt = await quickly(InvoiceActivities.settle_invoice, _settlement(claim, charge))
            caller.commit()  # It is paid: from here on nothing would take it back.
        await caller.step(f"paid {money.written}, receipt {receipt}")
        paid = Paid(
            invoice=invoice.id,
            amount=money.amount,
            currency=money.currency,
            receipt=receipt,
            brand=charge.card.brand,
            last4=charge.card.last4,
        )
        await _tell(paid, invoice, money, caller, notify)
        return paid


async def _find(number: str) -> Invoice:
    """Raises ToolError where there is nothing to be paid."""
    spoken = f"invoice {spoken_digits(number)}"
    invoice: Invoice | None = await quickly(InvoiceActivities.find_invoice, number)
    if invoice is None or invoice.state == "cancelled":
        raise ToolError("not_found", f"I can't find {spoken}. Please look at the number again.", retryable=True)
    if invoice.state == "paid":
        raise ToolError("paid", f"Good news: {spoken} has been paid already. There is nothing more to do.")
    if invoice.state == "paying":
        raise ToolError("paying", f"Somebody is paying {spoken} at this very moment. Nothing has been charged here.")
    return invoice


async def _agree(invoice: Invoice, money: Money, caller: Caller) -> None:
    """Raises ToolError where the caller does not want to pay this."""
    number = spoken_digits(invoice.id)
    answer = await caller.ask(
        f"Invoice {number} is {money.spoken}, {invoice.about}. Shall I take the payment by card now?",
        Agreement,
    )
    if isinstance(answer, Unanswered):
        raise ToolError(
            "unanswered", f"Nothing has been charged, and invoice {number} stays open. Please call us again to pay it."
        )
    if not answer.agreed:
        raise ToolError("declined", f"All right. Nothing has been charged, and invoice {number} stays open.")


async def _claim(claim: Claim) -> None:
    """Raises ToolError where it can no longer be paid."""
    outcome = await quickly(InvoiceActivities.claim_invoice, claim)
    if outcome == "held":
        return
    words = {
        "paid": "has just been paid by somebody else",
        "paying": "is just being paid by somebody else",
        "changed": "has just been changed",
    }
    raise ToolError(
        str(outcome), f"This invoice {words.get(str(outcome), 'is no longer open')}. Nothing has been charged here."
    )


def _settlement(claim: Claim, charge: SetAside) -> Settlement:
    return Settlement(key=claim.key, payment=charge.payment, brand=charge.card.brand, last4=charge.card.last4)


async def _tell(paid: Paid, invoice: Invoice, money: Money, caller: Caller, notify: Notify) -> None:
    """Say it, and send the receipt: one message, whether the caller has heard it or not."""
    written = (
        f"Receipt {paid.receipt}: {money.written} for invoice {invoice.id}, {invoice.about}, "
        f"paid with the card ending in {paid.last4}. Thank you."
    )
    by_text = " You will get the receipt by text message." if caller.number else ""
    told = await caller.tell(
        f"Thank you. You have paid {money.spoken} with the card ending in {spoken_digits(paid.last4)}.{by_text}",
        paid,
        otherwise=written,
    )
    if told.how == "spoken" and caller.number:
        await notify.sms(caller.number, written)
