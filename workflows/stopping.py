"""What may stop a tool from outside: its caller's wish, and its deadline. Both undo what was done."""

import asyncio
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Self

from temporalio import workflow

from schemas.tools import ToolCancelRequested, ToolRequested
from workflows.caller import Caller
from workflows.errors import ToolError, called_off, too_slow

TOO_LATE = "I'm sorry, that can't be cancelled any more."


class Stopping:
    """``async with Stopping(call, caller):`` around the business.

    Raises:
        ToolError: it was stopped, ``cancelled`` or at its ``deadline``; what it did has been undone.
    """

    def __init__(self, call: ToolRequested, caller: Caller, deadline: datetime | None = None) -> None:
        """``deadline``: of a call that began in an earlier run of this workflow."""
        self._call = call
        self.deadline = deadline
        self._caller = caller
        self._business: asyncio.Task[Any] | None = None
        self._why: ToolError | None = None
        self._refusal: asyncio.Task[Any] | None = None
        self._alarm: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._business = asyncio.current_task()
        seconds = self._call.deadline
        if self.deadline is not None:
            seconds = max(0.0, (self.deadline - workflow.now()).total_seconds())
        if seconds is not None:
            self.deadline = workflow.now() + timedelta(seconds=seconds)
            self._alarm = asyncio.create_task(self._expire(seconds))
        workflow.set_signal_handler(ToolCancelRequested.kind, self._wished)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        business, self._business = self._business, None
        for task in (self._alarm, self._refusal):
            if task is not None:
                task.cancel()
        if isinstance(error, asyncio.CancelledError) and self._why is not None:
            if business is not None:
                business.uncancel()
            raise self._why from None

    @property
    def busy(self) -> bool:
        """Whether somebody is being told that it is too late."""
        return self._refusal is not None and not self._refusal.done()

    async def _expire(self, seconds: float) -> None:
        await workflow.sleep(timedelta(seconds=seconds), summary="The tool's deadline")
        self._stop(too_slow())

    def _wished(self, *body: Any) -> None:
        """The caller's wish, however often; takes any arguments, since a handler that raises would stop all."""
        if self._caller.completed or self._why is not None or self._business is None:
            return  # It is done, and the caller has been told or is about to be.
        if self._call.cancellable and not self._caller.committed:
            self._stop(called_off())
        elif self._refusal is None or self._refusal.done():
            self._refusal = asyncio.create_task(self._caller.say(TOO_LATE))

    def _stop(self, why: ToolError) -> None:
        if self._business is not None and self._why is None and not self._caller.completed:
            self._why = why
            self._business.cancel()
