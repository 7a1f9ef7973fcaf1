"""What a tool says when the business was not done.

A ``ToolError`` may be raised in a workflow or in an activity; its message reaches the language model and, unless the
model itself is at fault, the caller. Any other error is a fault of the system: it is logged, and its words are kept
from both.
"""

import asyncio
import re
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, ValidationError
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory, FailureError

Fault = Literal["caller", "model", "business", "system"]


class ToolError(ApplicationError):
    """The business was not done, for a reason that people can be told.

    ``code`` is stable, for programs; ``message`` is a sentence that a caller can hear and a model can act on. Never
    retried by Temporal: raise it where trying the same again cannot help. ``retryable`` tells the model whether asking
    again, with other arguments or later, may.
    """

    def __init__(self, code: str, message: str, *, fault: Fault = "business", retryable: bool = False) -> None:
        super().__init__(
            message,
            {"fault": fault, "retryable": retryable},
            type=code,
            non_retryable=True,
            category=ApplicationErrorCategory.BENIGN if fault != "system" else ApplicationErrorCategory.UNSPECIFIED,
        )


MOST_TOLD = 900_000
"""Bytes of JSON that a result, or an event, may have: NATS takes 1 MiB with what is around it, and never more."""
MOST_SAID = 2000
"""Characters that can be said at once."""


def check_size(result: BaseModel) -> None:
    """Raises ToolError where the result is too big to be told to anybody."""
    if len(result.model_dump_json().encode()) > MOST_TOLD:
        raise ToolError(
            "too_big",
            "I'm sorry, what came of that is too much to be passed on, so I have stopped it. Nothing has been changed.",
            fault="system",
        )


@dataclass(frozen=True, slots=True)
class Failure:
    """What is published of a failure."""

    code: str
    message: str
    fault: Fault
    retryable: bool


def called_off() -> ToolError:
    """The caller did not want it any more: in words that fit where they talk of another request by now."""
    return ToolError("cancelled", "Your earlier request is cancelled, and nothing was changed by it.", fault="caller")


def too_slow() -> ToolError:
    """The tool's deadline has passed."""
    return ToolError(
        "deadline",
        "I'm sorry, that took too long, so I have stopped it. Nothing has been changed.",
        fault="system",
        retryable=True,
    )


UNDONE = "I'm sorry, that did not work, because of a problem on our side. Nothing has been changed."


def failure_of(error: BaseException) -> Failure:
    """What may be told of ``error``: the words of a ToolError, and nothing but an apology for any other."""
    if isinstance(error, asyncio.CancelledError):
        return Failure(
            "cancelled", "I'm sorry, your request has been cancelled. Nothing has been changed.", "system", True
        )
    while isinstance(error, FailureError) and not isinstance(error, ApplicationError) and error.__cause__ is not None:
        error = error.__cause__
    if isinstance(error, ApplicationError) and error.details and isinstance(error.details[0], dict):
        told: dict[str, Any] = error.details[0]
        if told.get("fault") in ("caller", "model", "business", "system") and error.type:
            # A failure must be told whatever its words are.
            message = error.message.strip()[:MOST_SAID] or UNDONE
            return Failure(error.type, message, told["fault"], bool(told.get("retryable")))
    return Failure("failed", UNDONE, "system", True)


def invalid_arguments(tool: str, request: type[BaseModel], error: ValidationError) -> ToolError:
    """The error by which a language model can mend its arguments: one clause for each that is wrong."""
    clauses = []
    for problem in error.errors(include_url=False, include_context=False, include_input=False):
        name = ".".join(str(part) for part in problem["loc"]) or "the request"
        field = request.model_fields.get(str(problem["loc"][0])) if problem["loc"] else None
        about = f" ({field.description})" if problem["type"] == "missing" and field and field.description else ""
        said = re.sub(r"^(Value error|Assertion failed), ", "", problem["msg"]).rstrip(".")
        clauses.append(f"{name}{about}: {said}.")
    wrong = " ".join(clauses[:12])
    return ToolError(
        "invalid_arguments",
        f"{tool} was not started. {wrong} Put this right, asking the caller where needed, and call {tool} again.",
        fault="model",
        retryable=True,
    )
