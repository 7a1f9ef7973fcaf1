"""Which build of the code runs which workflow."""

from importlib import metadata

import structlog
from temporalio.api.workflowservice.v1 import SetWorkerDeploymentCurrentVersionRequest
from temporalio.client import Client
from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.worker import WorkerDeploymentConfig

from workers.settings import WorkerSettings
from workers.waiting import until_there

log = structlog.get_logger(__name__)

BEHAVIOUR = {"pinned": VersioningBehavior.PINNED, "auto_upgrade": VersioningBehavior.AUTO_UPGRADE}


def build_id(settings: WorkerSettings) -> str:
    """The build of this worker: as told, else the installed version, so that a restart finds its calls in progress."""
    return settings.build_id or metadata.version("trunkline")


def deployment_config(settings: WorkerSettings) -> WorkerDeploymentConfig | None:
    """For the Temporal worker; None where builds are not told apart."""
    if settings.versioning == "off":
        return None
    return WorkerDeploymentConfig(
        version=WorkerDeploymentVersion(deployment_name=settings.deployment, build_id=build_id(settings)),
        use_worker_versioning=True,
        default_versioning_behavior=BEHAVIOUR[settings.versioning],
    )


async def make_current(client: Client, settings: WorkerSettings) -> None:
    """Send new workflows to this build from now on."""
    if settings.versioning == "off" or not settings.make_current:
        return
    request = SetWorkerDeploymentCurrentVersionRequest(
        namespace=settings.temporal_namespace,
        deployment_name=settings.deployment,
        build_id=build_id(settings),
        identity=client.identity,
        # Its pollers are on their way, and other regions' queues have workers of their own.
        allow_no_pollers=True,
        ignore_missing_task_queues=True,
    )
    await until_there(
        "Temporal's worker deployment",
        lambda: client.workflow_service.set_worker_deployment_current_version(request),
    )
    log.info("New tool calls go to this build.", deployment=settings.deployment, build=build_id(settings))
