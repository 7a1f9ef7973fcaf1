"""Durable tools: the contract a language model sees, and the life of one call of it."""

import hashlib
import hmac
import json
from typing import Any, ClassVar, Literal

from pydantic import Field

from schemas.base import Event, Schema, Token


class ToolSpec(Schema):
    """What the edge needs to know of a durable tool. Published by the worker to the ``tools`` bucket."""

    name: Token
    title: str = Field(description="What a person would call it: 'book a visit'.")
    description: str = Field(description="The request model's docstring; what the language model sees.")
    parameters: dict[str, Any] = Field(description="JSON Schema of the request model.")
    result: dict[str, Any] = Field(description="JSON Schema of the result model.")
    workflow: str = Field(description="Name of the Temporal workflow type.")
    acknowledgement: str = Field(
        default="One moment please.", description="What may be said as soon as the request is stored."
    )
    slow_after: float = Field(
        default=4.0, gt=0, description="Seconds without an outcome after which the caller gets a word."
    )
    repeat: Literal["join", "reject", "ask"] = Field(
        default="join",
        description="What asking for the very same again means: nothing, a refusal, or a second one if they say so.",
    )
    cancellable: bool = Field(default=True, description="Whether the caller may call it off while it is under way.")
    deadline: float | None = Field(default=None, gt=0, description="Seconds after which it is undone and has failed.")
    priority: Literal["emergency", "normal", "background"] = Field(
        default="normal", description="Which work goes first where workers are short."
    )
    spoken: list[str] | None = Field(
        default=None, description="Fields of the result that the language model may speak of; all where null."
    )


def canonical_arguments(arguments: dict[str, Any]) -> str:
    """The arguments as JSON in one form: sorted keys, no spaces, strings stripped; so that a repeat has the same id."""

    def strip(value: Any) -> Any:
        if isinstance(value, str):
            return " ".join(value.split())
        if isinstance(value, dict):
            return {key: strip(item) for key, item in value.items() if item is not None}
        if isinstance(value, list):
            return [strip(item) for item in value]
        return value

    return json.dumps(strip(arguments), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def tool_call_id(call_id: str, tool: str, arguments: dict[str, Any], again: int = 0, key: bytes = b"") -> str:
    """The id of a tool call, of its workflow, and the idempotency key of its effects.

    Derived from what is asked, so a repeated request joins the one under way instead of doing it twice. ``again``
    counts those that the caller wants one more time. With a ``key``, as arguments that are sensitive need, nobody who
    lacks it can try by the id what they may have been.
    """
    asked = f"{call_id}\n{tool}\n{canonical_arguments(arguments)}" + (f"\n{again}" if again else "")
    digest = (hmac.new(key, asked.encode(), "sha256") if key else hashlib.sha256(asked.encode())).hexdigest()
    return f"{tool}-{digest[:24]}"


UNSETTLED = "unsettled"
"""Code of a failure of which something remains: a person puts it right, and it is not to be tried again."""


class ToolRequested(Event):
    """The language model asked for business. Stored means accepted: it will happen, exactly once."""

    kind: ClassVar[str] = "tool_requested"

    tool_call_id: Token
    tool: Token
    arguments: dict[str, Any]
    turn: int = Field(ge=0)
    caller: str | None = Field(default=None, description="Where an outcome is sent when the caller has gone.")
    agent: str = Field(default="", description="The agent's name.")
    timezone: str = Field(default="UTC", description="IANA name; days and times in the arguments are local to it.")
    tenant: str = Field(default="", max_length=64, description="Whose work it is; each gets a fair share of workers.")
    deadline: float | None = Field(default=None, gt=0, description="The tool's own; set by the bridge.")
    cancellable: bool = Field(default=True, description="The tool's own; set by the bridge.")
    trace: dict[str, str] = Field(default_factory=dict, description="W3C trace context.")


class ToolCancelRequested(Event):
    """The caller wants a request called off. What comes of it is the request's outcome, or an announcement."""

    kind: ClassVar[str] = "tool_cancel_requested"

    tool_call_id: Token
    tool: Token
    words: str = Field(default="", description="What the caller said.")


class ToolStarted(Event):
    """Temporal has the request: a workflow does it, whatever dies from here on."""

    kind: ClassVar[str] = "tool_started"

    tool_call_id: Token
    tool: Token
    workflow_id: str
    run_id: str


class ToolProgressed(Event):
    """A step of the workflow was done; for the board, not for the caller."""

    kind: ClassVar[str] = "tool_progressed"

    tool_call_id: Token
    tool: Token
    step: str


class ToolCompleted(Event):
    """The business is done. Its words are spoken by an announcement of their own."""

    kind: ClassVar[str] = "tool_completed"

    tool_call_id: Token
    tool: Token
    result: dict[str, Any]


class ToolFailed(Event):
    """The business was not done, and nothing half of it remains."""

    kind: ClassVar[str] = "tool_failed"

    tool_call_id: Token
    tool: Token
    code: str = Field(
        description="For programs: invalid_arguments, unknown_tool, declined, cancelled, deadline, unsettled, failed, "
        "or others."
    )
    message: str = Field(description="A sentence the language model can act on.")
    fault: Literal["caller", "model", "business", "system"] = "system"
    retryable: bool = False
