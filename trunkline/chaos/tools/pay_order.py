"""A payment: a card on file, set aside and taken at the gateway, and written down, by the kit's own steps."""

import os

import aiohttp
from pydantic import BaseModel, Field
from temporalio import activity, workflow

from trunkline.gateway.cards import CARDS
from workflows.caller import Caller, Card
from workflows.charging import SetAside, charge_key, set_aside_on, take
from workflows.conduct import conducted
from workflows.errors import ToolError
from workflows.money import Money
from workflows.ports import Claim, PaymentStore, Settlement, World
from workflows.saga import Saga
from workflows.steps import quickly, surely
from workflows.tool import tool

PATIENCE = 10.0
"""Seconds for the outcome to be spoken before it is written instead."""


class PayOrder(BaseModel):
    """Pay an order with the card on file."""

    number: int = Field(ge=1, description="The order's number.")


class OrderPaid(BaseModel):
    """What became of a payment."""

    number: int = Field(description="The order's number.")
    paid: bool = Field(description="Whether it was paid; else nothing was charged.")


class OnFile(BaseModel):
    """A card on file."""

    token: str
    last4: str
    brand: str


class PayOrderActivities:
    """The card, and the rows about the payment."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._gateway = os.environ.get("TRUNKLINE_GATEWAY_URL", "")
        self._key = os.environ.get("TRUNKLINE_GATEWAY_CARD_KEY", "")

    @property
    def _payments(self) -> PaymentStore:
        assert self._world.payments is not None
        return self._world.payments

    @activity.defn
    async def card_on_file(self, number: int) -> OnFile:
        """The token of this order's card: the test cards in turn, those that misbehave among them."""
        card = list(CARDS)[number % len(CARDS)]
        code = "1234" if CARDS[card][0] == "amex" else "123"
        about = {"number": card, "month": "12", "year": "2099", "code": code}
        headers = {"Authorization": f"Bearer {self._key}", "Idempotency-Key": f"on-file-{number}"}
        timeout = aiohttp.ClientTimeout(total=2)
        async with (
            aiohttp.ClientSession(timeout=timeout) as http,
            http.post(f"{self._gateway}/v1/tokens", json=about, headers=headers) as answer,
        ):
            answer.raise_for_status()
            return OnFile.model_validate(await answer.json())

    @activity.defn
    async def claim_order(self, claim: Claim) -> str:
        """Keep a row for this payment."""
        return str(await self._payments.claim(claim))

    @activity.defn
    async def settle_order(self, settlement: Settlement) -> str:
        """Write down that it was paid."""
        return await self._payments.settle(settlement)

    @activity.defn
    async def release_order(self, claim: Claim) -> None:
        """Let go of the row."""
        await self._payments.release(claim)


@workflow.defn(name="pay_order")
class PayOrderWorkflow:
    """Claim, set aside, take, settle, tell: paid once with a receipt, or nothing charged."""

    @workflow.run
    @conducted
    async def run(self, request: PayOrder, caller: Caller) -> OrderPaid:
        money = Money(amount=1000 + request.number % 1000, currency="USD")
        claim = Claim(
            key=charge_key(caller),
            call_id=caller.request.call_id,
            invoice=None,
            reference=f"Order {request.number}",
            amount=money.amount,
            currency=money.currency,
        )
        try:
            async with Saga() as saga:
                saga.undo(PayOrderActivities.release_order, claim)
                await quickly(PayOrderActivities.claim_order, claim)
                on_file = await surely(PayOrderActivities.card_on_file, request.number)
                card = Card(on_file.token, on_file.last4, on_file.brand)
                charge = await set_aside_on(caller, saga, money, card, claim.reference)
                if not isinstance(charge, SetAside):
                    raise ToolError("declined", "The card was declined.")
                await take(caller, charge)
                await quickly(
                    PayOrderActivities.settle_order,
                    Settlement(key=claim.key, payment=charge.payment, brand=card.brand, last4=card.last4),
                )
            paid = OrderPaid(number=request.number, paid=True)
        except ToolError:
            paid = OrderPaid(number=request.number, paid=False)
        word = "paid" if paid.paid else "declined"
        await caller.tell(f"Order {request.number} is {word}.", paid, patience=PATIENCE)
        return paid


TOOL = tool(
    request=PayOrder,
    result=OrderPaid,
    workflow=PayOrderWorkflow,
    activities=[PayOrderActivities],
    title="pay an order",
)
