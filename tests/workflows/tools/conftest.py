"""Invoices and visits on PostgreSQL, and the sandbox gateway on it, for workflows whose time skips."""

import itertools
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import asyncpg
import pytest
import pytest_asyncio
from temporalio.testing import WorkflowEnvironment

from schemas.base import Event, new_id
from schemas.cards import CardCollected, CardNotCollected, CardRequested
from schemas.questions import QuestionAsked
from schemas.tools import ToolRequested
from tests.serving import serving
from trunkline.gateway import cards
from trunkline.gateway.app import Gateway
from trunkline.gateway.ledger import Ledger, open_ledger
from trunkline.gateway.settings import GatewaySettings
from workers.adapters.gateway import HttpGateway
from workers.adapters.migrate import migrate
from workers.adapters.payments import PostgresPayments
from workers.adapters.postgres import PostgresAppointments
from workers.adapters.visits import PostgresVisits
from workflows.ports import Appointment, Slot, World

if TYPE_CHECKING:
    from tests.workflows.conftest import Wire

AMOUNT = 12000


@dataclass
class Bank:
    """The gateway and the database behind it. Test cards decide how it behaves."""

    ledger: Ledger
    pool: "asyncpg.Pool[asyncpg.Record]"
    gateway: HttpGateway
    app: Gateway
    numbers: "itertools.count[int]"

    async def token(self, number: str) -> str:
        brand, behaviour = cards.CARDS[number]
        return await self.ledger.tokenise(cards.Known(number[-4:], brand, behaviour), new_id("key"))

    async def invoice(self, amount: int = AMOUNT) -> str:
        number = str(next(self.numbers))
        await self.pool.execute(
            "INSERT INTO invoices (invoice_id, customer, about, amount, currency) "
            "VALUES ($1, 'Anna', 'for tea', $2, 'USD')",
            number,
            amount,
        )
        return number

    async def effects(self, reference: str) -> list[str]:
        """What was done to cards for this, in order."""
        rows = await self.pool.fetch(
            "SELECT effect FROM gateway.entries JOIN gateway.payments USING (payment) "
            "WHERE reference = $1 ORDER BY entry",
            reference,
        )
        return [row["effect"] for row in rows]

    async def taken(self, reference: str) -> int:
        """What the card's holder is the poorer for, in minor units; authorisations that stand count too."""
        sign = {"authorise": 1, "void": -1, "capture": 0, "refund": -1}
        return sum(sign[effect] for effect in await self.effects(reference)) * AMOUNT

    async def status(self, invoice: str) -> list[str]:
        rows = await self.pool.fetch("SELECT status FROM payments WHERE invoice_id = $1 ORDER BY created", invoice)
        return [row["status"] for row in rows]


@pytest_asyncio.fixture(scope="module")
async def bank(postgres_dsn: str) -> AsyncIterator[Bank]:
    async with asyncpg.create_pool(postgres_dsn, min_size=1, max_size=10) as pool:
        await migrate(pool)
        ledger = await open_ledger(postgres_dsn)
        app = Gateway(ledger, GatewaySettings())
        async with serving(app.application()) as url:
            gateway = HttpGateway(url, "sandbox-charge-key", patience=0.5)
            yield Bank(ledger, pool, gateway, app, itertools.count(5000))
            await gateway.close()
        await ledger.close()


@pytest.fixture
def paying(world: World, bank: Bank) -> World:
    return replace(world, gateway=bank.gateway, payments=PostgresPayments(bank.pool))


@pytest.fixture
def payer(wire: "type[Wire]") -> Callable[..., Callable[[Event], list[Event]]]:
    """``payer(*tokens)``: a caller who agrees to all, and keys in these cards; a reason in place of a token is none."""

    def payer(*given: str, agrees: bool = True) -> Callable[[Event], list[Event]]:
        left = list(given)

        def replies(event: Event) -> list[Event]:
            if isinstance(event, QuestionAsked):
                return [wire.answered(event, agreed=agrees)]
            if isinstance(event, CardRequested):
                card = left.pop(0)
                about: dict[str, Any] = {
                    "call_id": event.call_id,
                    "region": event.region,
                    "card_request_id": event.card_request_id,
                    "tool_call_id": event.tool_call_id,
                }
                if card == "gone":
                    return [wire.ended(event), CardNotCollected(**about, reason="call_ended")]
                if not card.startswith("tok_"):
                    return [CardNotCollected(**about, reason=card)]
                return [CardCollected(**about, token=card, last4="6467", brand="visa")]
            return wire.attentive(event)

        return replies

    return payer


@pytest_asyncio.fixture
async def monday(environment: WorkflowEnvironment) -> date:
    """One to come, by the test server's clock, which other tests have moved on by years. The day after is open too.

    Looked at once: time that skips may pass midnight in between.
    """
    day = (await environment.get_current_time()).date() + timedelta(days=30)
    return day + timedelta(days=-day.weekday() % 7)


@dataclass
class Diary:
    """The visits in the database: Anna's, who calls from +15550100, and others'."""

    pool: "asyncpg.Pool[asyncpg.Record]"
    environment: WorkflowEnvironment
    world: World
    day: date
    """The Monday of Anna's visit."""

    async def now(self) -> datetime:
        """By the same clock, in the time zone that requests have unless they say otherwise."""
        zone = ZoneInfo(str(ToolRequested.model_fields["timezone"].default))
        return (await self.environment.get_current_time()).astimezone(zone)

    async def book(
        self,
        hour: int,
        *,
        day: date | None = None,
        service: str = "tap repair",
        name: str = "Anna Miller",
        phone: str = "+15550100",
    ) -> str:
        slot = Slot(service=service, day=day or self.day, time=time(hour))
        wanted = Appointment(id=new_id("booking"), fence=1, call_id="call", slot=slot, name=name, phone=phone)
        assert await self.world.appointments.hold(wanted)
        await self.world.appointments.confirm(wanted.id)
        return wanted.id

    async def standing(self) -> list[tuple[date, time, str]]:
        """Anna's visits."""
        rows = await self.pool.fetch(
            "SELECT day, time, name FROM bookings WHERE phone = '+15550100' AND status = 'confirmed' ORDER BY day, time"
        )
        return [(row["day"], row["time"], row["name"]) for row in rows]

    async def taken(self) -> list[tuple[date, time]]:
        """What nobody else can have, held or confirmed."""
        rows = await self.pool.fetch("SELECT day, time FROM bookings WHERE status <> 'released' ORDER BY day, time")
        return [(row["day"], row["time"]) for row in rows]


@pytest_asyncio.fixture
async def diary(
    environment: WorkflowEnvironment, world: World, postgres_dsn: str, monday: date
) -> AsyncIterator[Diary]:
    async with asyncpg.create_pool(postgres_dsn, min_size=1, max_size=5) as pool:
        await migrate(pool)
        await pool.execute("DELETE FROM bookings")
        on_rows = replace(world, appointments=PostgresAppointments(pool), visits=PostgresVisits(pool))
        yield Diary(pool, environment, on_rows, monday)
