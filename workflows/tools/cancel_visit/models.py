"""What is asked of a cancellation and what comes of it."""

import datetime as dt
from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints


class CancelVisit(BaseModel):
    """Cancel a visit that is booked already. Use it once the caller has named the day it is booked for and the name it
    was booked under, and has agreed that it is to be cancelled."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    day: date = Field(
        description="The day for which the visit is booked.",
        examples=["2026-11-24"],
        json_schema_extra={"ask": "Which day is the visit booked for?", "spoken": "booked day"},
    )
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=80)] = Field(
        description="The name under which it was booked.",
        examples=["John Miller"],
        json_schema_extra={"ask": "Under which name was it booked?", "spoken": "name", "kind": "name"},
    )


class Cancelled(BaseModel):
    """A visit that will not take place."""

    booking_id: str = Field(description="The id it was booked under.")
    service: str = Field(description="What the technician would have done.")
    day: date = Field(description="The day it was booked for.")
    time: dt.time = Field(description="When it would have started, local time.")
