"""Look-ups: quick tools, which the edge asks itself and which change nothing."""

from typing import Any, ClassVar, Literal

from pydantic import Field

from schemas.base import Event, Token


class LookupAnswered(Event):
    """A quick tool was asked on the caller's behalf, and this came of it."""

    kind: ClassVar[str] = "lookup_answered"

    lookup_id: Token
    tool: Token
    arguments: dict[str, Any]
    status: Literal["answered", "failed"]
    content: dict[str, Any] = Field(description="What the service told, or 'code' and 'message' where it failed.")
    age: float = Field(default=0.0, ge=0, description="Seconds since the service told it; 0 where it was asked now.")
    seconds: float = Field(ge=0, description="How long the answer took.")
