"""Undoing: what was done is taken back in reverse order when a later step fails, or the workflow is cancelled."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from contextvars import ContextVar
from types import TracebackType
from typing import Any, Self

from pydantic_core import to_jsonable_python
from temporalio import activity as activities
from temporalio import workflow
from temporalio.exceptions import FailureError

from schemas.base import Schema
from workflows.attributes import show_state
from workflows.repair import Owed, owe
from workflows.steps import surely, unbroken


class Undo(Schema):
    """A step that takes something back: the activity's name, and what it is given, as JSON."""

    activity: str
    argument: Any = None


_open: ContextVar["list[Saga] | None"] = ContextVar("sagas", default=None)


def begin() -> None:
    """A workflow begins: it has no open sagas."""
    _open.set([])


def owed() -> list[Undo]:
    """What the open sagas of this workflow would undo, oldest first."""
    return [step for saga in _open.get() or () for step, _ in saga.steps]


class Saga:
    """``async with Saga() as saga:`` around steps that belong together.

    Register the undoing *before* the doing: a step that seems to have failed may have had its effect. Undoing must
    therefore bear that nothing was done.
    """

    def __init__(self, inherited: Sequence[Undo] = ()) -> None:
        self.steps: list[tuple[Undo, Callable[[], Awaitable[Any]]]] = []
        """For the kit: what it would undo, oldest first."""
        self._inherits = bool(inherited)
        for step in inherited:
            self._register(step, step.activity, step.argument)

    def undo(self, activity: Callable[..., Awaitable[Any]], argument: Any) -> None:
        """Should the saga fail, run this activity, retried until it is done.

        One that cannot be, since it raises a ToolError, is put before a person in the end (``workflows.repair``).
        """
        known = activities._Definition.from_callable(activity)
        name = (known.name if known else None) or getattr(activity, "__name__", "a step")
        step = Undo(activity=name, argument=to_jsonable_python(argument))
        for saga in _open.get() or ():
            if saga._inherits:  # It is ours again.
                saga.steps = [each for each in saga.steps if each[0] != step]
        self._register(step, activity, argument)

    def _register(self, step: Undo, activity: Any, argument: Any) -> None:
        self.steps.append((step, lambda: surely(activity, argument)))

    async def __aenter__(self) -> Self:
        if (known := _open.get()) is not None:
            known.append(self)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # A workflow that begins anew undoes nothing: the next run has it in hand.
        if isinstance(error, Exception | asyncio.CancelledError):
            show_state("undoing")
            await unbroken(self._undo_all())
        if (known := _open.get()) is not None and self in known:
            known.remove(self)

    async def _undo_all(self) -> None:
        while self.steps:
            step, undo = self.steps.pop()
            try:
                await undo()
            except FailureError as error:
                # The steps before it are still to be taken back, so one that cannot be does not stop them.
                workflow.logger.error("A step could not be undone and needs a person: %s", step.activity)
                owe(Owed(_in_words(step), undo, error))


def _in_words(step: Undo) -> str:
    """The activity and what it was given, for a person to do the same by hand."""
    return f"{step.activity} {json.dumps(step.argument, ensure_ascii=False, separators=(',', ':'))[:500]}"
