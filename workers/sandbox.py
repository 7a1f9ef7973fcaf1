"""Temporal's sandbox, set up so that a tool may import what it likes.

The files of the tools' workflows are loaded anew for each workflow and held to determinism. Everything else they import
is shared with the process: it costs nothing then, and libraries which the sandbox cannot load twice do no harm.
"""

import sys
from collections.abc import Iterable

from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions


def runner(workflows: Iterable[type]) -> SandboxedWorkflowRunner:
    """A runner for these workflow classes. Call it once all of their imports are done."""
    isolated: set[str] = set()
    for workflow in workflows:
        parts = workflow.__module__.split(".")
        isolated |= {".".join(parts[:length]) for length in range(1, len(parts) + 1)}
    shared = {
        name for name in sys.modules if name not in isolated and name.partition(".")[0] not in sys.stdlib_module_names
    }
    return SandboxedWorkflowRunner(restrictions=SandboxRestrictions.default.with_passthrough_modules(*shared))
