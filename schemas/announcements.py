"""What a workflow wants said in the call, and whether it was."""

from typing import ClassVar, Literal

from pydantic import Field

from schemas.base import Event, Token


class AnnouncementRequested(Event):
    """Say this when the floor is free."""

    kind: ClassVar[str] = "announcement_requested"

    announcement_id: Token
    tool_call_id: Token
    text: str = Field(min_length=1, max_length=2000)
    urgent: bool = Field(default=False, description="May interrupt the agent's own talk.")
    expires: float | None = Field(default=None, gt=0, description="Seconds after which it is no longer worth saying.")


class AnnouncementSpoken(Event):
    """It was heard to the end, or far enough to count."""

    kind: ClassVar[str] = "announcement_spoken"

    announcement_id: Token
    tool_call_id: Token
    heard: str = Field(description="The words that were played out.")


class AnnouncementNotSpoken(Event):
    """It was not heard; the workflow must reach the caller another way."""

    kind: ClassVar[str] = "announcement_not_spoken"

    announcement_id: Token
    tool_call_id: Token
    reason: Literal["call_ended", "expired", "refused"]
