"""What the web service of a CRM is told of a call once it is over."""

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from schemas.base import Schema, Token
from schemas.calls import EndReason

DELIVERY = "Trunkline-Delivery"
"""The header with the report's ``id``: the same for every try, so that a receiver takes each report once."""

Disposition = Literal[
    "resolved", "partly_resolved", "pending", "failed", "broken_off", "talked", "silent", "refused", "unknown"
]
"""``resolved``: all business was done. ``partly_resolved``: some was done, some failed. ``pending``: some is still
under way. ``failed``: none was done. ``broken_off``: our side or the line ended a call without business that was done.
``talked``: no business was asked for. ``silent``: the caller never spoke. ``refused``: the call was not taken.
``unknown``: of the call nothing is stored but its end."""


class ToolReport(Schema):
    """One piece of business that was asked for in the call."""

    tool_call_id: Token
    tool: Token
    status: Literal["completed", "failed", "open"]
    arguments: dict[str, Any]
    result: dict[str, Any] | None = Field(default=None, description="Where it was completed.")
    code: str | None = Field(default=None, description="Where it failed: what went wrong, for programs.")
    message: str | None = Field(default=None, description="Where it failed: a sentence.")


class Unfinished(Schema):
    """What the call left behind that nobody sees to: somebody should ring the caller."""

    kind: Literal["unanswered", "broken_off"]
    text: str = Field(description="A sentence for the person who rings.")
    tool_call_id: Token | None = None


class CallReport(Schema):
    """A call that is over, as far as its stored events tell."""

    id: Token = Field(description="The idempotency key: the same whenever the report is sent.")
    call_id: Token
    region: Token
    agent: str | None = Field(default=None, description="The agent's name.")
    transport: str | None = Field(default=None, description="How the call came.")
    caller: str | None = Field(default=None, description="The caller's address; null where it is not known.")
    callee: str | None = Field(default=None, description="The address that was called.")
    started: datetime | None = Field(default=None, description="Wall clock, UTC; null where that is not stored.")
    ended: datetime = Field(description="Wall clock, UTC.")
    seconds: float = Field(ge=0, description="Length of the call.")
    turns: int = Field(ge=0, description="How many turns the caller took.")
    ended_by: EndReason
    disposition: Disposition
    summary: str = Field(description="A few sentences for people; nothing the caller said is quoted.")
    tools: list[ToolReport] = Field(default_factory=list, description="Oldest first; 100 at most.")
    unfinished: list[Unfinished] = Field(default_factory=list)
