"""The outbox on PostgreSQL and Temporal: what is put in is delivered once, and its state is there to be seen."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest
import pytest_asyncio
from temporalio.client import Client
from temporalio.worker import Worker

from schemas.base import new_id
from trunkline.stack.stack import Engines
from workers.adapters.outbox import PostgresOutbox, delivery_id
from workers.sandbox import runner
from workers.telemetry import Telemetry
from workers.temporal import connect
from workflows.deliver import RECEIVED, DeliverMessage, DeliveryActivities
from workflows.ports import Delivery, Message, Receipt, Undeliverable, World
from workflows.tool import activity_methods

if TYPE_CHECKING:
    Pool = asyncpg.Pool[asyncpg.Record]


class Carrier:
    """A carrier of the test's own. ``trouble`` is raised by the first tries, one each."""

    def __init__(self) -> None:
        self.taken: list[Message] = []
        self.trouble: list[Exception] = []
        self.state: Any = "delivered"

    async def send(self, message: Message) -> Receipt:
        if self.trouble:
            raise self.trouble.pop()
        self.taken.append(message)
        return Receipt(state=self.state, reference="SM1")


@pytest.fixture
def carrier() -> Carrier:
    return Carrier()


@pytest_asyncio.fixture
async def client(engines: Engines) -> Client:
    return await connect(engines.temporal_address, "default", Telemetry(None, "test", "test"))


@pytest_asyncio.fixture
async def outbox(client: Client, pool: "Pool", carrier: Carrier) -> AsyncIterator[PostgresOutbox]:
    queue = new_id("queue")
    outbox = PostgresOutbox(pool, client, queue, searchable=True)
    nobody: Any = None
    world = World(nobody, outbox, nobody, {"sms": carrier})
    async with Worker(
        client,
        task_queue=queue,
        workflows=[DeliverMessage],
        activities=activity_methods(DeliveryActivities(world)),
        workflow_runner=runner([DeliverMessage]),
    ):
        yield outbox


def message(**changed: Any) -> Message:
    base = {"id": new_id("msg"), "call_id": "call", "recipient": "+15550100", "text": "It's done; 'quoted' -- ok"}
    return Message(**{**base, **changed})


async def delivered(client: Client, message: Message) -> Delivery:
    handle = client.get_workflow_handle(delivery_id(message.id), result_type=Delivery)
    delivery: Delivery = await handle.result(rpc_timeout=timedelta(seconds=60))
    return delivery


async def row(pool: "Pool", message: Message) -> Any:
    (found,) = await pool.fetch("SELECT * FROM outbox WHERE message_id = $1", message.id)
    return found


async def test_a_message_is_taken_once_and_delivered_once(
    outbox: PostgresOutbox, pool: "Pool", client: Client, carrier: Carrier
) -> None:
    sent = message()
    await asyncio.gather(*(outbox.send(sent) for _ in range(5)))
    assert (await delivered(client, sent)).state == "delivered"
    await outbox.send(sent)  # After the end, too.
    assert carrier.taken == [sent]
    found = await row(pool, sent)
    assert (found["text"], found["status"], found["channel"]) == (sent.text, "delivered", "sms")
    assert found["reference"] == "SM1"


async def test_a_carrier_that_is_away_is_tried_again(
    outbox: PostgresOutbox, pool: "Pool", client: Client, carrier: Carrier
) -> None:
    carrier.trouble = [OSError("It is away.")]
    sent = message()
    await outbox.send(sent)
    assert (await delivered(client, sent)).state == "delivered"
    assert carrier.taken == [sent]


@pytest.mark.parametrize("lost", ["refused", "no way out"])
async def test_what_can_never_arrive_has_failed_and_says_why(
    outbox: PostgresOutbox, pool: "Pool", client: Client, carrier: Carrier, lost: str
) -> None:
    carrier.trouble = [Undeliverable("There is no such number.")]
    sent = message() if lost == "refused" else message(channel="email", recipient="anna@example.com", subject="Hi")
    await outbox.send(sent)
    assert (await delivered(client, sent)).state == "failed"
    found = await row(pool, sent)
    why = "There is no such number." if lost == "refused" else "Nobody carries email."
    assert (found["status"], found["detail"]) == ("failed", why)


@pytest.mark.parametrize("end", ["delivered", "failed"])
async def test_a_carriers_report_settles_what_was_sent(
    outbox: PostgresOutbox, pool: "Pool", client: Client, carrier: Carrier, end: Any
) -> None:
    carrier.state = "sent"
    sent = message()
    await outbox.send(sent)
    report = Receipt(state=end, detail="The phone said so.")
    await client.get_workflow_handle(delivery_id(sent.id)).signal(RECEIVED, report)
    assert (await delivered(client, sent)).state == end
    found = await row(pool, sent)
    assert (found["status"], found["detail"], found["reference"]) == (end, "The phone said so.", "SM1")


async def test_a_step_back_changes_nothing(outbox: PostgresOutbox, pool: "Pool", client: Client) -> None:
    sent = message()
    await outbox.send(sent)
    await delivered(client, sent)
    await outbox.record(Delivery(message_id=sent.id, state="sent", reference="another"))
    found = await row(pool, sent)
    assert (found["status"], found["reference"]) == ("delivered", "SM1")
