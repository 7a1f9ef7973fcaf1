"""Handing the caller over to a person: asked for by a workflow, done by the edge as far as its carrier can."""

from typing import ClassVar, Literal

from pydantic import Field

from schemas.base import Event, Token

TransferOutcome = Literal["connected", "unanswered", "refused", "unsupported", "call_ended", "failed"]
"""``refused``: the other side would not take it. ``unsupported``: this call's carrier cannot do it."""


class TransferRequested(Event):
    """Hand the caller over, after these words."""

    kind: ClassVar[str] = "transfer_requested"

    transfer_id: Token
    tool_call_id: Token
    to: str = Field(min_length=1, max_length=200, description="An E.164 number or a SIP address.")
    text: str = Field(default="", max_length=2000, description="What is said to the caller first; empty says nothing.")
    whisper: str = Field(default="", max_length=2000, description="What the other side is told, where it can be.")
    expires: float = Field(gt=0, description="Seconds after which the other side has not answered.")


class TransferEnded(Event):
    """What became of it. Where it is not ``connected`` the caller is still with the agent, unless the call ended."""

    kind: ClassVar[str] = "transfer_ended"

    transfer_id: Token
    tool_call_id: Token
    outcome: TransferOutcome
    detail: str = Field(default="", description="A sentence for people.")
