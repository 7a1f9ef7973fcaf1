"""What is asked of a payment and what comes of it."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from schemas.cards import Currency, LastFour

InvoiceNumber = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[0-9]{4,8}$")]


class PayInvoice(BaseModel):
    """Pay an invoice by card. Use it once the caller has said which invoice. The amount is looked up and agreed with
    the caller, and the card is keyed in on the telephone: never ask for a card's number, nor take one down."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    invoice: InvoiceNumber = Field(
        description="The invoice's number, four to eight digits.",
        examples=["1042"],
        json_schema_extra={
            "ask": "What is the invoice number? You can say it, or key it in and press hash.",
            "spoken": "invoice number",
            "kind": "digits",
            "minLength": 4,
            "maxLength": 8,
        },
    )


class Paid(BaseModel):
    """An invoice that was paid."""

    invoice: InvoiceNumber = Field(description="The invoice's number.")
    amount: int = Field(ge=0, description="What was paid, in the currency's minor units.")
    currency: Currency = Field(description="ISO 4217.")
    receipt: str = Field(description="The receipt's number.")
    brand: str = Field(description="The card's network.")
    last4: LastFour = Field(description="The last four digits of the card.")
