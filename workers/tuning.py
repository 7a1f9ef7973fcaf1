"""How much a worker takes on at once: pollers that follow the load; slots, fixed or by what the machine has left."""

from datetime import timedelta

from temporalio.worker import PollerBehaviorAutoscaling, ResourceBasedSlotConfig, WorkerTuner

from workers.settings import WorkerSettings

MEMORY = 0.8
"""Part of the machine's memory above which no further slots are given; what a workflow needs cannot be known before."""


def tuner(settings: WorkerSettings) -> WorkerTuner:
    """Fixed numbers of slots; with ``target_cpu`` as many, up to these numbers, as keep the machine below that."""
    if settings.target_cpu is None:
        return WorkerTuner.create_fixed(
            workflow_slots=settings.workflow_slots,
            activity_slots=settings.activity_slots,
            local_activity_slots=settings.local_activity_slots,
        )
    # No pause between two slots: a caller waits for what they do.
    at_once = timedelta(0)
    return WorkerTuner.create_resource_based(
        target_memory_usage=MEMORY,
        target_cpu_usage=settings.target_cpu,
        workflow_config=ResourceBasedSlotConfig(2, settings.workflow_slots, at_once),
        activity_config=ResourceBasedSlotConfig(1, settings.activity_slots, at_once),
        local_activity_config=ResourceBasedSlotConfig(2, settings.local_activity_slots, at_once),
    )


def pollers(first: int, most: int) -> PollerBehaviorAutoscaling:
    """As many as the server says there is work for: ``first`` to begin with, ``most`` at the highest."""
    return PollerBehaviorAutoscaling(minimum=min(first, 2), maximum=max(first, most), initial=first)
