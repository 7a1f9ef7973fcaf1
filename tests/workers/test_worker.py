"""The worker process: waits for its engines, offers its tools, tells builds apart."""

import asyncio
import uuid
from typing import TYPE_CHECKING

import pytest
from nats.aio.client import Client
from pydantic import SecretStr
from structlog.testing import capture_logs
from temporalio.api.workflowservice.v1 import DescribeWorkerDeploymentRequest

from schemas.subjects import TOOLS_BUCKET
from schemas.tools import ToolSpec
from trunkline.stack.ports import free_ports
from trunkline.stack.stack import Engines
from workers import worker
from workers.deployment import build_id
from workers.settings import WorkerSettings
from workers.telemetry import Telemetry
from workers.temporal import connect

if TYPE_CHECKING:
    from tests.workers.conftest import Eventually, Running


async def test_its_tools_are_offered(running_worker: "asyncio.Task[None]", nats_client: Client) -> None:
    bucket = await nats_client.jetstream().key_value(TOOLS_BUCKET)
    entry = await bucket.get("book_visit")
    spec = ToolSpec.model_validate_json(entry.value or b"")
    assert spec.workflow == "book_visit"
    assert spec.parameters["required"] == ["service", "day", "time", "name"]


async def test_new_workflows_go_to_its_build(
    running_worker: "asyncio.Task[None]", engines: Engines, worker_settings: WorkerSettings
) -> None:
    client = await connect(engines.temporal_address, "default", Telemetry(None, "test", "test"))
    described = await client.workflow_service.describe_worker_deployment(
        DescribeWorkerDeploymentRequest(namespace="default", deployment_name=worker_settings.deployment)
    )
    current = described.worker_deployment_info.routing_config.current_deployment_version
    assert current.build_id == build_id(worker_settings)


@pytest.mark.parametrize("versioning", ["auto_upgrade", "off"])
async def test_builds_may_be_told_apart_otherwise(
    worker_settings: WorkerSettings, running: "Running", versioning: str
) -> None:
    name = f"v{uuid.uuid4().hex[:8]}"
    settings = worker_settings.model_copy(update={"versioning": versioning, "region": name, "deployment": name})
    async with running(lambda ready: worker.serve(settings, ready)):
        pass  # Ready means that a workflow got through.


async def test_it_waits_for_engines_and_says_so(worker_settings: WorkerSettings, eventually: "Eventually") -> None:
    ports = free_ports(3)
    settings = worker_settings.model_copy(
        update={
            "nats_url": f"nats://127.0.0.1:{ports[0]}",
            "temporal_address": f"127.0.0.1:{ports[1]}",
            "postgres_dsn": SecretStr(f"postgresql://nobody:secret@127.0.0.1:{ports[2]}/none"),
        }
    )
    with capture_logs() as logged:
        task = asyncio.create_task(worker.serve(settings, lambda text: None))

        async def all_named() -> bool:
            said = " ".join(str(line) for line in logged)
            return all(f"{engine}" in said for engine in ("NATS at", "Temporal at", "PostgreSQL ("))

        await eventually("each engine to be named", all_named)
    assert "secret" not in str(logged)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert task.cancelled()


def test_the_password_is_not_printed(worker_settings: WorkerSettings) -> None:
    settings = WorkerSettings(postgres_dsn=SecretStr("postgresql://me:hush-hush@host/db"))
    assert "hush-hush" not in repr(settings)
