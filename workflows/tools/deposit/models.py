"""What is asked of a booking with a deposit, and what comes of it."""

import datetime as dt
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from schemas.cards import Currency, LastFour
from workflows.slots import Day

SERVICE = "boiler replacement"


def _morning_or_noon(at: dt.time) -> dt.time:
    if at not in (dt.time(8), dt.time(13)):
        raise ValueError("A replacement starts at eight in the morning or at one in the afternoon. Ask which.")
    return at


class BookReplacement(BaseModel):
    """Book the replacement of a boiler, which takes half a day and a deposit by card. Use it once the caller has named
    the day, the half of it, and their name. The card is keyed in on the telephone: never ask for its number."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    day: Day = Field(
        description="The day, Monday to Saturday, in the business's own calendar.",
        examples=["2026-11-24"],
        json_schema_extra={"ask": "Which day suits you for the new boiler?", "spoken": "day"},
    )
    time: Annotated[dt.time, AfterValidator(_morning_or_noon)] = Field(
        description="When it starts, local time: 08:00 or 13:00.",
        examples=["08:00", "13:00"],
        json_schema_extra={"ask": "At eight in the morning, or at one in the afternoon?", "spoken": "time"},
    )
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=80)] = Field(
        description="The caller's name.",
        json_schema_extra={"ask": "And your name, please?", "spoken": "name", "kind": "name"},
    )


class Reserved(BaseModel):
    """A replacement that is booked, its deposit paid."""

    booking_id: str = Field(description="The booking's id.")
    day: date = Field(description="The day.")
    time: dt.time = Field(description="When it starts, local time.")
    technician: str = Field(description="Who comes.")
    deposit: int = Field(ge=0, description="What was paid, in the currency's minor units.")
    currency: Currency = Field(description="ISO 4217.")
    receipt: str = Field(description="The receipt's number.")
    last4: LastFour = Field(description="The last four digits of the card.")
