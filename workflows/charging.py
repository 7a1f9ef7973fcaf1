"""Charging a card, as steps of a saga: a card keyed in, the amount set aside, taken, or given back.

The key of each attempt is made from the request, so that a step which runs again finds what it did. Whatever becomes of
a step whose answer was lost, the saga's undoing settles it: the gateway voids, refunds, or bars what is under the key.
"""

from dataclasses import dataclass
from datetime import timedelta

from pydantic import BaseModel, Field
from temporalio import activity, workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError

from workflows.caller import Caller, Card, NoCard, Unanswered
from workflows.errors import ToolError
from workflows.money import Money
from workflows.ports import Charge, Charged, PaymentGateway, World
from workflows.saga import Saga
from workflows.steps import heeding

NOTHING = "nothing has been charged"
"""What holds where a payment was not made, as a clause: a tool that does more than charging says so of that as well."""
CARDS = 3
"""How many cards a caller may try."""
ATTEMPT = timedelta(seconds=8)
"""For one request to the gateway."""
PATIENCE = timedelta(seconds=75)
"""For all of them: then the payment is given up and undone."""
_RETRY = RetryPolicy(
    initial_interval=timedelta(milliseconds=250), backoff_coefficient=2.0, maximum_interval=timedelta(seconds=8)
)


class Agreement(BaseModel):
    """Yes or no."""

    agreed: bool = Field(description="Whether the caller agrees.")


@dataclass(frozen=True, slots=True)
class SetAside:
    """An amount that is set aside on a card under ``key``."""

    key: str
    payment: str
    card: Card


class ChargingActivities:
    """What is asked of the gateway; the kit's own, for every tool."""

    def __init__(self, world: World) -> None:
        self._world = world

    @property
    def _gateway(self) -> PaymentGateway:
        if self._world.gateway is None:
            raise ToolError("unavailable", "I'm sorry, we can't take cards at the moment. Nothing has been charged.")
        return self._world.gateway

    @activity.defn
    async def authorise_charge(self, charge: Charge) -> Charged:
        """Set an amount aside."""
        return await self._gateway.authorise(charge)

    @activity.defn
    async def capture_charge(self, key: str) -> Charged:
        """Take what was set aside."""
        return await self._gateway.capture(key)

    @activity.defn
    async def reverse_charge(self, key: str) -> Charged:
        """Undo whatever was done under the key."""
        return await self._gateway.reverse(key)


def charge_key(caller: Caller) -> str:
    """The key of the payment that this very request makes: a later request for the same is another payment."""
    return f"{caller.request.tool_call_id}-{caller.request.id[-12:]}"


async def set_aside(
    caller: Caller, saga: Saga, money: Money, text: str, reference: str, nothing: str = NOTHING
) -> SetAside:
    """Have a card keyed in and the amount set aside on it; a card that is declined may be followed by another.

    ``text`` is said before the card is asked for; ``nothing`` is what the caller hears that holds where it fails. From
    here on the saga voids it, or gives it back.

    Raises:
        ToolError: no card came, every card was declined, or the gateway is away. Nothing stays charged.
    """
    for number in range(1, CARDS + 1):
        card = await caller.collect_card(money.amount, money.currency, text)
        if isinstance(card, NoCard):
            raise _no_card(card, nothing)
        charged = await set_aside_on(caller, saga, money, card, reference, number, nothing)
        if isinstance(charged, SetAside):
            return charged
        if number == CARDS or not await _another(caller, charged):
            raise ToolError("declined", f"The card was declined, so {nothing}.", retryable=True)
        text = ""
    raise AssertionError("Every way out of the loop is in it.")


async def set_aside_on(
    caller: Caller, saga: Saga, money: Money, card: Card, reference: str, number: int = 1, nothing: str = NOTHING
) -> SetAside | Charged:
    """Set the amount aside on this card, the ``number``-th of the request; how it stands where it was declined.

    Raises:
        ToolError: the gateway is away. Nothing stays charged.
    """
    key = f"{charge_key(caller)}-{number}"
    saga.undo(ChargingActivities.reverse_charge, key)
    charged = await _ask(
        caller,
        ChargingActivities.authorise_charge,
        Charge(key=key, token=card.token, amount=money.amount, currency=money.currency, reference=reference),
        nothing,
    )
    if charged.status == "authorised":
        await caller.step(f"set {money.written} aside on the card ending in {card.last4}")
        return SetAside(key, charged.payment, card)
    await caller.step(f"the card ending in {card.last4} was declined")
    return charged


async def take(caller: Caller, charge: SetAside, nothing: str = NOTHING) -> None:
    """Take what was set aside; ``nothing``: as with ``set_aside``.

    Raises:
        ToolError: the bank refuses it now, or the gateway is away.
    """
    charged = await _ask(caller, ChargingActivities.capture_charge, charge.key, nothing)
    if charged.status != "captured":
        raise ToolError("declined", f"I'm sorry, the bank did not release the payment, so {nothing}.", retryable=True)


async def _ask(caller: Caller, method: object, argument: object, nothing: str) -> Charged:
    try:
        charged: Charged = await heeding(
            workflow.execute_activity(
                method,  # type: ignore[call-overload]  # One of the methods above.
                argument,
                start_to_close_timeout=ATTEMPT,
                schedule_to_close_timeout=PATIENCE,
                retry_policy=_RETRY,
                result_type=Charged,
            )
        )
    except ActivityError as error:
        if isinstance(error.cause, ToolError) or getattr(error.cause, "non_retryable", False):
            raise
        # To undo what may have been done can take as long as the gateway is away: the caller hears of it before.
        await caller.say("I'm sorry, our payment service does not answer just now.", patience=10.0)
        raise ToolError(
            "unavailable",
            f"The payment could not be made, because our payment service did not answer, so {nothing}.",
            retryable=True,
        ) from error
    return charged


async def _another(caller: Caller, charged: Charged) -> bool:
    """Whether the caller wants to try another card."""
    why = "there is not enough money on it" if charged.reason == "insufficient_funds" else "the bank does not allow it"
    answer = await caller.ask(
        f"I'm sorry, the card was declined: {why}. Would you like to try another card?", Agreement
    )
    return not isinstance(answer, Unanswered) and answer.agreed


_NO_CARD = {
    "call_ended": "The call ended before a card was given, so {nothing}.",
    "cancelled": "All right, no card then, so {nothing}.",
    "timed_out": "I got no card in time, so {nothing}. Just tell me when you would like to try again.",
    "invalid": "I'm sorry, the card could not be read, so {nothing}.",
    "unavailable": "I'm sorry, our payment service does not answer and no card was taken, so {nothing}.",
    "unsupported": "I'm sorry, I can't take cards on this line, so {nothing}.",
    "busy": "I can only take one card at a time and did not ask for this one, so {nothing}.",
}


def _no_card(card: NoCard, nothing: str) -> ToolError:
    fallback = "I'm sorry, no card came through, so {nothing}."
    fault = "business" if card.reason in ("cancelled", "call_ended", "timed_out", "invalid", "busy") else "system"
    message = _NO_CARD.get(card.reason, fallback).format(nothing=nothing)
    return ToolError(f"card_{card.reason}", message, fault=fault, retryable=True)  # type: ignore[arg-type]
