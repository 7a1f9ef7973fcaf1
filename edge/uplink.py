"""One websocket to a vendor: opened behind the caller's back, sends at once, and says once why it is gone.

aiohttp rather than the vendors' SDKs, by measurement: 30 streams of 20 ms frames to the emulated Deepgram on one noisy
core, messages decoded, cost 57 to 70 µs a frame through ``deepgram-sdk`` with its queue and two tasks a stream (it
still runs on websockets' deprecated client), and 36 to 45 µs here: 0.06 CPU seconds less for each call-minute.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import msgspec
import structlog

from edge.errors import ProviderError
from edge.sending import at_once

log = structlog.get_logger()

CONNECT = 3.0
"""Seconds for DNS, TLS and the handshake."""
HELD = 250
"""Messages that wait for the handshake; five seconds of 20 ms frames, the oldest go first."""
NONSENSE = 5
"""Messages without sense after which the vendor is given up."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a vendor is. ``key`` is the variable that holds its key, for messages to people."""

    vendor: str
    url: str
    key: str
    headers: Mapping[str, str] = field(repr=False, default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)


def session() -> aiohttp.ClientSession:
    """A session for all connections to a vendor. Its TLS context was built when aiohttp was imported."""
    connector = aiohttp.TCPConnector(limit=0, ttl_dns_cache=300, keepalive_timeout=75)
    return aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=None, connect=CONNECT))


class Uplink:
    """A websocket, opening from the moment it is made.

    ``receive`` gets every message as it comes and may raise ``msgspec.DecodeError``; ``opened`` is called once it is
    open; ``lost`` once, where it could not be opened or is gone without ``close``.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        address: Address,
        receive: Callable[[bytes], None],
        lost: Callable[[ProviderError], None],
        opened: Callable[[], None] | None = None,
        heartbeat: float | None = None,
    ) -> None:
        self._session = session
        self._address = address
        self._receive = receive
        self._lost = lost
        self._opened = opened or _nothing
        self._heartbeat = heartbeat
        self._ws: aiohttp.ClientWebSocketResponse[Any] | None = None
        self._held: deque[bytes] = deque()
        self._nonsense = 0
        self.taken = 0
        """Bytes of binary messages sent or held; those that were dropped unsent are taken off again."""
        self._task = asyncio.create_task(self._run(), name=f"uplink to {address.vendor}")

    @property
    def open(self) -> bool:
        """Whether what is sent goes out now."""
        return self._ws is not None and not self._ws.closed

    def send_bytes(self, data: bytes) -> None:
        """Send audio, or hold it until the websocket is open. Never blocks."""
        if self._task.done():
            return
        self.taken += len(data)
        if self._ws is None:
            self._held.append(data)
            if len(self._held) > HELD:
                self.taken -= len(self._held.popleft())
            return
        self._send(self._ws.send_bytes(data))

    def send_text(self, text: str) -> None:
        """Send a control message, where the websocket is open. Never blocks."""
        if self._ws is not None:
            self._send(self._ws.send_str(text))

    async def close(self, farewell: str = "") -> None:
        """Say farewell and hang up; takes no longer than a second."""
        if farewell and self.open:
            self.send_text(farewell)
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task
        # Whoever listens has this uplink, and would be kept by it until the collector comes.
        self._receive, self._lost, self._opened, self._ws = _nobody, _nobody, _nothing, None

    def _send(self, sending: Any) -> None:
        try:
            if at_once(sending):
                return
        except (ConnectionError, RuntimeError):
            return  # The reader learns of it too, and tells.
        self._task.cancel()
        self._give_up(ProviderError("stalled", f"{self._address.vendor} takes no more audio.", retryable=True))

    async def _run(self) -> None:
        address = self._address
        try:
            async with asyncio.timeout(CONNECT):
                ws = await self._session.ws_connect(
                    address.url,
                    headers=address.headers,
                    params=address.query,
                    heartbeat=self._heartbeat,
                    compress=0,
                    decode_text=False,
                    timeout=aiohttp.ClientWSTimeout(ws_close=0.5),
                )
        except Exception as error:
            self._give_up(explain(error, address))
            return
        try:
            self._begin(ws)
            async for message in ws:
                self._take(message.data)
            detail = f"code {ws.close_code}"
            self._give_up(ProviderError("dropped", f"{address.vendor} hung up ({detail}).", retryable=True))
        except Exception as error:
            self._give_up(explain(error, address))
        finally:
            with contextlib.suppress(Exception):
                await ws.close()

    def _begin(self, ws: aiohttp.ClientWebSocketResponse[Any]) -> None:
        self._ws = ws
        held, self._held = self._held, deque()
        for data in held:
            self._send(ws.send_bytes(data))
        self._opened()

    def _take(self, data: Any) -> None:
        try:
            self._receive(data if isinstance(data, bytes) else bytes(data))
        except (msgspec.DecodeError, ValueError) as error:
            self._nonsense += 1
            log.warning("A vendor's message makes no sense.", vendor=self._address.vendor, error=str(error)[:200])
            if self._nonsense >= NONSENSE:
                message = f"{self._address.vendor} sends what makes no sense: {str(error)[:200]}."
                raise ProviderError("malformed", message, retryable=True) from error

    def _give_up(self, error: ProviderError) -> None:
        lost, self._lost = self._lost, _nobody
        lost(error)


def _nobody(_: object) -> None:
    """Has been told already, or does not listen any more."""


def _nothing() -> None:
    """As above."""


def explain(error: Exception, address: Address) -> ProviderError:
    """What went wrong with a vendor's websocket, for people, and whether another attempt may help."""
    vendor = address.vendor
    match error:
        case ProviderError():
            return error
        case aiohttp.WSServerHandshakeError(status=401 | 402 | 403 as status):
            return ProviderError("unauthorised", f"{vendor} refused the key (HTTP {status}). Check {address.key}.")
        case aiohttp.WSServerHandshakeError(status=429):
            return ProviderError("busy", f"{vendor} refuses more connections for now.", retryable=True)
        case aiohttp.WSServerHandshakeError(status=status) if status >= 500:
            return ProviderError("unavailable", f"{vendor} failed (HTTP {status}).", retryable=True)
        case aiohttp.WSServerHandshakeError(status=status):
            return ProviderError("refused", f"{vendor} refused the request (HTTP {status}): {error.message}")
        case TimeoutError():
            return ProviderError("stalled", f"{vendor} did not answer within {CONNECT:g} s.", retryable=True)
        case aiohttp.ClientError() | OSError():
            return ProviderError("unreachable", f"The connection to {vendor} failed: {error}.", retryable=True)
        case _:
            message = f"The connection to {vendor} broke ({type(error).__name__}: {error})."
            return ProviderError("failed", message, retryable=True)
