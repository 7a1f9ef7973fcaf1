"""What is asked of a move and what comes of it."""

from datetime import date, time
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from workflows.slots import Day, Hour


class MoveVisit(BaseModel):
    """Move or reschedule a visit that is booked already to another day or time. Use it once the caller has named the
    day it is booked for now, the new day and time, and the name it was booked under. What stays may be null."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    day: date = Field(
        description="The day for which the visit is booked now.",
        examples=["2026-11-24"],
        json_schema_extra={"ask": "Which day is the visit booked for now?", "spoken": "booked day"},
    )
    new_day: Day | None = Field(
        description="The day to which it is to be moved, Monday to Saturday; null where only the time changes.",
        examples=["2026-11-26"],
        json_schema_extra={
            "ask": "Which day would you like instead?",
            "spoken": "new day",
            "changes": "book_visit.day",
        },
    )
    new_time: Hour | None = Field(
        description="When it is to start instead, local time, on the hour, from 08:00 to 17:00; null where only "
        "the day changes.",
        examples=["10:00", "14:00"],
        json_schema_extra={
            "ask": "What time would you like? We come between eight in the morning and five in the afternoon.",
            "spoken": "new time",
            "changes": "book_visit.time",
        },
    )
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=80)] = Field(
        description="The name under which it was booked.",
        examples=["John Miller"],
        json_schema_extra={"ask": "Under which name was it booked?", "spoken": "name", "kind": "name"},
    )


class Moved(BaseModel):
    """A visit at its new time."""

    booking_id: str = Field(description="The booking's new id, which is the tool call's.")
    service: str = Field(description="What the technician will do.")
    was_day: date = Field(description="The day it was booked for before.")
    was_time: time = Field(description="When it would have started, local time.")
    day: date = Field(description="The day of the visit now.")
    time: Hour = Field(description="When it starts now, local time.")
    technician: str = Field(description="Who comes.")
