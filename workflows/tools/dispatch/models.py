"""What is asked of a dispatch and what comes of it."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Problem = Literal[
    "burst pipe", "gas smell", "carbon monoxide alarm", "no heating", "power failure", "blocked drain"
]  # fmt: skip

SYNONYMS: dict[str, Any] = {
    "burst pipe": [
        "burst",
        "flooding",
        "flooded",
        "water everywhere",
        "pipe broke",
        "leaking badly",
        "water is coming",
        "water is pouring",
        "water is gushing",
        "water is spraying",
        "water is dripping through the ceiling",
        "water is running into the socket",
        "water in the fuse box",
        "pipe is frozen",
    ],
    "gas smell": ["gas", "smell of gas", "gas leak", "rotten eggs"],
    "carbon monoxide alarm": ["carbon monoxide", "monoxide", "co alarm", "co detector"],
    "no heating": ["heating is out", "heating is dead", "heating broke", "no heat", "freezing", "boiler is dead",
                   "no hot water"],
    "power failure": ["no power", "power is out", "power went off", "electricity is out", "electricity is gone",
                      "no electricity", "sparks", "burning smell", "smoke from the outlet", "blackout"],
    "blocked drain": ["sewage", "drain is overflowing", "toilet overflows"],
}  # fmt: skip
BESIDE: dict[str, Any] = {
    "gas smell": [
        f"gas {thing}"
        for thing in "bill invoice account boiler furnace heater heating stove cooker oven hob grill company supplier "
        "meter engineer man fitter safety certificate check service inspection station".split()
    ]
}
"""Things that have gas in their name, and of which a caller may speak without smelling any."""

ADVICE: dict[str, Any] = {
    "gas smell": {
        "now": "Please get everybody out of the house now, and don't touch switches or flames.",
        "then": "Please stay outside, well away from the house.",
        "dangerous": "Gas can catch fire, so nobody should stay in the house.",
        "call": "Once you are outside, call {emergency_number} and your gas company too.",
    },
    "carbon monoxide alarm": {
        "now": "Please get everybody out into the fresh air now, and call {emergency_number} if anybody feels ill.",
        "then": "Please stay outside, in the fresh air.",
        "dangerous": "Carbon monoxide is a poison that nobody can smell, so nobody should stay in the house.",
        "call": "Once you are outside, call {emergency_number}, above all if anybody feels dizzy or ill.",
    },
    "burst pipe": {
        "now": "If you can, turn the water off at the main valve, and keep away from wet sockets.",
        "then": "Please keep away from sockets and lamps that are wet.",
        "dangerous": "Water near electricity is, so please keep away from sockets and lamps that are wet.",
        "call": "Call {emergency_number} if anybody is in danger. For the water alone there is no need.",
    },
    "power failure": {
        "now": "Please keep away from anything that sparks or is wet.",
        "then": "Please keep away from anything that sparks or is wet.",
        "dangerous": "It can be, so please touch nothing that sparks or is wet.",
        "call": "Call {emergency_number} if something burns, or if anybody is hurt.",
    },
}
"""What cannot wait until somebody has come, or an address was given; in short sentences, for the ear. The edge puts the
number in, which the agent's file names."""


class SendHelp(BaseModel):
    """Send somebody at once to an emergency at the caller's home: a burst pipe, a smell of gas, carbon monoxide, no
    heating, a power failure, an overflowing drain. Use it for what cannot wait for a booked visit, once the address is
    known; but what the advice on the problem says to do now is said before the address is asked for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    problem: Problem = Field(
        description="What is wrong.",
        examples=["burst pipe"],
        json_schema_extra={
            "ask": "What has happened: a burst pipe, a smell of gas, no heating, no power, or a blocked drain?",
            "spoken": "service",
            "synonyms": SYNONYMS,
            "beside": BESIDE,
            "advice": ADVICE,
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
