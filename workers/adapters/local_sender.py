"""The way out where no carrier is set: the message stays in the outbox, for people to read there."""

import structlog

from workflows.ports import Message, Receipt

log = structlog.get_logger(__name__)


class LocalSender:
    """``Sender`` that reaches nobody's phone; ``trunkline outbox`` shows what it has."""

    async def send(self, message: Message) -> Receipt:
        log.info("A message is in the local outbox.", message=message.id, channel=message.channel)
        return Receipt(state="delivered", reference="local", detail="It is in the local outbox; no carrier is set.")
