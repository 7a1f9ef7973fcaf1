"""A deploy while a call is in progress: it ends on the build where it began, and new calls go to the new one."""

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from temporalio.client import Client as Temporal

from schemas.announcements import AnnouncementRequested
from schemas.tools import ToolCompleted, ToolRequested
from workers import worker
from workers.settings import WorkerSettings
from workers.telemetry import Telemetry
from workers.temporal import connect

if TYPE_CHECKING:
    import asyncio

    from tests.workers.conftest import Edge, Running


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
                await handle.result(rpc_timeout=timedelta(seconds=30))
                assert isinstance(await edge.outcome(request), ToolCompleted)
    assert await build_of(temporal, first.tool_call_id) == "old"
    assert await build_of(temporal, second.tool_call_id) == "new"
