"""Handing cards over to the sandbox gateway, on the wire."""

import logging
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import asyncpg
import pytest
import pytest_asyncio
from aiohttp import web
from pydantic import SecretStr

from edge import gateways
from edge.core.cards import Card
from edge.errors import GatewayError
from edge.gateways.sandbox import SandboxCards, open_sandbox
from edge.settings import EdgeSettings
from tests.serving import serving
from trunkline.gateway.app import Gateway
from trunkline.gateway.ledger import open_ledger
from trunkline.gateway.settings import GatewaySettings

NUMBER = "4539148803436467"


def card(number: str = NUMBER, expiry: str = "1239", code: str = "737") -> Card:
    return Card(bytearray(number.encode()), bytearray(expiry.encode()), bytearray(code.encode()))


@pytest_asyncio.fixture(scope="module")
async def url(postgres_dsn: str) -> AsyncIterator[str]:
    ledger = await open_ledger(postgres_dsn)
    async with serving(Gateway(ledger, GatewaySettings()).application()) as url:
        yield url
    await ledger.close()


@pytest_asyncio.fixture
async def cards(url: str) -> AsyncIterator[SandboxCards]:
    gateway = await open_sandbox(EdgeSettings(gateway_url=url, gateway_card_key=SecretStr("sandbox-card-key")))
    yield gateway
    await gateway.close()


async def test_a_card_becomes_a_token_and_the_same_key_the_same(cards: SandboxCards) -> None:
    taken = await cards.take(card(), "request-one")
    assert (taken.last4, taken.brand) == ("6467", "visa")
    assert taken.token.startswith("tok_")
    assert await cards.take(card(), "request-one") == taken
    assert (await cards.take(card(), "request-two")).token != taken.token


async def test_of_a_card_the_gateways_database_has_the_last_four_digits(cards: SandboxCards, postgres_dsn: str) -> None:
    await cards.take(card(), "request-kept")
    connection = await asyncpg.connect(postgres_dsn)
    try:
        rows = await connection.fetch("SELECT t::text FROM gateway.tokens t")
    finally:
        await connection.close()
    assert rows
    assert "6467" in str(rows)
    assert not any(NUMBER[at : at + 6] in str(rows) for at in range(9))


@pytest.mark.parametrize(
    "wrong", [card("4242424242424241"), card("4111111111111111"), card(expiry="0124"), card(code="12")]
)
async def test_other_cards_than_test_cards_are_refused(cards: SandboxCards, wrong: Card) -> None:
    with pytest.raises(GatewayError) as refused:
        await cards.take(wrong, "request-wrong")
    assert refused.value.code == "card_refused"
    assert "4" not in refused.value.message


async def test_a_gateway_that_is_away_or_refuses_us_takes_none(url: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    away = SandboxCards("http://127.0.0.1:1", "key")
    stranger = SandboxCards(url, "sandbox-charge-key")
    for gateway in (away, stranger):
        with pytest.raises(GatewayError) as trouble:
            await gateway.take(card(), "request-away")
        assert trouble.value.code == "unavailable"
        assert trouble.value.__cause__ is None
        await gateway.close()
    assert NUMBER not in caplog.text


@pytest.mark.parametrize(
    "answer",
    [
        (201, '{"token":"4539148803436467","last4":"6467","brand":"visa"}'),
        (201, '{"token":"tok_12345678","last4":"346467","brand":"visa"}'),
        (201, '{"token":"tok_12345678","last4":"1234","brand":"visa"}'),
        (201, "<html>"),
        (307, ""),
        (500, ""),
    ],
)
async def test_an_answer_that_is_none_is_no_card(answer: tuple[int, str]) -> None:
    asked: list[str] = []

    async def handle(request: web.Request) -> web.Response:
        asked.append(request.path)
        status, text = answer
        return web.Response(status=status, text=text, headers={"Location": "/elsewhere"} if status == 307 else None)

    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", handle)
    async with serving(app) as url:
        gateway = SandboxCards(url, "key")
        try:
            with pytest.raises(GatewayError) as trouble:
                await gateway.take(card(), "request-odd")
            assert trouble.value.code in ("malformed", "unavailable")
            assert set(asked) == {"/v1/tokens"}, "No card follows a redirect."
        finally:
            await gateway.close()


@pytest.mark.parametrize("address", ["http://pay.example.com", "ftp://127.0.0.1", "pay.example.com", "http://10.0.0.7"])
async def test_a_card_leaves_the_machine_encrypted_or_not_at_all(address: str) -> None:
    with pytest.raises(GatewayError) as refused:
        await open_sandbox(EdgeSettings(gateway_url=address, gateway_card_key=SecretStr("key")))
    assert refused.value.code == "insecure"


def test_gateways_are_found_by_name() -> None:
    assert gateways.find("sandbox").name == "sandbox"
    with pytest.raises(GatewayError, match="no payment gateway"):
        gateways.find("piggy_bank")


async def test_keys_are_told_apart(url: str) -> None:
    async with aiohttp.ClientSession() as session:
        for path, key in (
            ("/v1/tokens", "sandbox-charge-key"),
            ("/v1/payments", "sandbox-card-key"),
            ("/v1/tokens", ""),
        ):
            body: dict[str, Any] = {"number": NUMBER}
            headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": "request-keys"}
            async with session.post(f"{url}{path}", json=body, headers=headers) as response:
                assert response.status == 401
                assert NUMBER not in await response.text()
