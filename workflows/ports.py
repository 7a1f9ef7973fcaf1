"""What activities need of the world. Workers bring the adapters."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Protocol

from schemas.base import Event, Schema


class Publisher(Protocol):
    """Events towards the edge and everyone who watches."""

    async def publish(self, event: Event) -> None:
        """Return once JetStream has stored the event; storing it again changes nothing.

        Raises:
            OSError: it could not be stored now.
        """


class Message(Schema):
    """A text message to one person. ``id`` is its idempotency key."""

    id: str
    call_id: str
    recipient: str
    text: str


class Messages(Protocol):
    """What is sent to callers outside of a call."""

    async def send(self, message: Message) -> None:
        """Take the message into the outbox; the same ``id`` again changes nothing."""


class Slot(Schema):
    """One hour of one service."""

    service: str
    day: date
    time: time


class Appointment(Schema):
    """A slot for a person.

    ``id`` is its idempotency key: the tool call's id. ``fence`` grows from one try for the same id to the next, so that
    a try which comes late, from a worker thought dead, changes nothing.
    """

    id: str
    fence: int
    call_id: str
    slot: Slot
    name: str
    phone: str | None = None


class AppointmentStore(Protocol):
    """Who comes when. Every method may be called again with the same arguments to the same effect."""

    async def hold(self, appointment: Appointment) -> str | None:
        """Keep the slot for this appointment; the technician who will come, or None where all are taken.

        An appointment holds one slot: holding another lets go of the first. One that is confirmed stays as it is. A try
        that is older than what is known, or was let go of, gets None.
        """

    async def confirm(self, appointment_id: str) -> None:
        """Make the held appointment firm.

        Raises:
            LookupError: nothing is held under this id.
        """

    async def release(self, appointment: Appointment) -> None:
        """Let go of whatever this id holds, and refuse every try for it up to this ``fence`` from now on."""

    async def taken(self, service: str, days: Sequence[date]) -> list[Slot]:
        """The slots of these days in which no technician of this service is free."""


@dataclass(frozen=True, slots=True)
class World:
    """All that activities may reach for; given to those that are methods of a class (see ``workflows.tool``)."""

    publisher: Publisher
    messages: Messages
    appointments: AppointmentStore
