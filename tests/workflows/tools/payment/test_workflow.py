"""An invoice paid by card: the gateway and the database are real, and the cards make all the trouble there is."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import pytest
from temporalio.client import WorkflowFailureError, WorkflowHandle

from schemas.announcements import AnnouncementRequested
from schemas.cards import CardRequested
from schemas.questions import QuestionAsked
from schemas.tools import ToolCompleted, ToolFailed
from tests.conftest import Until
from trunkline.gateway import cards
from workers.sandbox import runner
from workflows.catalog import scan
from workflows.charging import ChargingActivities
from workflows.ports import World
from workflows.tool import activity_methods

if TYPE_CHECKING:
    from tests.workflows.conftest import Line, Start
    from tests.workflows.tools.conftest import Bank

Pay = Callable[[str], Awaitable[WorkflowHandle[Any, Any]]]
GOOD, LOST, LATE = "4539148803436467", "4000000000006975", "4000000000000259"


@pytest.fixture
def pay(start: "Start", paying: World) -> Pay:
    """Pay this invoice, in the sandbox as workers run it."""
    tool = next(tool for tool in scan().tools if tool.name == "pay_invoice")

    async def pay(invoice: str) -> WorkflowHandle[Any, Any]:
        activities = [*tool.activities_in(paying), *activity_methods(ChargingActivities(paying))]
        return await start(tool.workflow, activities, runner=runner([tool.workflow]), invoice=invoice)

    return pay


async def fails(handle: WorkflowHandle[Any, Any]) -> None:
    with pytest.raises(WorkflowFailureError):
        await handle.result()


async def test_a_card_is_charged_once_with_a_receipt(pay: Pay, bank: "Bank", line: "Line", payer: Any) -> None:
    invoice = await bank.invoice()
    line.replies = payer(await bank.token(GOOD))
    paid = await (await pay(invoice)).result()
    assert (paid["amount"], paid["currency"], paid["last4"]) == (12000, "USD", "6467")
    assert await bank.effects(f"Invoice {invoice}") == ["authorise", "capture"]
    assert await bank.status(invoice) == ["paid"]
    (asked,) = line.of(QuestionAsked)
    assert "five zero zero zero is one hundred and twenty dollars, for tea" in asked.text
    (wanted,) = line.of(CardRequested)
    assert (wanted.amount, wanted.currency) == (12000, "USD")
    (told,) = line.of(AnnouncementRequested)
    assert told.text.startswith("Thank you. You have paid one hundred and twenty dollars with the card ending in six")
    (receipt,) = line.messages
    assert paid["receipt"] in receipt.text
    assert "120.00 USD" in receipt.text


@pytest.mark.parametrize("card", [LOST, LATE, "4000000000000119", "4000000000000077"])
async def test_an_answer_that_is_lost_late_refused_or_doubled_charges_once(
    pay: Pay, bank: "Bank", line: "Line", payer: Any, card: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cards, "LATE", 1.5)
    invoice = await bank.invoice()
    line.replies = payer(await bank.token(card))
    await (await pay(invoice)).result()
    assert await bank.effects(f"Invoice {invoice}") == ["authorise", "capture"]
    assert await bank.status(invoice) == ["paid"]
    assert len(line.messages) == 1


async def test_a_declined_card_may_be_followed_by_another(pay: Pay, bank: "Bank", line: "Line", payer: Any) -> None:
    invoice = await bank.invoice()
    line.replies = payer(await bank.token("4000000000009995"), await bank.token(GOOD))
    await (await pay(invoice)).result()
    assert "not enough money" in line.of(QuestionAsked)[1].text
    assert await bank.effects(f"Invoice {invoice}") == ["authorise", "capture"]


async def test_three_declined_cards_are_enough(pay: Pay, bank: "Bank", line: "Line", payer: Any) -> None:
    invoice = await bank.invoice()
    line.replies = payer(*[await bank.token("4000000000000002") for _ in range(3)])
    await fails(await pay(invoice))
    (failed,) = line.of(ToolFailed)
    assert (failed.code, failed.fault) == ("declined", "business")
    assert await bank.effects(f"Invoice {invoice}") == []
    assert await bank.status(invoice) == ["released"]


async def test_what_the_bank_does_not_release_is_voided(pay: Pay, bank: "Bank", line: "Line", payer: Any) -> None:
    invoice = await bank.invoice()
    line.replies = payer(await bank.token("4000000000000341"))
    await fails(await pay(invoice))
    assert await bank.effects(f"Invoice {invoice}") == ["authorise", "void"]
    assert await bank.status(invoice) == ["released"]
    assert not line.of(ToolCompleted)


@pytest.mark.parametrize("reason", ["cancelled", "timed_out", "unavailable", "gone"])
async def test_without_a_card_the_invoice_stays_open(
    pay: Pay, bank: "Bank", line: "Line", payer: Any, reason: str
) -> None:
    invoice = await bank.invoice()
    line.replies = payer(reason)
    await fails(await pay(invoice))
    (failed,) = line.of(ToolFailed)
    assert failed.code == f"card_{'call_ended' if reason == 'gone' else reason}"
    assert "othing has been charged" in failed.message
    assert [message.text for message in line.messages] == ([failed.message] if reason == "gone" else [])
    assert await bank.status(invoice) == ["released"]
    assert await bank.effects(f"Invoice {invoice}") == []


async def test_of_two_who_pay_one_invoice_at_once_one_pays(pay: Pay, bank: "Bank", line: "Line", payer: Any) -> None:
    invoice = await bank.invoice()
    line.replies = payer(*[await bank.token(GOOD) for _ in range(2)])
    handles = [await pay(invoice), await pay(invoice)]
    # One after another: for each result that is waited for, the server would skip time once more.
    results = [(await asyncio.gather(handle.result(), return_exceptions=True))[0] for handle in handles]
    assert sum(isinstance(result, dict) for result in results) == 1
    assert await bank.effects(f"Invoice {invoice}") == ["authorise", "capture"]
    assert line.of(ToolFailed)[0].code in ("paid", "paying")
    again = await pay(invoice)
    await fails(again)
    assert line.of(ToolFailed)[-1].message.startswith("Good news")


async def test_an_invoice_that_changes_while_it_is_paid_is_not_charged(
    pay: Pay, bank: "Bank", line: "Line", payer: Any, until: Until
) -> None:
    invoice = await bank.invoice()
    agree = payer(await bank.token(GOOD))

    def replies(event: Any) -> Any:
        return [] if isinstance(event, QuestionAsked) else agree(event)

    line.replies = replies
    handle = await pay(invoice)
    await until(lambda: bool(line.of(QuestionAsked)))
    await bank.pool.execute("UPDATE invoices SET amount = 99 WHERE invoice_id = $1", invoice)
    await line.signal(handle.id, agree(line.of(QuestionAsked)[0])[0])
    await fails(handle)
    assert line.of(ToolFailed)[0].code == "changed"
    assert not line.of(CardRequested)


async def test_a_payment_that_is_cancelled_after_it_was_taken_is_given_back(
    pay: Pay, bank: "Bank", line: "Line", payer: Any, paying: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    invoice = await bank.invoice()
    line.replies = payer(await bank.token(GOOD))
    assert paying.payments is not None
    settled = asyncio.Event()

    async def stuck(settlement: Any) -> str:
        settled.set()
        raise OSError("The database is away.")

    monkeypatch.setattr(paying.payments, "settle", stuck)
    handle = await pay(invoice)
    await asyncio.wait_for(settled.wait(), 60)
    await handle.cancel()
    await fails(handle)
    assert await bank.effects(f"Invoice {invoice}") == ["authorise", "capture", "refund"]
    assert await bank.taken(f"Invoice {invoice}") == 0
    assert await bank.status(invoice) == ["released"]


async def test_a_gateway_that_stays_away_costs_nothing(
    pay: Pay, bank: "Bank", line: "Line", payer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has the effect, and no answer gets through until the payment was given up."""
    invoice = await bank.invoice()
    line.replies = payer(await bank.token(GOOD))
    authorise = bank.gateway.authorise

    async def mute(charge: Any) -> Any:
        await authorise(charge)
        raise OSError("No answer.")

    monkeypatch.setattr(bank.gateway, "authorise", mute)
    await fails(await pay(invoice))
    assert line.of(ToolFailed)[0].code == "unavailable"
    assert await bank.effects(f"Invoice {invoice}") == ["authorise", "void"]


async def test_an_unknown_invoice_and_a_caller_who_does_not_want_to(
    pay: Pay, bank: "Bank", line: "Line", payer: Any
) -> None:
    await fails(await pay("9999"))
    assert line.of(ToolFailed)[0].code == "not_found"
    line.replies = payer(agrees=False)
    await fails(await pay(await bank.invoice()))
    assert line.of(ToolFailed)[1].code == "declined"
    assert not line.of(CardRequested)
