"""What is asked of a booking and what comes of it."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from workflows.slots import Day, Hour

Service = Literal["boiler service", "drain cleaning", "electrical check", "tap repair"]

SYNONYMS: dict[str, list[str]] = {
    "boiler service": ["boiler", "heating", "no heating", "heater", "furnace", "hot water", "no hot water", "radiator"],
    "drain cleaning": ["drain", "drains", "blocked drain", "clogged", "sewer", "toilet is blocked", "sink is blocked",
                       "problem with my sink", "problem with the sink", "water doesn't go down"],
    "electrical check": ["electrical", "electric", "electrician", "electricity", "wiring", "sockets", "fuse", "lights"],
    "tap repair": ["tap", "faucet", "dripping", "leaking tap", "drip", "leak"],
}  # fmt: skip


def extra(**values: Any) -> dict[str, Any]:
    """What a dialogue may use beyond JSON Schema proper: how to ask for the field, and what to call it."""
    return values


class BookVisit(BaseModel):
    """Book a visit of a technician to the caller's home: boiler service, drain cleaning, an electrical check or a tap
    repair. Use it once the caller has named the service, the day, the time and their name, and has agreed to them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    service: Service = Field(
        description="What the technician is to do.",
        examples=["boiler service", "tap repair"],
        json_schema_extra=extra(
            ask="What do you need: a boiler service, drain cleaning, an electrical check, or a tap repair?",
            spoken="service",
            synonyms=SYNONYMS,
        ),
    )
    day: Day = Field(
        description="The day of the visit, Monday to Saturday, in the business's own calendar.",
        examples=["2026-11-24"],
        json_schema_extra=extra(ask="Which day suits you?", spoken="day"),
    )
    time: Hour = Field(
        description="When the visit starts, local time, on the hour, from 08:00 to 17:00.",
        examples=["10:00", "14:00"],
        json_schema_extra=extra(
            ask="What time would you like? We come between eight in the morning and five in the afternoon.",
            spoken="time",
        ),
    )
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=80)] = Field(
        description="The caller's name.",
        examples=["John Miller"],
        json_schema_extra=extra(ask="And your name, please?", spoken="name", kind="name"),
    )


class Visit(BaseModel):
    """A confirmed visit."""

    booking_id: str = Field(description="The booking's id, which is the tool call's.")
    service: Service = Field(description="What the technician will do.")
    day: date = Field(description="The day of the visit.")
    time: Hour = Field(description="When it starts, local time.")
    name: str = Field(description="Whose home it is.")
    technician: str = Field(description="Who comes.")
