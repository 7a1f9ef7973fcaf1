"""Messages to people outside the call, as a workflow sends them: by SMS or e-mail, and whether they arrived."""

import contextlib
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from temporalio import workflow

from workflows.outlet import Outlet
from workflows.ports import Delivery, DeliveryState

SETTLED = "message_settled"
"""The signal by which the delivery of a message says what became of it."""


class Notify:
    """Made by the kit for a workflow whose run method asks for one: ``run(self, request, caller, notify)``."""

    def __init__(self, outlet: Outlet) -> None:
        self._outlet = outlet
        self._settled: dict[str, DeliveryState] = {}
        workflow.set_signal_handler(SETTLED, self._hear)

    async def sms(self, number: str, text: str) -> str:
        """Send a text message to an E.164 number; returns its id once it is in the outbox, from where it is sent."""
        return await self._outlet.send(number, text, report=True)

    async def email(self, address: str, subject: str, text: str) -> str:
        """Send an e-mail; returns its id once it is in the outbox, from where it is sent."""
        return await self._outlet.send(address, text, channel="email", subject=subject, report=True)

    async def outcome(self, message: str, *, within: float) -> DeliveryState:
        """What has become of a message: waits until that is settled, at most ``within`` seconds; then ``queued``."""
        with contextlib.suppress(TimeoutError):
            await workflow.wait_condition(lambda: message in self._settled, timeout=timedelta(seconds=within))
        return self._settled.get(message, "queued")

    @property
    def settled(self) -> dict[str, DeliveryState]:
        """For the kit: what has become of messages."""
        return dict(self._settled)

    def restore(self, settled: Mapping[str, DeliveryState]) -> None:
        """For the kit: what an earlier run of this workflow knew."""
        self._settled |= settled

    def _hear(self, *body: Any) -> None:
        # Takes any arguments: a handler that raises would stop the workflow, whatever a stranger sent.
        with contextlib.suppress(ValueError, IndexError):
            delivery = Delivery.model_validate(body[0])
            self._settled[delivery.message_id] = delivery.state
