"""How a tool's workflow has ended is found by its search attribute. On a real Temporal."""

import asyncio
from typing import TYPE_CHECKING

import pytest
from pydantic import BaseModel
from temporalio import workflow
from temporalio.client import WorkflowFailureError
from temporalio.common import SearchAttributePair, TypedSearchAttributes
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from schemas.base import Event, new_id
from schemas.calls import CallEnded
from schemas.tools import ToolCancelRequested, ToolRequested
from workers.searchable import ensure_searchable
from workers.telemetry import Telemetry
from workers.temporal import connect
from workflows.attributes import STATE
from workflows.caller import Caller
from workflows.conduct import conducted
from workflows.errors import ToolError
from workflows.outlet import OutletActivities
from workflows.ports import Delivery, Message
from workflows.tool import activity_methods

if TYPE_CHECKING:
    from trunkline.stack.stack import Engines


class Fly(BaseModel):
    """Fly there."""

    where: str


class Flown(BaseModel):
    """There."""


@workflow.defn(name="fly_for_searchable")
class FlyWorkflow:
    """Ends as its destination says."""

    @workflow.run
    @conducted
    async def run(self, request: Fly, caller: Caller) -> Flown:
        if request.where == "failed":
            raise ToolError("fog", "There is fog.")
        if request.where != "done":
            await asyncio.sleep(3600)
        return Flown()


class Nowhere:
    """Publishes and sends to nobody."""

    async def publish(self, event: Event) -> None: ...

    async def send(self, message: Message) -> None: ...

    async def record(self, delivery: Delivery) -> None: ...


@pytest.mark.parametrize("end", ["done", "failed", "cancelled", "cancelled from outside"])
async def test_a_workflow_that_has_ended_is_found_by_how_it_did(engines: "Engines", end: str) -> None:
    client = await connect(engines.temporal_address, "default", Telemetry(None, "test", "test"))
    assert await ensure_searchable(client)
    about = {"call_id": new_id("call"), "region": "test", "tool_call_id": new_id("fly"), "tool": "fly"}
    request = ToolRequested(**about, arguments={"where": end}, turn=1)
    async with Worker(
        client,
        task_queue=new_id("queue"),
        workflows=[FlyWorkflow],
        activities=activity_methods(OutletActivities(Nowhere(), Nowhere())),
        workflow_runner=UnsandboxedWorkflowRunner(),
    ) as worker:
        handle = await client.start_workflow(
            FlyWorkflow.run,
            request,
            id=request.tool_call_id,
            task_queue=worker.task_queue,
            search_attributes=TypedSearchAttributes([SearchAttributePair(STATE, "working")]),
        )
        # Nobody is there to be told, so nothing waits for them.
        gone = CallEnded(
            call_id=request.call_id, region="test", reason="caller_hung_up", seconds=9, turns=1, open_tools=[handle.id]
        )
        await handle.signal(CallEnded.kind, gone)
        if end == "cancelled":
            await handle.signal(ToolCancelRequested.kind, ToolCancelRequested(**about, words="Cancel that."))
        elif end == "cancelled from outside":
            await handle.cancel()
        try:
            await asyncio.wait_for(handle.result(), 60)
        except WorkflowFailureError:
            assert end != "done"
        described = await handle.describe()
        assert described.typed_search_attributes.get(STATE) == end.split()[0]
