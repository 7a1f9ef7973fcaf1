"""The sandbox gateway's HTTP API, and its misbehaviour: what a test card asks for happens here.

``POST /v1/tokens``             {number, month, year, code?} → 201 {token, last4, brand}; 422 for no test card
``POST /v1/payments``           {token, amount, currency, reference}, Idempotency-Key → 201 a payment, 402 declined
``POST /v1/payments/KEY/capture``, ``/reverse``; ``GET /v1/payments/KEY`` → 200 a payment, 402 declined, 409, 404

A card's number is in memory for as long as its request lasts. Neither access nor bodies are logged.
"""

import asyncio
import dataclasses
import hmac
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import asyncpg
import structlog
from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from trunkline.gateway import cards
from trunkline.gateway.ledger import Conflict, Ledger, Payment, open_ledger
from trunkline.gateway.settings import GatewaySettings

log = structlog.get_logger(__name__)

RETRY = 0.5
"""Seconds between two attempts at a database that is not there yet."""


class CardIn(BaseModel):
    """A card; nothing of it shows in an error or a ``repr``."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    number: str = Field(pattern=r"^[0-9]{12,19}$", repr=False)
    month: str = Field(pattern=r"^[0-9]{2}$", repr=False)
    year: str = Field(pattern=r"^[0-9]{4}$", repr=False)
    code: str | None = Field(default=None, pattern=r"^[0-9]{3,4}$", repr=False)


class ChargeIn(BaseModel):
    """A payment to authorise; ``amount`` in minor units."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    token: str = Field(pattern=r"^tok_[0-9a-f]{32}$")
    amount: int = Field(gt=0, le=10**12, strict=True)
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    reference: str = Field(max_length=200)


class Gateway:
    """The handlers. ``_misbehaved`` remembers which requests have had their trouble."""

    def __init__(self, ledger: Ledger, settings: GatewaySettings) -> None:
        self._ledger = ledger
        self._card_key = settings.gateway_card_key.get_secret_value()
        self._charge_key = settings.gateway_charge_key.get_secret_value()
        self._misbehaved: set[tuple[str, str]] = set()

    def application(self) -> web.Application:
        """The HTTP application."""
        app = web.Application(client_max_size=16 * 1024)
        app.router.add_get("/health", self._health)
        app.router.add_post("/v1/tokens", self._guarded(self._tokenise, self._card_key))
        app.router.add_post("/v1/payments", self._guarded(self._authorise, self._charge_key))
        app.router.add_get("/v1/payments/{key}", self._guarded(self._show, self._charge_key))
        app.router.add_post("/v1/payments/{key}/capture", self._guarded(self._capture, self._charge_key))
        app.router.add_post("/v1/payments/{key}/reverse", self._guarded(self._reverse, self._charge_key))
        return app

    def _guarded(
        self, handler: Callable[[web.Request], Awaitable[web.StreamResponse]], key: str
    ) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def guarded(request: web.Request) -> web.StreamResponse:
            given = request.headers.get("Authorization", "").encode()
            if not hmac.compare_digest(given, f"Bearer {key}".encode()):
                return _fault(401, "unauthorised", "This key may not do that.")
            try:
                return await handler(request)
            except (ValidationError, ValueError):
                # Not a word of what was sent.
                return _fault(422, "malformed", "The request's body is not what the interface says.")
            except Conflict as conflict:
                return _fault(409, "conflict", str(conflict))
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as error:
                log.warning("The database does not answer.", error=type(error).__name__)
                return _fault(503, "unavailable", "Try again.")

        return guarded

    async def _health(self, request: web.Request) -> web.Response:
        return web.json_response({"ready": True})

    async def _tokenise(self, request: web.Request) -> web.Response:
        card = CardIn.model_validate_json(await request.read())
        known = cards.known(card.number, card.month, card.year, card.code, datetime.now(UTC).date())
        if known is None:
            return _fault(422, "card_refused", "Only test cards are taken, and none that has expired.")
        token = await self._ledger.tokenise(known, _key(request))
        return web.json_response({"token": token, "last4": known.last4, "brand": known.brand}, status=201)

    async def _authorise(self, request: web.Request) -> web.StreamResponse:
        charge, key = ChargeIn.model_validate_json(await request.read()), _key(request)
        behaviour = await self._ledger.behaviour(token=charge.token)
        return await self._behave(
            request,
            behaviour,
            ("authorise", key),
            lambda: self._ledger.authorise(key, charge.token, charge.amount, charge.currency, charge.reference),
        )

    async def _capture(self, request: web.Request) -> web.StreamResponse:
        return await self._change(request, "capture", self._ledger.capture)

    async def _reverse(self, request: web.Request) -> web.StreamResponse:
        return await self._change(request, "reverse", self._ledger.reverse)

    async def _change(
        self, request: web.Request, what: str, change: Callable[[str], Awaitable[Payment]]
    ) -> web.StreamResponse:
        key = request.match_info["key"]
        behaviour = await self._ledger.behaviour(key=key)
        return await self._behave(request, behaviour, (what, key), lambda: change(key))

    async def _show(self, request: web.Request) -> web.StreamResponse:
        payment = await self._ledger.find(request.match_info["key"])
        return (
            _fault(404, "unknown", "There is no such payment.")
            if payment is None
            else _told(payment, 200, declined=False)
        )

    async def _behave(
        self,
        request: web.Request,
        behaviour: str,
        occasion: tuple[str, str],
        effect: Callable[[], Awaitable[Payment]],
    ) -> web.StreamResponse:
        """Have the effect, and answer as the card wants it."""
        first = occasion not in self._misbehaved
        self._misbehaved.add(occasion)
        if behaviour == "busy" and first:
            return _fault(503, "busy", "Try again.")
        payment = await effect()
        answer = _told(payment, 201 if occasion[0] == "authorise" else 200, declined=occasion[0] != "reverse")
        if behaviour == "late_answer" and first:
            await asyncio.sleep(cards.LATE)
        elif behaviour == "lost_answer" and first and request.transport is not None:
            request.transport.abort()
        elif behaviour == "twice":
            await _twice(request, answer)
        return answer


async def _twice(request: web.Request, answer: web.Response) -> None:
    """Write the answer once before it is written in form: the client gets it twice on one connection."""
    body = answer.body if isinstance(answer.body, bytes) else b""
    head = f"HTTP/1.1 {answer.status} {answer.reason}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
    if request.transport is not None:
        request.transport.write(head.encode() + b"\r\n\r\n" + body)


def _key(request: web.Request) -> str:
    key = request.headers.get("Idempotency-Key", "")
    if not 8 <= len(key) <= 200 or not key.isascii() or not key.isprintable():
        raise ValueError("An Idempotency-Key of 8 to 200 characters is needed.")
    return key


def _told(payment: Payment, status: int, *, declined: bool) -> web.Response:
    """The payment; ``declined``: whether one that was declined or barred means that the request failed."""
    body = dataclasses.asdict(payment)
    del body["fresh"]
    return web.json_response(body, status=402 if declined and payment.status in ("declined", "barred") else status)


def _fault(status: int, code: str, message: str) -> web.Response:
    return web.Response(
        text=json.dumps({"code": code, "message": message}), status=status, content_type="application/json"
    )


async def serve(settings: GatewaySettings, ready: Callable[[str], None]) -> None:
    """Run until cancelled; ``ready`` is called once with the address. Waits for PostgreSQL."""
    ledger = await _ledger(settings)
    runner = web.AppRunner(Gateway(ledger, settings).application(), access_log=None, shutdown_timeout=1.0)
    try:
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", settings.gateway_port, reuse_address=True).start()
        ready(f"http://127.0.0.1:{runner.addresses[0][1]}")
        await asyncio.Event().wait()
    finally:
        await runner.cleanup()
        await ledger.close()


async def _ledger(settings: GatewaySettings) -> Ledger:
    while True:
        try:
            return await open_ledger(settings.postgres_dsn.get_secret_value())
        except (OSError, asyncpg.PostgresError, TimeoutError) as error:
            log.warning("PostgreSQL does not answer yet.", error=type(error).__name__)
            await asyncio.sleep(RETRY)
