"""``PaymentGateway`` over the sandbox gateway's HTTP API. It never sees a card: tokens alone.

Each request has a connection of its own. Where connections are kept, an answer that comes twice, or too late, is taken
for the answer to the next request: somebody else's payment. And an answer must be about the payment that was asked for.
"""

from typing import Any
from urllib.parse import quote

import aiohttp
import structlog
from pydantic import BaseModel, ValidationError

from workflows.errors import ToolError
from workflows.ports import Charge, Charged

log = structlog.get_logger(__name__)

PATIENCE = 6.0
"""Seconds for one request; the activity tries again."""


class _Key(BaseModel):
    """What an answer is about."""

    key: str


class HttpGateway:
    """One session to one gateway."""

    def __init__(self, url: str, key: str, patience: float = PATIENCE) -> None:
        self._url = f"{url.rstrip('/')}/v1/payments"
        self._authorization = f"Bearer {key}"
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(force_close=True), timeout=aiohttp.ClientTimeout(total=patience)
        )

    async def authorise(self, charge: Charge) -> Charged:
        return await self._ask(charge.key, "", charge.model_dump(exclude={"key"}))

    async def capture(self, key: str) -> Charged:
        return await self._ask(key, f"/{quote(key, safe='')}/capture")

    async def reverse(self, key: str) -> Charged:
        return await self._ask(key, f"/{quote(key, safe='')}/reverse")

    async def close(self) -> None:
        """End the session."""
        await self._session.close()

    async def _ask(self, key: str, path: str, body: dict[str, Any] | None = None) -> Charged:
        """Raises OSError where the effect is not known, ToolError where asking again cannot help."""
        headers = {"Authorization": self._authorization, "Idempotency-Key": key}
        try:
            async with self._session.post(
                f"{self._url}{path}", json=body, headers=headers, allow_redirects=False
            ) as response:
                status, text = response.status, await response.read()
        except (aiohttp.ClientError, TimeoutError) as error:
            raise OSError(f"The payment gateway did not answer: {type(error).__name__} {error}") from error
        if status == 409 and path.endswith("/capture"):
            return Charged(status="declined", reason="not_authorised")
        if status in (200, 201, 402):
            return _read(text, key)
        if status >= 500 or status in (408, 425, 429):
            raise OSError(f"The payment gateway answered with status {status}.")
        log.error("The payment gateway will never take this.", status=status)
        raise ToolError("failed", "I'm sorry, the payment could not be made. Nothing has been charged.", fault="system")


def _read(text: bytes, key: str) -> Charged:
    try:
        about, charged = _Key.model_validate_json(text), Charged.model_validate_json(text)
    except ValidationError:
        raise OSError("The payment gateway's answer cannot be read.") from None
    if about.key != key:
        log.error("The payment gateway's answer is about another payment.")
        raise OSError("The payment gateway's answer is about another payment.")
    return charged
