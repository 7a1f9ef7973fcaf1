"""The sandbox gateway that ``trunkline gateway`` runs: one request, ``POST /v1/tokens``, each on its own connection.

Where connections are kept, an answer that comes twice is taken for the answer about the next card. The body is built by
hand in bytes that are wiped; what aiohttp copies of it lives as long as the request. Nothing is traced, no redirect is
followed, and no error carries anything of the request.
"""

import asyncio
import ipaddress
import re
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import msgspec

from edge.core.cards import Card, wipe
from edge.errors import GatewayError
from edge.gateways import Gateway, GatewaySettings
from edge.ports import CardTaken

ATTEMPT = 4.0
"""Seconds for one request."""
ATTEMPTS = 2


_TOKEN = re.compile(r"[A-Za-z][A-Za-z0-9_-]{7,95}")
"""It begins with a letter: a card's own number can never pass for one."""
_LAST4 = re.compile(r"[0-9]{4}")
_BRAND = re.compile(r"[a-z_]{1,24}")


class _Answer(msgspec.Struct):
    token: str = ""
    last4: str = ""
    brand: str = "card"


class SandboxCards:
    """``edge.ports.CardGateway`` over HTTP."""

    def __init__(self, url: str, key: str) -> None:
        self._url = f"{url.rstrip('/')}/v1/tokens"
        self._authorization = f"Bearer {key}"
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(force_close=True),
            timeout=aiohttp.ClientTimeout(total=ATTEMPT),
            trust_env=False,
        )

    async def take(self, card: Card, key: str) -> CardTaken:
        trouble = GatewayError("unavailable", "The payment gateway does not answer.", retryable=True)
        for _ in range(ATTEMPTS):
            try:
                return await self._ask(card, key)
            except (aiohttp.ClientError, TimeoutError, OSError) as error:
                # The error's own words are kept back: they are the library's, and may quote what was sent.
                trouble = GatewayError("unavailable", f"No answer: {type(error).__name__}.", retryable=True)
            except GatewayError as error:
                if not error.retryable:
                    raise
                trouble = error
        raise trouble from None

    async def _ask(self, card: Card, key: str) -> CardTaken:
        body = _body(card)
        headers = {
            "Authorization": self._authorization,
            "Idempotency-Key": key,
            "Content-Type": "application/json",
            "Cache-Control": "no-store",
        }
        try:
            async with self._session.post(
                self._url, data=bytes(body), headers=headers, allow_redirects=False
            ) as response:
                answer = await response.read()
                status = response.status
        finally:
            wipe(body)
        if status in (402, 422):
            raise GatewayError("card_refused", "The payment gateway does not take this card.")
        if status != 201:
            raise GatewayError(
                "unavailable", f"The payment gateway answered with status {status}.", retryable=status >= 500
            )
        return _taken(answer, bytes(card.number[-4:]))

    async def close(self) -> None:
        await self._session.close()
        await asyncio.sleep(0)


def _body(card: Card) -> bytearray:
    """The request as JSON, made where it can be wiped."""
    body = bytearray(b'{"number":"')
    for part in (card.number, b'","month":"', card.expiry[:2], b'","year":"20', card.expiry[2:]):
        body += part
    if card.code:
        body += b'","code":"'
        body += card.code
    body += b'"}'
    return body


def _taken(answer: bytes, last4: bytes) -> CardTaken:
    try:
        found = msgspec.json.decode(answer, type=_Answer)
    except (msgspec.DecodeError, msgspec.ValidationError):
        raise GatewayError("malformed", "The payment gateway's answer cannot be read.", retryable=True) from None
    if not (_TOKEN.fullmatch(found.token) and _LAST4.fullmatch(found.last4) and _BRAND.fullmatch(found.brand)):
        raise GatewayError("malformed", "The payment gateway's answer is not a token and the last four digits.")
    if found.last4.encode() != last4:
        raise GatewayError("malformed", "The payment gateway's answer is about another card.", retryable=True)
    return CardTaken(found.token, found.last4, found.brand)


def check_address(url: str) -> None:
    """Card numbers travel encrypted, or not beyond this machine.

    Raises:
        GatewayError: ``insecure``.
    """
    parts = urlsplit(url)
    if parts.scheme == "https" and parts.hostname:
        return
    if parts.scheme != "http" or not _loopback(parts.hostname or ""):
        raise GatewayError("insecure", "TRUNKLINE_GATEWAY_URL must be https://..., or http:// on loopback.")


def _loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


async def open_sandbox(settings: GatewaySettings) -> Any:
    """Raises GatewayError where the address or the key cannot be used."""
    if not settings.gateway_url or not settings.gateway_card_key:
        raise GatewayError("unset", "A gateway needs TRUNKLINE_GATEWAY_URL and TRUNKLINE_GATEWAY_CARD_KEY.")
    check_address(settings.gateway_url)
    return SandboxCards(settings.gateway_url, settings.gateway_card_key.get_secret_value())


GATEWAY = Gateway("sandbox", open_sandbox)
