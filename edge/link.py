"""The way out over one connection to NATS: events, and JetStream's answers to them."""

from collections.abc import Callable

import msgspec
from nats.aio.client import Client
from nats.aio.msg import Msg

from edge.outbox import Refusal
from edge.spill import Record

CONGESTED_BYTES = 256 * 1024
"""Unsent bytes from which on what may be lost is dropped."""


class NatsLink:
    """``edge.outbox.Link`` with an inbox of its own for the answers, so that many events are in the air at once."""

    def __init__(self, nc: Client, answered: Callable[[int, Refusal | None], None]) -> None:
        self._nc = nc
        self._answered = answered
        self._inbox = nc.new_inbox()
        self.max_payload = nc.max_payload

    async def open(self) -> None:
        """Subscribe to the inbox. Raises nats.errors.Error."""
        await self._nc.subscribe(f"{self._inbox}.*", cb=self._acknowledged)

    def congested(self) -> bool:
        """Whether much is unsent."""
        return self._nc.pending_data_size > CONGESTED_BYTES

    async def send(self, record: Record, ticket: int | None) -> None:
        """Hand it to the connection; with a ticket JetStream answers. Raises nats.errors.Error."""
        reply = "" if ticket is None else f"{self._inbox}.{ticket}"
        await self._nc.publish(record.subject, bytes(record.body), reply, record.headers)

    async def _acknowledged(self, msg: Msg) -> None:
        self._answered(int(msg.subject.rpartition(".")[2]), _refusal(msg))


def _refusal(msg: Msg) -> Refusal | None:
    if (msg.headers or {}).get("Status"):
        return Refusal(False, "No stream takes the event's subject.", away=True)
    try:
        error = msgspec.json.decode(msg.data).get("error")
    except (msgspec.DecodeError, AttributeError):
        return Refusal(False, "JetStream's answer makes no sense.", away=True)
    # 400: this event will never be taken (too big for the stream, say); else the server is in trouble.
    return Refusal(error.get("code") == 400, str(error.get("description"))) if error else None
