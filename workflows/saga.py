"""Undoing: what was done is taken back in reverse order when a later step fails, or the workflow is cancelled."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Any, Self

from pydantic import BaseModel
from temporalio import workflow
from temporalio.exceptions import FailureError

from workflows.attributes import show_state
from workflows.repair import Owed, owe
from workflows.steps import surely, unbroken


class Saga:
    """``async with Saga() as saga:`` around steps that belong together.

    Register the undoing *before* the doing: a step that seems to have failed may have had its effect. Undoing must
    therefore bear that nothing was done.
    """

    def __init__(self) -> None:
        self._undo: list[tuple[str, Callable[[], Awaitable[Any]]]] = []

    def undo(self, activity: Callable[..., Awaitable[Any]], argument: Any) -> None:
        """Should the saga fail, run this activity, retried until it is done.

        One that cannot be, since it raises a ToolError, is put before a person in the end (``workflows.repair``).
        """
        self._undo.append((_named(activity, argument), lambda: surely(activity, argument)))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, Exception | asyncio.CancelledError):
            show_state("undoing")
            await unbroken(self._undo_all())

    async def _undo_all(self) -> None:
        while self._undo:
            name, step = self._undo.pop()
            try:
                await step()
            except FailureError as error:
                # The steps before it are still to be taken back, so one that cannot be does not stop them.
                workflow.logger.error("A step could not be undone and needs a person: %s", name.partition(" ")[0])
                owe(Owed(name, step, error))


def _named(activity: Callable[..., Awaitable[Any]], argument: Any) -> str:
    """The activity and what it was given, for a person to do the same by hand."""
    given = argument.model_dump_json() if isinstance(argument, BaseModel) else json.dumps(argument, default=str)
    return f"{getattr(activity, '__name__', 'a step')} {given[:500]}"
