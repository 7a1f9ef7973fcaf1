"""What could not be undone is put right by a person: it waits at the workflow's desk until they say that it is done.

The caller is told before that, and not that nothing has changed.
"""

import dataclasses
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, Field
from temporalio import workflow
from temporalio.exceptions import ApplicationError, FailureError

from schemas.tools import UNSETTLED
from workflows.desk import Desk
from workflows.errors import Failure

PATIENCE = 7 * 86400.0
"""Seconds until a person who does not answer is asked anew."""
WORDS = (
    "I'm sorry, that did not work, and not all of it could be taken back by itself. One of our people will put it "
    "right, and see that you lose nothing by it."
)


class Repaired(BaseModel):
    """Whether it has been put right."""

    done: bool = Field(description="Yes where you have undone it by hand; no has it tried again.")


@dataclass(frozen=True, slots=True)
class Owed:
    """A step that could not be undone: what was tried, the step itself, and why it failed."""

    what: str
    step: Callable[[], Awaitable[Any]]
    error: FailureError


_owed: ContextVar[list[Owed] | None] = ContextVar("owed", default=None)


def begin() -> list[Owed]:
    """The list of this workflow, to which its sagas add."""
    owed: list[Owed] = []
    _owed.set(owed)
    return owed


def owe(owed: Owed) -> None:
    """Put it before a person once the caller has been told."""
    known = _owed.get()
    if known is not None:
        known.append(owed)


def honest(failure: Failure, owed: list[Owed]) -> Failure:
    """What may be told: not that nothing has changed, where something remains."""
    if not owed:
        return failure
    return dataclasses.replace(failure, code=UNSETTLED, message=WORDS, fault="system", retryable=False)


async def repair(desk: Desk, owed: list[Owed]) -> None:
    """Return once a person has put each of them right, or a further try has."""
    for one in owed:
        await _repair(desk, one)


async def _repair(desk: Desk, owed: Owed) -> None:
    name, _, given = owed.what.partition(" ")
    error: FailureError = owed.error
    while True:
        found = await desk.wait(
            "repair",
            f"{name.replace('_', ' ').capitalize()} has failed for good: undo it by hand.",
            Repaired,
            seconds=PATIENCE,
            otherwise="You are asked again.",
            details={"step": name, "given": given, "error": _why(error)},
        )
        if found is None:
            continue
        if found.answer.done:
            return
        try:
            await owed.step()
        except FailureError as again:
            error = again
            workflow.logger.error("A step could not be undone again: %s", name)
        else:
            return


def _why(error: FailureError) -> str:
    cause = error.cause if isinstance(error.cause, ApplicationError) else error
    return cause.message[:300]
