"""The delivery of one message: a workflow of its own, so that it outlives the business that sent it."""

from datetime import timedelta

from temporalio import activity, workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError

from workflows.notify import SETTLED
from workflows.ports import Delivery, Message, Receipt, Undeliverable, World
from workflows.steps import quickly

GIVE_UP = timedelta(hours=24)
"""A message that could not be handed over for so long has failed; older news would only confuse."""
RECEIPT = timedelta(hours=4)
"""How long the carrier's word is waited for that a message which it took has arrived."""
RECEIVED = "delivery_reported"
"""The signal by which the carrier's report arrives, with a ``Receipt``."""
RETRY = RetryPolicy(
    initial_interval=timedelta(seconds=1), backoff_coefficient=2.0, maximum_interval=timedelta(minutes=5)
)


class DeliveryActivities:
    """Activities on the ways out and on the outbox."""

    def __init__(self, world: World) -> None:
        self._messages = world.messages
        self._senders = world.senders

    @activity.defn
    async def hand_over(self, message: Message) -> Receipt:
        """Hand the message to whoever carries it. Tried again until it works or they say that it never will."""
        sender = self._senders.get(message.channel)
        if sender is None:
            raise ApplicationError(f"Nobody carries {message.channel}.", type="undeliverable", non_retryable=True)
        try:
            return await sender.send(message)
        except Undeliverable as error:
            raise ApplicationError(str(error), type="undeliverable", non_retryable=True) from None

    @activity.defn
    async def record_delivery(self, delivery: Delivery) -> None:
        """Write down in the outbox how far the message has come; a step back changes nothing."""
        await self._messages.record(delivery)


@workflow.defn(name="deliver_message")
class DeliverMessage:
    """Hand the message over, wait for word that it arrived, write down what became of it."""

    def __init__(self) -> None:
        self._report: Receipt | None = None

    @workflow.run
    async def run(self, message: Message) -> Delivery:
        delivery = await self._handed_over(message)
        if delivery.state == "sent":
            await quickly(DeliveryActivities.record_delivery, delivery)
            delivery = await self._arrived(delivery)
        await quickly(DeliveryActivities.record_delivery, delivery)
        if message.report_to:
            await self._say(message.report_to, delivery)
        return delivery

    @workflow.signal(name=RECEIVED)
    def reported(self, receipt: Receipt) -> None:
        """The carrier's word; the last one counts."""
        self._report = receipt

    async def _handed_over(self, message: Message) -> Delivery:
        try:
            receipt = await workflow.execute_activity_method(
                DeliveryActivities.hand_over,
                message,
                start_to_close_timeout=timedelta(seconds=30),
                schedule_to_close_timeout=GIVE_UP,
                retry_policy=RETRY,
            )
        except ActivityError as error:
            why = error.cause.message if isinstance(error.cause, ApplicationError) else "It could not be handed over."
            return Delivery(message_id=message.id, state="failed", detail=why)
        return Delivery(message_id=message.id, state=receipt.state, reference=receipt.reference)

    async def _arrived(self, delivery: Delivery) -> Delivery:
        """``sent`` for good where no report comes."""
        try:
            await workflow.wait_condition(lambda: self._report is not None, timeout=RECEIPT)
        except TimeoutError:
            return delivery
        assert self._report is not None
        return delivery.model_copy(update={"state": self._report.state, "detail": self._report.detail})

    async def _say(self, workflow_id: str, delivery: Delivery) -> None:
        try:
            await workflow.get_external_workflow_handle(workflow_id).signal(SETTLED, delivery)
        except ApplicationError:
            workflow.logger.debug("Nobody waits any more for word of this message.")
