"""A workflow that does nothing, so that the first one which matters finds a warm worker: a cold one takes 300 ms."""

import uuid
from datetime import timedelta

from temporalio import activity, workflow
from temporalio.client import Client


@activity.defn(name="trunkline_warm_up")
async def breathe(number: int) -> int:
    """Nothing, as an activity."""
    return number


@workflow.defn(name="trunkline_warm_up")
class WarmUp:
    """Nothing, as a workflow."""

    @workflow.run
    async def run(self, number: int) -> int:
        return await workflow.execute_local_activity(breathe, number, start_to_close_timeout=timedelta(seconds=5))


async def warm_up(client: Client, queue: str, seconds: float = 30.0) -> None:
    """Run one, and so see that workflows get to a worker of this queue.

    Raises:
        TimeoutError: none did in time.
    """
    handle = await client.start_workflow(
        WarmUp.run,
        1,
        id=f"trunkline-warm-up-{uuid.uuid4().hex[:12]}",
        task_queue=queue,
        execution_timeout=timedelta(seconds=seconds),
    )
    try:
        await handle.result(rpc_timeout=timedelta(seconds=seconds))
    except Exception as error:
        raise TimeoutError(f"The warm-up workflow on {queue} did not finish: {error}") from error
