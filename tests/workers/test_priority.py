"""Whose work goes first where workers are short, on the real server: emergencies, and each tenant its share."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta

from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.common import Priority
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from schemas.base import new_id
from trunkline.stack.stack import Engines
from workers.carrier import PRIORITY
from workers.telemetry import Telemetry
from workers.temporal import connect


class Order:
    """In which order work was done."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    @activity.defn(name="note_order")
    async def note(self, line: str) -> None:
        self.lines.append(line)


@workflow.defn(name="wait_in_line")
class WaitInLine:
    """Notes that its turn has come."""

    @workflow.run
    async def run(self, line: str) -> None:
        await workflow.execute_local_activity("note_order", line, start_to_close_timeout=timedelta(seconds=5))


async def played(engines: Engines, backlog: list[tuple[str, Priority]]) -> list[str]:
    """The order in which one worker with one slot takes up a backlog."""
    client = await connect(engines.temporal_address, "default", Telemetry(None, "test", "test"))
    queue, order = new_id("queue"), Order()
    handles = [
        await client.start_workflow(WaitInLine.run, line, id=new_id("line"), task_queue=queue, priority=priority)
        for line, priority in backlog
    ]
    async with one_slot(client, queue, order):
        await asyncio.gather(*(handle.result() for handle in handles))
    return order.lines


def one_slot(client: Client, queue: str, order: Order) -> AbstractAsyncContextManager[None]:
    @asynccontextmanager
    async def running() -> AsyncIterator[None]:
        async with Worker(
            client,
            task_queue=queue,
            workflows=[WaitInLine],
            activities=[order.note],
            workflow_runner=UnsandboxedWorkflowRunner(),
            max_concurrent_workflow_tasks=1,
            max_concurrent_workflow_task_polls=1,
            max_cached_workflows=0,
        ):
            yield

    return running()


async def test_an_emergency_overtakes(engines: Engines) -> None:
    backlog = [(f"normal {n}", Priority(priority_key=PRIORITY["normal"])) for n in range(30)]
    backlog.append(("emergency", Priority(priority_key=PRIORITY["emergency"])))
    # In the order of coming it would be the last. Matching keeps some ready for its next polls, which are before it.
    assert (await played(engines, backlog)).index("emergency") < 15


async def test_a_tenant_with_little_to_do_does_not_wait_for_one_with_much(engines: Engines) -> None:
    backlog = [(f"many {n}", Priority(fairness_key="many")) for n in range(30)]
    backlog += [(f"few {n}", Priority(fairness_key="few")) for n in range(3)]
    order = await played(engines, backlog)
    # In the order of coming they would be the last three. How soon they are, depends on how the server parts its queue.
    assert max(order.index(f"few {n}") for n in range(3)) < 30
