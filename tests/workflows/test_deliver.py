"""Delivery over hours and days, in skipped time."""

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from schemas.base import new_id
from workflows.deliver import DeliverMessage, DeliveryActivities
from workflows.ports import Delivery, Message, Receipt, World
from workflows.tool import activity_methods

if TYPE_CHECKING:
    from tests.workflows.conftest import Line


class Slow:
    """A carrier that takes messages and says no more, or is away for so many tries."""

    def __init__(self) -> None:
        self.away = 0
        self.tries = 0

    async def send(self, message: Message) -> Receipt:
        self.tries += 1
        if self.tries <= self.away:
            raise OSError("away")
        return Receipt(state="sent", reference="SM1")


@pytest.fixture
def slow() -> Slow:
    return Slow()


@pytest_asyncio.fixture
async def deliver(environment: WorkflowEnvironment, line: "Line", slow: Slow) -> AsyncIterator[Any]:
    nobody: Any = None
    activities = DeliveryActivities(World(nobody, line, nobody, {"sms": slow}))
    queue = new_id("queue")

    async def deliver(**changed: Any) -> Delivery:
        message = Message(id=new_id("msg"), call_id="c", recipient="+15550100", text="Done.", **changed)
        return await environment.client.execute_workflow(DeliverMessage.run, message, id=message.id, task_queue=queue)

    async with Worker(
        environment.client,
        task_queue=queue,
        workflows=[DeliverMessage],
        activities=activity_methods(activities),
        workflow_runner=UnsandboxedWorkflowRunner(),
    ):
        yield deliver


async def test_a_message_of_which_no_report_comes_stays_sent(deliver: Any, line: "Line") -> None:
    assert (await deliver()).state == "sent"
    assert [delivery.state for delivery in line.deliveries] == ["sent", "sent"]


async def test_a_carrier_may_be_away_for_hours(deliver: Any, slow: Slow) -> None:
    slow.away = 40
    assert (await deliver()).state == "sent"
    assert slow.tries == 41


async def test_after_a_day_it_has_failed(deliver: Any, slow: Slow, line: "Line") -> None:
    slow.away = 100_000
    assert (await deliver()).state == "failed"
    assert [delivery.state for delivery in line.deliveries] == ["failed"]


async def test_nobody_need_be_there_to_hear_of_it(deliver: Any) -> None:
    assert (await deliver(report_to="long-gone")).state == "sent"
