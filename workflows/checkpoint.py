"""A checkpoint: from where a workflow that waits for long may begin anew, so that its history stays short and a new
build of the code takes it over.

Temporal calls it continuing as new. The run that follows has the tool's state and all that the kit knows: what waits at
the desk, under the ids it has; where the caller is; what was answered; what is to be undone; when the deadline is.
"""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from pydantic import BaseModel
from temporalio import workflow

State = TypeVar("State", bound=BaseModel)

LONG = 1000
"""Events of history from which on a workflow begins anew. Temporal suggests it at 4,096, and ends a run at 51,200."""
LOOK = 3600.0
"""Seconds after which one that waits looks whether there is a new build: an old one is needed no longer than that."""


@dataclass(frozen=True, slots=True)
class Leaving:
    """How the kit leaves a run. ``free``: nothing would be lost, nor is anything on its way."""

    free: Callable[[], bool]
    leave: Callable[[dict[str, Any]], None]
    """Ends this run, with the tool's state for the next; never returns."""


class Checkpoint(Generic[State]):
    """Made by the kit for a workflow whose run method asks for one: ``checkpoint: Checkpoint[Found]``."""

    def __init__(self, kind: type[State], carried: dict[str, Any] | None, leaving: Leaving) -> None:
        self.reached: State | None = None if carried is None else kind.model_validate(carried)
        """What an earlier run had reached; None in the first."""
        self._state = self.reached
        self._leaving = leaving
        self._main = asyncio.current_task()

    def reach(self, state: State) -> None:
        """From here on the workflow may begin anew, with ``reached`` set to this: its run method must then do nothing
        again that it has done.

        That happens only while the run method itself waits ``until`` a time or for a person, and no other task of it
        waits for the caller or for somebody. A ``finally`` of yours runs then as well, a ``Saga`` undoes nothing.
        """
        self._state = state

    async def until(self, when: datetime) -> None:
        """Wait until then, for weeks if need be."""
        await self.wait(lambda: False, when)

    @property
    def here(self) -> bool:
        """For the kit: whether it may begin anew where this task waits."""
        return self._state is not None and asyncio.current_task() is self._main

    async def wait(self, condition: Callable[[], bool], until: datetime) -> None:
        """For the kit: wait until the condition is true, or until then."""
        while not condition() and (left := (until - workflow.now()).total_seconds()) > 0:
            with contextlib.suppress(TimeoutError):
                await workflow.wait_condition(
                    lambda: condition() or self._due(), timeout=timedelta(seconds=min(left, LOOK))
                )
            # From here on nothing is awaited: what has come is in what is carried, and what comes meanwhile makes
            # Temporal refuse to end this run and show it that first.
            if self._due() and not condition() and self._state is not None:
                self._leaving.leave(self._state.model_dump(mode="json"))

    def _due(self) -> bool:
        info = workflow.info()
        due = (
            info.get_current_history_length() >= LONG
            or info.is_continue_as_new_suggested()
            or info.is_target_worker_deployment_version_changed()
        )
        return due and self._state is not None and self._leaving.free() and workflow.all_handlers_finished()
