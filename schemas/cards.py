"""A payment card keyed in during a call. No event ever holds its number: the edge hands that to the gateway alone."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from schemas.base import Event, Token

Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
"""ISO 4217."""
LastFour = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}$")]
"""What may be shown of a card's number."""
CardToken = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_-]{7,95}$")]
"""What stands for a card at its gateway. It begins with a letter, so that no card's number is one."""

NotCollectedReason = Literal["call_ended", "cancelled", "timed_out", "invalid", "unavailable", "unsupported", "busy"]


class CardRequested(Event):
    """Have the caller key in a card, out of everybody's sight, and answer with what the gateway makes of it."""

    kind: ClassVar[str] = "card_requested"

    card_request_id: Token
    tool_call_id: Token
    amount: int = Field(gt=0, le=10**12, description="What it is for, in the currency's minor units (cents).")
    currency: Currency
    text: str = Field(max_length=500, description="Said first; how to key it in is said by the edge.")
    security_code: bool = Field(default=True, description="Whether the three or four digits on the card are wanted.")
    expires: float | None = Field(default=None, gt=0, description="Seconds after which no card is wanted any more.")


class CardCollected(Event):
    """The gateway has taken the card."""

    kind: ClassVar[str] = "card_collected"

    card_request_id: Token
    tool_call_id: Token
    token: CardToken = Field(description="The gateway's token, by which the card can be charged.")
    last4: LastFour
    brand: str = Field(pattern=r"^[a-z_]{1,24}$", description="The card's network: visa, mastercard, amex, ...")


class CardNotCollected(Event):
    """There is no card. ``unavailable``: the gateway is away. ``unsupported``: this edge has none."""

    kind: ClassVar[str] = "card_not_collected"

    card_request_id: Token
    tool_call_id: Token
    reason: NotCollectedReason


class CardWithdrawn(Event):
    """No card is wanted any more: the business was called off, or nobody waits for one."""

    kind: ClassVar[str] = "card_withdrawn"

    card_request_id: Token
    tool_call_id: Token
