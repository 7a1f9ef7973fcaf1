"""What activities need of the world. Workers bring the adapters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Literal, Protocol, TypeVar

from schemas.base import Event, Schema
from schemas.reports import CallReport
from workflows.sealed import Sealed

T = TypeVar("T")


class Publisher(Protocol):
    """Events towards the edge and everyone who watches."""

    async def publish(self, event: Event) -> None:
        """Return once JetStream has stored the event; storing it again changes nothing.

        Raises:
            OSError: it could not be stored now.
            ValueError: it is too big ever to be stored.
        """


Channel = Literal["sms", "email"]
DeliveryState = Literal["queued", "sent", "delivered", "failed"]
"""``sent``: its carrier has taken it. ``delivered``: the carrier says that it arrived."""


class Message(Schema):
    """A message to one person. ``id`` is its idempotency key."""

    id: str
    call_id: str
    recipient: str
    """An E.164 number, or an e-mail address."""
    text: str
    channel: Channel = "sms"
    subject: str = ""
    report_to: str | None = None
    """The workflow that wants to know what became of it."""


class Receipt(Schema):
    """A carrier's word on a message. ``reference`` is the carrier's own id for it."""

    state: Literal["sent", "delivered", "failed"]
    reference: str | None = None
    detail: str = ""


class Delivery(Schema):
    """How far a message has come."""

    message_id: str
    state: DeliveryState
    reference: str | None = None
    detail: str = ""


class Messages(Protocol):
    """The outbox: what is sent to people outside of a call."""

    async def send(self, message: Message) -> None:
        """Take the message into the outbox and see to its delivery; the same ``id`` again changes nothing."""

    async def record(self, delivery: Delivery) -> None:
        """Write down how far a message has come; what is older than what is known changes nothing."""


class Undeliverable(Exception):
    """A message that will never arrive, however often it is tried; says why in a sentence."""


class Sender(Protocol):
    """One way out: whoever carries the messages of one channel."""

    async def send(self, message: Message) -> Receipt:
        """Hand it over, once for each ``id`` as far as the carrier can tell.

        Raises:
            Undeliverable: it never will be.
            OSError: not now; try again.
        """


class Links(Protocol):
    """Pages on which people answer what a workflow asks them."""

    async def link(self, workflow_id: str, item: str, until: datetime) -> str:
        """The address at which what waits there under ``item`` is answered; the same each time it is asked for."""


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


class Booked(Schema):
    """A visit that stands. ``fence`` tells it from an earlier one of the same id."""

    id: str
    fence: int
    slot: Slot
    name: str
    technician: str


class VisitStore(Protocol):
    """Visits that stand, and what may become of them. Every method may be called again to the same effect."""

    async def standing(self, phone: str, since: date) -> list[Booked]:
        """The confirmed visits of this very number from this day on, soonest first; 20 at most."""

    async def move(self, visit: Booked, to: str) -> bool:
        """Make the slot held under the id ``to`` firm and let go of the visit, both at once.

        False, with nothing changed, where the visit does not stand any more.

        Raises:
            LookupError: nothing is held under ``to``.
        """

    async def cancel(self, visit: Booked, by: str) -> bool:
        """Let go of the visit, for the tool call ``by``; False where it does not stand any more."""


class Charge(Schema):
    """An amount to set aside on a card. ``key`` is its idempotency key, and names the payment from then on.

    ``amount`` is in minor units; ``token`` stands for the card; ``reference`` is what the card's holder will read.
    """

    key: str
    token: str
    amount: int
    currency: str
    reference: str


class Charged(Schema):
    """A payment as the gateway has it. ``barred``: it was undone before it was made, and will never be."""

    status: Literal["authorised", "declined", "captured", "voided", "refunded", "barred"]
    payment: str = ""
    reason: str = ""


class PaymentGateway(Protocol):
    """Who moves the money. Each method may be called again, at once or later, and has its effect once.

    Raises OSError where the gateway does not answer: then its effect is not known, and only asking again tells.
    """

    async def authorise(self, charge: Charge) -> Charged:
        """Set the amount aside: ``authorised``, ``declined`` with a reason, or ``barred``."""

    async def capture(self, key: str) -> Charged:
        """Take what was set aside: ``captured``, or ``declined`` with a reason."""

    async def reverse(self, key: str) -> Charged:
        """Undo whatever was done under this key, and bar what was not: ``voided``, ``refunded``, ``barred``."""


class Invoice(Schema):
    """What somebody owes. ``paying``: another call is at it."""

    id: str
    customer: str
    about: str
    amount: int
    currency: str
    state: Literal["open", "paying", "paid", "cancelled"]


class Claim(Schema):
    """A payment in the making. ``key`` is its idempotency key; ``invoice`` is None for a deposit.

    ``amount`` is what the payer has agreed to, in minor units.
    """

    key: str
    call_id: str
    invoice: str | None
    reference: str
    amount: int
    currency: str


class Settlement(Schema):
    """A payment that was made: the claim's key, the gateway's payment, and what may be kept of the card."""

    key: str
    payment: str
    brand: str
    last4: str


ClaimOutcome = Literal["held", "paid", "paying", "changed", "gone"]


class PaymentStore(Protocol):
    """Who owes what, and what was paid. Every method may be called again to the same effect."""

    async def find(self, invoice: str) -> Invoice | None:
        """The invoice of this number."""

    async def claim(self, claim: Claim) -> ClaimOutcome:
        """Keep the invoice for this payment, so that no other pays it meanwhile.

        ``changed``: it is no longer what was agreed to. ``gone``: it is not there, or the claim was let go of before.
        """

    async def settle(self, settlement: Settlement) -> str:
        """Write down that it was paid; the number of the receipt.

        Raises:
            LookupError: the claim is not held any more.
        """

    async def release(self, claim: Claim) -> None:
        """Let go of the claim, and refuse it from now on; one that was settled is written down as refunded."""


class Job(Schema):
    """Something urgent that somebody has to go to. ``id`` is its idempotency key."""

    id: str
    call_id: str
    problem: str
    address: str
    phone: str | None = None


class Unit(Schema):
    """Who can be sent: a person with a van. ``minutes``: how long they usually need to get there."""

    id: str
    person: str
    phone: str | None
    minutes: int


class UnitStore(Protocol):
    """Who is free. Every method may be called again to the same effect.

    A unit that is offered a job, or has one, is offered no other: two jobs never get one unit.
    """

    async def offer(self, job: Job, attempt: int) -> Unit | None:
        """Keep the next unit that is free and was not asked about this job yet; None where there is none.

        The same ``attempt`` again brings the same unit. A job that was withdrawn gets none.
        """

    async def decide(self, job: Job, attempt: int, *, accepted: bool) -> bool:
        """Write down what the unit said; False where the offer does not stand any more."""

    async def close(self, job: Job) -> None:
        """The job is done, or withdrawn: its unit is free again, and no other is kept for it."""


class Calls(Protocol):
    """What is stored of calls."""

    async def events(self, call_id: str) -> list[Event]:
        """Every stored event of this call.

        Raises:
            OSError: the store does not answer now.
        """

    def pseudonym(self, caller: str | None) -> str | None:
        """The name by which workflows of this caller are searched for."""


class Seals(Protocol):
    """Opens what is sensitive, for the activity that needs it, and seals what must not be seen of its result.

    The plain value belongs in no argument, result, message or error of an activity: all of these are stored.
    """

    def open(self, sealed: Sealed[T]) -> T:
        """The value.

        Raises:
            ValueError: this process lacks the key.
            ToolError: the value is no ``T``; without the value itself.
        """

    def seal(self, value: T) -> Sealed[T]:
        """The value, sealed."""


class CrmRefused(Exception):
    """A report that the CRM will not take, however often it is tried; says why in a sentence."""


class Crm(Protocol):
    """The web service that is told of every call. ``patience_days``: how long one report is tried."""

    patience_days: float

    async def deliver(self, report: CallReport) -> None:
        """Hand the report over; the receiver knows a repeat by its id.

        Raises:
            CrmRefused: it will never be taken as it is.
            OSError, ApplicationError: not now; try again.
        """


@dataclass(frozen=True, slots=True)
class World:
    """All that activities may reach for; given to those that are methods of a class (see ``workflows.tool``)."""

    publisher: Publisher
    messages: Messages
    appointments: AppointmentStore
    senders: Mapping[Channel, Sender] = field(default_factory=dict)
    links: Links | None = None
    gateway: PaymentGateway | None = None
    """None where TRUNKLINE_GATEWAY_URL names none: no payment can be made then."""
    payments: PaymentStore | None = None
    units: UnitStore | None = None
    visits: VisitStore | None = None
    calls: Calls | None = None
    seals: Seals | None = None
    """None where TRUNKLINE_SEALING_KEYS names no key: then no tool is offered that needs one."""
    crm: Crm | None = None
    """None where TRUNKLINE_CRM_URL names none: nobody is told of calls then."""
