"""Temporal's sandbox, set up so that a tool may import what it likes, and costs little.

The files of the tools' workflows are loaded anew for each workflow and held to determinism. Everything else they import
is shared with the process: it costs nothing then, and libraries which the sandbox cannot load twice do no harm.
"""

import sys
from collections.abc import Iterable
from typing import Any

from temporalio.bridge.proto.workflow_activation import WorkflowActivation
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion
from temporalio.converter import StorageDriverStoreContext
from temporalio.worker import WorkflowInstance, WorkflowInstanceDetails
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions
from temporalio.workflow import Info


def runner(workflows: Iterable[type]) -> SandboxedWorkflowRunner:
    """A runner for these workflow classes. Call it once all of their imports are done."""
    isolated: set[str] = set()
    for workflow in workflows:
        parts = workflow.__module__.split(".")
        isolated |= {".".join(parts[:length]) for length in range(1, len(parts) + 1)}
    shared = {
        name for name in sys.modules if name not in isolated and name.partition(".")[0] not in sys.stdlib_module_names
    }
    return _Runner(restrictions=SandboxRestrictions.default.with_passthrough_modules(*shared))


class _Runner(SandboxedWorkflowRunner):
    """Its workflows are not asked what each of their payloads belongs to."""

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        return _Instance(super().create_instance(det))


class _Instance(WorkflowInstance):
    """A workflow in the sandbox. The SDK would enter it once more for each payload, to tell the data converter whose
    the payload is: a fifth of what a booking costs, and ``workers.codec.converter`` makes nothing of it."""

    def __init__(self, sandboxed: WorkflowInstance) -> None:
        self._sandboxed = sandboxed

    def activate(self, act: WorkflowActivation) -> WorkflowActivationCompletion:
        return self._sandboxed.activate(act)

    def get_info(self) -> Info:
        return self._sandboxed.get_info()

    def get_thread_id(self) -> int | None:
        return self._sandboxed.get_thread_id()

    def get_serialization_context(self, command_info: Any) -> None:
        return None

    def get_external_store_context(self, command_info: Any) -> StorageDriverStoreContext:
        return StorageDriverStoreContext(target=None)
