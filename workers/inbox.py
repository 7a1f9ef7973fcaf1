"""What waits for somebody outside the calls, over all workflows, and the answers to it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from temporalio.client import (
    Client,
    WorkflowExecutionStatus,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.service import RPCError, RPCStatusCode

from schemas.decisions import DECIDE, WAITING, Ruling, Waiting
from schemas.sealing import Seals, seal_marked
from schemas.searching import STATE
from workers.waiting import heed_cancellation

MOST = 1000
AGAIN = 0.1
"""Seconds before one that begins anew is asked again."""
PATIENCE = 10.0
"""Seconds for a worker to take an answer."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that waits, and the workflow that waits for it."""

    workflow_id: str
    waiting: Waiting


class NotTaken(Exception):
    """An answer was not taken; the message says why."""


class Inbox:
    """Reads by one search, which needs no worker; answers by the update that each workflow takes."""

    def __init__(self, client: Client, patience: float = PATIENCE, seals: Seals | None = None) -> None:
        """``seals``: for answers of which a part is sensitive."""
        self._client = client
        self._patience = patience
        self._seals = seals or Seals({})

    async def items(self, *, callers_too: bool = False) -> list[Item]:
        """What waits for a person, the most urgent first; with ``callers_too`` what waits for callers as well.

        A search follows what happens by some tens of milliseconds: an item may be listed that was just answered.

        Raises:
            RPCError: Temporal is not there, or does not know our search attributes.
        """
        states = ["waits_for_person", *(["waits_for_caller"] if callers_too else [])]
        wanted = " OR ".join(f"{STATE} = '{state}'" for state in states)
        query = f"ExecutionStatus = 'Running' AND ({wanted})"
        found = [item async for item in self._found(query)]
        kinds = ("approval", "question", "call_back", "repair", *(("link",) if callers_too else ()))
        return sorted((item for item in found if item.waiting.kind in kinds), key=lambda item: item.waiting.until)

    async def _found(self, query: str) -> AsyncIterator[Item]:
        async for execution in self._client.list_workflows(query, limit=MOST):
            for waiting in await execution.memo_value(WAITING, default=[], type_hint=list[Waiting]):
                yield Item(execution.id, waiting)

    async def answer(self, item: Item, answer: dict[str, Any], by: str, note: str = "") -> Ruling:
        """Answer it; returns the ruling that holds, which is this one.

        Raises:
            NotTaken: somebody was faster, the answer does not fit or cannot be sealed, or it waits no more.
            RPCError: Temporal is not there, or no worker answered in time; it may be taken all the same, and the same
                answer may be given again.
        """
        try:
            sealed = seal_marked(item.waiting.answer, answer, self._seals)
        except LookupError as error:
            raise NotTaken(str(error)) from None
        alike = "" if sealed == answer else self._seals.alike(answer)
        ruling = Ruling(id=item.waiting.id, answer=sealed, by=by, note=note, alike=alike)
        try:
            async with asyncio.timeout(self._patience) as limit:
                held = await self._decided(item.workflow_id, ruling)
        except WorkflowUpdateFailedError as error:
            raise NotTaken(str(getattr(error.cause, "message", error.cause))) from None
        except (WorkflowUpdateRPCTimeoutOrCancelledError, TimeoutError) as error:
            # By the first the SDK means its own deadlines, ours, and somebody cancelling us.
            if isinstance(error.__cause__, asyncio.CancelledError) and not limit.expired():
                raise asyncio.CancelledError from None
            late = f"No worker took the answer in {self._patience:g} seconds."
            raise RPCError(late, RPCStatusCode.DEADLINE_EXCEEDED, b"") from None
        except RPCError as error:
            if error.status == RPCStatusCode.NOT_FOUND:
                raise NotTaken("This does not wait any more: its workflow has ended.") from None
            raise
        return held

    async def _decided(self, workflow_id: str, ruling: Ruling) -> Ruling:
        """The workflow's answer; asked again where it is just beginning anew, and neither run took it."""
        handle = self._client.get_workflow_handle(workflow_id)
        while True:
            try:
                held: Ruling = await handle.execute_update(DECIDE, ruling, id=None, result_type=Ruling)
                return held
            except WorkflowUpdateFailedError as error:
                # So the SDK says that the run's first line has not been reached, where its handler is set.
                if "expected but not found" not in str(error.cause):
                    raise
            except RPCError as error:
                if error.status != RPCStatusCode.NOT_FOUND or not await self._runs(workflow_id):
                    raise
            await asyncio.sleep(AGAIN)

    async def _runs(self, workflow_id: str) -> bool:
        try:
            described = await self._client.get_workflow_handle(workflow_id).describe()
        except RPCError as error:
            heed_cancellation()  # The SDK makes an error of its own of that.
            if error.status != RPCStatusCode.NOT_FOUND:
                raise
            return False
        return described.status == WorkflowExecutionStatus.RUNNING
