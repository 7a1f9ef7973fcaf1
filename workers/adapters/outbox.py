"""The outbox: a table one can look into, and a Temporal workflow for each message that sees to its delivery."""

from datetime import timedelta

import asyncpg
from temporalio.client import Client
from temporalio.common import SearchAttributePair, TypedSearchAttributes
from temporalio.common import WorkflowIDConflictPolicy as Conflict
from temporalio.common import WorkflowIDReusePolicy as Reuse
from temporalio.exceptions import WorkflowAlreadyStartedError

from workflows.attributes import CALL
from workflows.deliver import DeliverMessage
from workflows.ports import Delivery, Message

INSERT = """
INSERT INTO outbox (message_id, call_id, recipient, channel, subject, text)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (message_id) DO NOTHING
"""
RECORD = """
UPDATE outbox SET status = $2, reference = coalesce($3, reference), detail = $4, changed = now()
WHERE message_id = $1
AND array_position(ARRAY['queued', 'sent', 'failed', 'delivered'], status)
  < array_position(ARRAY['queued', 'sent', 'failed', 'delivered'], $2)
"""


def delivery_id(message_id: str) -> str:
    """The id of the workflow that delivers this message."""
    return f"message-{message_id}"


class PostgresOutbox:
    """``Messages`` on the table ``outbox``."""

    def __init__(
        self, pool: "asyncpg.Pool[asyncpg.Record]", client: Client, queue: str, *, searchable: bool = False
    ) -> None:
        self._pool = pool
        self._client = client
        self._queue = queue
        self._searchable = searchable

    async def send(self, message: Message) -> None:
        # The row first: whoever looks finds it, and a delivery that starts finds what to write its state to.
        await self._pool.execute(
            INSERT,
            message.id,
            message.call_id,
            message.recipient,
            message.channel,
            message.subject,
            message.text,
        )
        attributes = TypedSearchAttributes([SearchAttributePair(CALL, message.call_id)])
        try:
            await self._client.start_workflow(
                DeliverMessage.run,
                message,
                id=delivery_id(message.id),
                task_queue=self._queue,
                id_conflict_policy=Conflict.USE_EXISTING,
                id_reuse_policy=Reuse.REJECT_DUPLICATE,
                task_timeout=timedelta(seconds=5),
                static_summary=f"{message.channel}, for call {message.call_id}",
                search_attributes=attributes if self._searchable else None,
            )
        except WorkflowAlreadyStartedError:
            return  # It has been delivered already.

    async def record(self, delivery: Delivery) -> None:
        await self._pool.execute(RECORD, delivery.message_id, delivery.state, delivery.reference, delivery.detail)
