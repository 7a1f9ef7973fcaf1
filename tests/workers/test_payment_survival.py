"""kill -9 of the worker in the middle of a payment, as a real process, with the sandbox gateway: charged once, with a
receipt. Slow: each test starts two workers."""

import asyncio
import itertools
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest
import pytest_asyncio
from aiohttp import web
from pydantic import SecretStr

from schemas.announcements import AnnouncementRequested
from schemas.base import new_id
from schemas.cards import CardCollected, CardRequested
from schemas.questions import QuestionAnswered, QuestionAsked
from schemas.tools import ToolCompleted, tool_call_id
from tests.serving import serving
from trunkline.gateway import cards
from trunkline.gateway.app import Gateway
from trunkline.gateway.ledger import open_ledger
from trunkline.gateway.settings import GatewaySettings
from trunkline.stack.ports import free_ports
from workers.settings import WorkerSettings

if TYPE_CHECKING:
    from tests.workers.conftest import Edge, Process

    Database = asyncpg.Connection[asyncpg.Record]
    Processes = Callable[[str], Awaitable[Process]]

CARD = "4539148803436467"
INVOICES = itertools.count(7100)


@dataclass
class Bank:
    """The gateway. ``strike`` is run once, when ``at`` is asked for: before its effect, or before its answer."""

    at: str = ""
    before: bool = False
    strike: Callable[[], Awaitable[Any]] | None = None
    asked: list[str] = field(default_factory=list)

    async def watch(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        what = request.path.rpartition("/")[2]
        self.asked.append(what)
        strike = self.strike if what == self.at else None
        if strike is None:
            return await handler(request)
        self.strike = None
        if self.before:
            await strike()
        # On its own: the line drops with the worker, and the effect is to come all the same.
        response = await asyncio.shield(asyncio.ensure_future(handler(request)))
        if not self.before:
            await strike()
        return response


@pytest.fixture(scope="module")
def port() -> int:
    return free_ports(1)[0]


@pytest.fixture(scope="module")
def worker_settings(worker_settings: WorkerSettings, port: int) -> WorkerSettings:
    """Workers that charge cards."""
    return worker_settings.model_copy(
        update={"gateway_url": f"http://127.0.0.1:{port}", "gateway_charge_key": SecretStr("sandbox-charge-key")}
    )


@pytest_asyncio.fixture
async def bank(postgres_dsn: str, port: int) -> AsyncIterator[tuple[Bank, Callable[[], Awaitable[str]]]]:
    """The gateway, and a new token of it."""
    bank = Bank()
    ledger = await open_ledger(postgres_dsn)
    app = Gateway(ledger, GatewaySettings()).application()

    @web.middleware
    async def watched(request: web.Request, handler: Any) -> web.StreamResponse:
        return await bank.watch(request, handler)

    app.middlewares.append(watched)

    async def token() -> str:
        return await ledger.tokenise(cards.Known(CARD[-4:], *cards.CARDS[CARD]), new_id("key"))

    async with serving(app, port):
        yield bank, token
    await ledger.close()


@pytest.mark.parametrize(
    ("at", "before"),
    [
        pytest.param("payments", False, id="the amount was set aside, and nobody heard so"),
        pytest.param("capture", True, id="between setting it aside and taking it"),
        pytest.param("capture", False, id="it was taken, and nobody heard so: no receipt yet"),
    ],
)
async def test_a_worker_killed_in_the_middle_of_a_payment(
    edge: "Edge",
    database: "Database",
    processes: "Processes",
    bank: tuple[Bank, Callable[[], Awaitable[str]]],
    at: str,
    before: bool,
) -> None:
    gateway, token = bank
    worker = await processes("worker")
    await processes("bridge")
    killed = asyncio.Event()

    async def kill() -> None:
        assert await worker.end(signal.SIGKILL) == -signal.SIGKILL
        killed.set()

    gateway.at, gateway.before, gateway.strike = at, before, kill
    invoice = str(next(INVOICES))
    await database.execute(
        "INSERT INTO invoices (invoice_id, customer, about, amount, currency) VALUES ($1, 'Anna', 'tea', 12000, 'USD')",
        invoice,
    )
    call, arguments = new_id("call"), {"invoice": invoice}
    request = edge.request(call, "pay_invoice").model_copy(
        update={"arguments": arguments, "tool_call_id": tool_call_id(call, "pay_invoice", arguments)}
    )
    about: Any = {"call_id": call, "region": edge.region, "tool_call_id": request.tool_call_id}
    await edge.store(request)
    asked = await edge.expect(QuestionAsked, lambda event: event.call_id == call)
    await edge.store(QuestionAnswered(**about, question_id=asked.question_id, answer={"agreed": True}, words="Yes."))
    wanted = await edge.expect(CardRequested, lambda event: event.call_id == call)
    card = {"token": await token(), "last4": CARD[-4:], "brand": "visa"}
    await edge.store(CardCollected(**about, card_request_id=wanted.card_request_id, **card))
    async with asyncio.timeout(60):
        await killed.wait()
    await processes("worker")

    announced = await edge.expect(AnnouncementRequested, lambda event: event.call_id == call, seconds=60)
    await edge.hears(announced)
    outcome = await edge.outcome(request)
    assert isinstance(outcome, ToolCompleted), outcome
    effects = await database.fetch(
        "SELECT effect FROM gateway.entries JOIN gateway.payments USING (payment) WHERE reference = $1 ORDER BY entry",
        f"Invoice {invoice}",
    )
    assert [row["effect"] for row in effects] == ["authorise", "capture"], "charged once"
    (paid,) = await database.fetch("SELECT * FROM payments WHERE invoice_id = $1", invoice)
    assert (paid["status"], paid["amount"]) == ("paid", 12000)
    assert outcome.result["receipt"]
    assert gateway.asked.count(at) > 1, "the worker that followed asked again"
    assert len(edge.of(ToolCompleted, request.tool_call_id)) == 1
    assert len(edge.of(AnnouncementRequested, request.tool_call_id)) == 1
