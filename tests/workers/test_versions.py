"""A deploy while a call is in progress: it ends on the build where it began, and new calls go to the new one."""

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from temporalio.client import Client as Temporal

from schemas.announcements import AnnouncementRequested
from schemas.base import new_id
from schemas.tools import ToolCompleted, ToolRequested, tool_call_id
from workers import worker
from workers.inbox import Inbox
from workers.settings import WorkerSettings
from workers.telemetry import Telemetry
from workers.temporal import connect
from workflows import checkpoint

if TYPE_CHECKING:
    import asyncio

    from tests.workers.conftest import Edge, Eventually, Running


async def build_of(temporal: Temporal, workflow_id: str) -> str:
    """The build that the workflow is pinned to."""
    described = await temporal.get_workflow_handle(workflow_id).describe()
    versioning = described.raw_description.workflow_execution_info.versioning_info
    return str(versioning.deployment_version.build_id)


async def test_calls_in_progress_finish_on_the_old_build(
    edge: "Edge", worker_settings: WorkerSettings, running: "Running", running_bridge: "asyncio.Task[None]"
) -> None:
    temporal = await connect(worker_settings.temporal_address, "default", Telemetry(None, "test", "test"))
    deployment = f"versions-{uuid.uuid4().hex[:8]}"

    def build(name: str) -> Any:
        settings = worker_settings.model_copy(update={"build_id": name, "deployment": deployment})
        return running(lambda ready: worker.serve(settings, ready))

    async def told(request: ToolRequested) -> AnnouncementRequested:
        return await edge.expect(AnnouncementRequested, lambda event: event.tool_call_id == request.tool_call_id)

    first, second = edge.request(), edge.request()
    async with build("old"):
        await edge.store(first)
        outcome = await told(first)  # It waits now for the caller to have heard it.
        async with build("new"):
            await edge.store(second)
            await edge.hears(await told(second))
            await edge.hears(outcome)
            for request in (first, second):
                handle = temporal.get_workflow_handle(request.tool_call_id)
                await handle.result(rpc_timeout=timedelta(seconds=60))
                assert isinstance(await edge.outcome(request), ToolCompleted)
    assert await build_of(temporal, first.tool_call_id) == "old"
    assert await build_of(temporal, second.tool_call_id) == "new"


async def test_one_that_waits_for_long_moves_to_the_new_build(
    edge: "Edge",
    worker_settings: WorkerSettings,
    running: "Running",
    running_bridge: "asyncio.Task[None]",
    eventually: "Eventually",
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A job that somebody is at: what waits for them waits on, where its new run is found."""
    monkeypatch.setattr(checkpoint, "LOOK", 0.5)
    temporal = await connect(worker_settings.temporal_address, "default", Telemetry(None, "test", "test"))
    deployment = f"versions-{uuid.uuid4().hex[:8]}"
    inbox = Inbox(temporal)

    def build(name: str) -> Any:
        settings = worker_settings.model_copy(update={"build_id": name, "deployment": deployment})
        return running(lambda ready: worker.serve(settings, ready))

    arguments = {"problem": "no heating", "address": "12 Harbor Street"}
    call = new_id("call")
    request = edge.request(call).model_copy(
        update={"tool": "send_help", "arguments": arguments, "tool_call_id": tool_call_id(call, "send_help", arguments)}
    )

    async def item(words: str) -> Any:
        found = await inbox.items()
        return next(
            (one for one in found if one.workflow_id == request.tool_call_id and words in one.waiting.text), None
        )

    async with build("old"):
        await edge.store(request)
        offer = await eventually("an offer", lambda: item("Do you take it?"))
        await inbox.answer(offer, {"accepted": True, "minutes": 20}, "Alex")
        await edge.hears(await edge.expect(AnnouncementRequested, lambda one: "is on the way" in one.text))
        waiting = await eventually("the job", lambda: item("is the job done"))
        async with build("new"):

            async def moved() -> bool:
                return await build_of(temporal, request.tool_call_id) == "new"

            await eventually("the new build", moved)
        # The old one is still there; what follows is for it to do or to leave.
    async with build("new"):
        assert await eventually("the job", lambda: item("is the job done")) == waiting
        await inbox.answer(waiting, {"done": True}, "Alex")
        handle = temporal.get_workflow_handle(request.tool_call_id)
        assert (await handle.result(rpc_timeout=timedelta(seconds=60)))["minutes"] == 20
        memo = await (await handle.describe()).memo()
    assert memo["request"] == request.id, "the bridge knows a redelivery by it"
    assert len(edge.of(ToolCompleted, request.tool_call_id)) == 1
