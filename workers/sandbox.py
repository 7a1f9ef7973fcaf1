"""Temporal's sandbox, set up so that a tool may import what it likes, and costs little.

The files of the tools' workflows are loaded anew for each workflow and held to determinism. Everything else they import
is shared with the process: it costs nothing then, and libraries which the sandbox cannot load twice do no harm.
"""

import sys
from collections.abc import Iterable, Sequence
from importlib.abc import InspectLoader, Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import CodeType, ModuleType
from typing import Any

from temporalio.bridge.proto.workflow_activation import WorkflowActivation
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion
from temporalio.converter import StorageDriverStoreContext
from temporalio.worker import WorkflowInstance, WorkflowInstanceDetails
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions
from temporalio.workflow import Info, unsafe


def runner(workflows: Iterable[type]) -> SandboxedWorkflowRunner:
    """A runner for these workflow classes. Call it once all of their imports are done."""
    isolated: set[str] = set()
    for workflow in workflows:
        parts = workflow.__module__.split(".")
        isolated |= {".".join(parts[:length]) for length in range(1, len(parts) + 1)}
    shared = {
        name for name in sys.modules if name not in isolated and name.partition(".")[0] not in sys.stdlib_module_names
    }
    _kept.keep(isolated)
    return _Runner(restrictions=SandboxRestrictions.default.with_passthrough_modules(*shared))


class _Kept(MetaPathFinder, Loader):
    """The code of the modules that each workflow loads anew: found, read and compiled once, not for each workflow."""

    def __init__(self) -> None:
        self._modules: dict[str, tuple[CodeType, ModuleSpec]] = {}

    def keep(self, names: Iterable[str]) -> None:
        """As they are now. What cannot be kept is looked for where it lies, as everything is outside of workflows."""
        for name in names:
            spec = sys.modules[name].__spec__
            if spec is not None and isinstance(spec.loader, InspectLoader):
                code = spec.loader.get_code(name)
                if code is not None:
                    self._modules[name] = code, spec
        if self not in sys.meta_path:
            sys.meta_path.insert(0, self)

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name not in self._modules or not unsafe.in_sandbox():
            return None
        there = self._modules[name][1]
        spec = ModuleSpec(name, self, origin=there.origin, is_package=there.submodule_search_locations is not None)
        spec.submodule_search_locations = there.submodule_search_locations
        spec.has_location = there.has_location
        return spec

    def exec_module(self, module: ModuleType) -> None:
        exec(self._modules[module.__name__][0], module.__dict__)


_kept = _Kept()


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
