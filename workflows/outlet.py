"""The way out of a workflow: its events, in order, each published once however often the workflow is replayed."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar

from temporalio import activity, workflow

from schemas.base import Event, Schema
from schemas.events import KINDS
from schemas.tools import ToolRequested
from workflows.errors import MOST_TOLD
from workflows.ports import Channel, Links, Message, Messages, Publisher
from workflows.steps import RETRY, heeding, quickly, unbroken

AnEvent = TypeVar("AnEvent", bound=Event)
Argument = TypeVar("Argument")
Result = TypeVar("Result")


class Envelope(Schema):
    """One event on its way from a workflow to the publisher."""

    kind: str
    event: dict[str, Any]


class LinkMessage(Schema):
    """A message that ends in a link, and what the link leads to."""

    message: Message
    workflow_id: str
    item: str
    until: datetime


class OutletActivities:
    """What the kit itself does in the world."""

    def __init__(self, publisher: Publisher, messages: Messages, links: Links | None = None) -> None:
        self._publisher = publisher
        self._messages = messages
        self._links = links

    @activity.defn
    async def publish_event(self, envelopes: list[Envelope]) -> None:
        """Publish the events in order. May run twice: their ids come with them, so JetStream drops the second.

        One that can never be stored is left out, so that the others get through; of it no word ever comes.
        """
        for envelope in envelopes:
            try:
                await self._publisher.publish(KINDS[envelope.kind].model_validate(envelope.event))
            except ValueError as error:
                activity.logger.error("An event is lost: %s", error)

    @activity.defn
    async def send_link(self, question: LinkMessage) -> bool:
        """Make a link, and take the message with it into the outbox; their ids make a repeat harmless."""
        if self._links is None:
            return False
        url = await self._links.link(question.workflow_id, question.item, question.until)
        message = question.message
        await self._messages.send(message.model_copy(update={"text": f"{message.text} {url}"}))
        return True

    @activity.defn
    async def send_message(self, message: Message) -> None:
        """Take a message into the outbox; its id makes a repeat harmless."""
        await self._messages.send(message)


class Outlet:
    """Takes events at once and publishes them behind the workflow's back, so that no step waits for NATS.

    Event ids are made from the request and a count, never drawn: a local activity may run again, so may the workflow.
    """

    def __init__(self, request: ToolRequested) -> None:
        self._request = request
        origin = f"{request.tool_call_id}\n{request.id}".encode()
        self._stem = f"evt_{hashlib.sha256(origin).hexdigest()[:24]}"
        self._count = 0
        self._pending: list[Envelope] = []
        self._pump: asyncio.Task[None] | None = None

    @property
    def ids(self) -> int:
        """How many identifiers were made."""
        return self._count

    @property
    def busy(self) -> bool:
        """Whether anything put is not stored yet."""
        return self._pump is not None and not self._pump.done()

    def restore(self, ids: int) -> None:
        """Go on counting where an earlier run of this workflow ended."""
        self._count = ids

    def next_id(self) -> str:
        """An identifier that no other event or message of this request has; the same on replay."""
        self._count += 1
        return f"{self._stem}_{self._count}"

    def put(self, kind: type[AnEvent], *, call: str | None = None, **fields: Any) -> AnEvent:
        """Make the event and see it published after all that were put before.

        It is of the call that asked for this, or of ``call``, where the caller is by now.

        Raises:
            ValueError: a field of it does not fit, or it is too big as a whole.
        """
        event = kind(
            id=self.next_id(),
            call_id=call or self._request.call_id,
            region=self._request.region,
            time=workflow.now(),
            **fields,
        )
        if (size := len(event.model_dump_json().encode())) > MOST_TOLD:
            raise ValueError(f"{kind.kind} has {size} bytes of JSON; {MOST_TOLD} can be told. Say or ask less.")
        self._pending.append(Envelope(kind=kind.kind, event=event.model_dump(mode="json")))
        if not self.busy:
            self._pump = asyncio.create_task(self._publish())
        return event

    async def flush(self) -> None:
        """Return once everything put so far is stored, however long NATS is away; bears being cancelled meanwhile."""
        if self._pump is not None:
            await unbroken(self._pump)

    async def send(
        self, recipient: str, text: str, *, channel: Channel = "sms", subject: str = "", report: bool = False
    ) -> str:
        """Send a message, once; returns its id. With ``report`` the workflow is told what becomes of it."""
        message = Message(
            id=self.next_id(),
            call_id=self._request.call_id,
            recipient=recipient,
            text=text,
            channel=channel,
            subject=subject,
            report_to=workflow.info().workflow_id if report else None,
        )
        await self._handed(OutletActivities.send_message, message)
        return message.id

    async def send_link(self, recipient: str, text: str, item: str, until: datetime) -> bool:
        """Send a text message with a link to where ``item`` is answered, once; False where no such page is served."""
        question = LinkMessage(
            message=Message(id=self.next_id(), call_id=self._request.call_id, recipient=recipient, text=text),
            workflow_id=workflow.info().workflow_id,
            item=item,
            until=until,
        )
        return await self._handed(OutletActivities.send_link, question)

    @staticmethod
    async def _handed(activity: Callable[[Any, Argument], Awaitable[Result]], argument: Argument) -> Result:
        """Run the activity to its end whether or not it is waited for: what was begun to be sent is sent."""
        return await heeding(
            workflow.execute_activity(
                activity,  # type: ignore[arg-type]
                argument,
                start_to_close_timeout=timedelta(seconds=30),
                retry_policy=RETRY,
                cancellation_type=workflow.ActivityCancellationType.ABANDON,
            )
        )

    async def _publish(self) -> None:
        while self._pending:
            batch, self._pending = self._pending, []
            await quickly(OutletActivities.publish_event, batch)
