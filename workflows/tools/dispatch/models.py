"""What is asked of a dispatch and what comes of it."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Problem = Literal["burst pipe", "gas smell", "no heating", "power failure", "blocked drain"]

SYNONYMS: dict[str, Any] = {
    "burst pipe": [
        "burst",
        "flooding",
        "flooded",
        "water everywhere",
        "pipe broke",
        "leaking badly",
        "water is coming",
    ],
    "gas smell": ["gas", "smell of gas", "gas leak"],
    "no heating": ["heating is out", "no heat", "freezing", "boiler is dead", "no hot water"],
    "power failure": ["no power", "power is out", "electricity is out", "sparks", "blackout"],
    "blocked drain": ["sewage", "drain is overflowing", "toilet overflows"],
}


class SendHelp(BaseModel):
    """Send somebody at once to an emergency at the caller's home: a burst pipe, a smell of gas, no heating, a power
    failure, an overflowing drain. Use it for what cannot wait for a booked visit, once the address is known."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    problem: Problem = Field(
        description="What is wrong.",
        examples=["burst pipe"],
        json_schema_extra={
            "ask": "What has happened: a burst pipe, a smell of gas, no heating, no power, or a blocked drain?",
            "spoken": "service",
            "synonyms": SYNONYMS,
        },
    )
    address: Annotated[str, StringConstraints(strip_whitespace=True, min_length=5, max_length=160)] = Field(
        description="Where to go: house number, street, and what else is needed to find it.",
        examples=["12 Harbor Street"],
        json_schema_extra={"ask": "What is the address, please?", "spoken": "address", "kind": "address"},
    )


class Help(BaseModel):
    """Somebody who is on the way."""

    job: str = Field(description="The job's id.")
    who: str = Field(description="Who comes.")
    minutes: int = Field(ge=0, description="In about how many minutes.")


class Offer(BaseModel):
    """A unit's answer to a job."""

    accepted: bool = Field(description="Whether you take the job.")
    minutes: int | None = Field(default=None, ge=1, le=600, description="In how many minutes you are there.")


class Arranged(BaseModel):
    """What a person has arranged where no unit took the job."""

    who: str = Field(max_length=80, description="Who goes; empty where nobody can.")
    minutes: int = Field(default=60, ge=1, le=600, description="In about how many minutes they are there.")


class Finished(BaseModel):
    """Whether a job is done."""

    done: bool = Field(description="Whether the unit is free again.")
