"""Builds of the code."""

from importlib import metadata

from temporalio.common import VersioningBehavior

from workers.deployment import build_id, deployment_config
from workers.settings import WorkerSettings


def test_a_build_is_the_installed_version_so_that_a_restart_finds_its_calls() -> None:
    assert build_id(WorkerSettings()) == metadata.version("trunkline")
    assert build_id(WorkerSettings(build_id="b7")) == "b7"


def test_calls_in_progress_stay_on_their_build_unless_told_otherwise() -> None:
    pinned = deployment_config(WorkerSettings())
    assert pinned is not None
    assert pinned.use_worker_versioning
    assert pinned.default_versioning_behavior == VersioningBehavior.PINNED
    moving = deployment_config(WorkerSettings(versioning="auto_upgrade"))
    assert moving is not None
    assert moving.default_versioning_behavior == VersioningBehavior.AUTO_UPGRADE
    assert deployment_config(WorkerSettings(versioning="off")) is None
