"""The envelope that every event shares, and the identifiers in it."""

import secrets
from datetime import UTC, datetime
from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Token = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,96}$")]
"""An identifier that is safe as one token of a NATS subject."""


def new_id(prefix: str) -> str:
    """A fresh identifier, ``<prefix>_`` and 96 random bits; safe in a subject."""
    return f"{prefix}_{secrets.token_hex(12)}"


class Schema(BaseModel):
    """A value inside an event. Frozen; fields it does not know are ignored, so that a newer writer is understood."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Event(Schema):
    """One thing that happened in, or for, one call.

    ``kind`` is the last token of the event's subject. Durable kinds go to JetStream; the others may be lost.
    """

    kind: ClassVar[str]
    durable: ClassVar[bool] = True

    id: Token = Field(
        default_factory=lambda: new_id("evt"), description="Unique; JetStream drops a second event with it."
    )
    call_id: Token = Field(description="The call it belongs to.")
    region: Token = Field(description="The region whose edge carries the call.")
    time: datetime = Field(default_factory=lambda: datetime.now(UTC), description="Wall clock, UTC.")
    at: float | None = Field(
        default=None, ge=0, description="Seconds of call audio; null where the event was not made at the edge."
    )
