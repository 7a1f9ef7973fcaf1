"""What ears over a vendor's websocket have in common: a websocket a call, and a line that carries its audio up.

The line keeps the clocks together: it knows at which call time the stream began, whatever was dropped on the way.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Generic, TypeVar

import aiohttp
import msgspec

from edge.core.audio import RATE, AudioFrame
from edge.core.bundles import Bundles
from edge.errors import ProviderError
from edge.ports import Ear, Transcript
from edge.uplink import Address, Uplink

Hear = Callable[[Transcript], None]
E = TypeVar("E", bound=Ear)


class Recogniser(Generic[E]):
    """Speech to text for all calls of a process. ``http`` is closed with it.

    ``ear`` makes a call's ear; ``tag`` is the parameter of the query that names the call, where the vendor has one.
    """

    def __init__(
        self,
        http: aiohttp.ClientSession,
        address: Address,
        ear: Callable[[aiohttp.ClientSession, Address, Hear], E],
        tag: str | None = None,
    ) -> None:
        self._http = http
        self._address = address
        self._ear = ear
        self._tag = tag

    async def open(self, call_id: str, hear: Hear) -> E:
        """Returns at once; the websocket opens while the greeting plays, and audio waits for it."""
        query = {**self._address.query, self._tag: call_id} if self._tag else self._address.query
        return self._ear(self._http, replace(self._address, query=query), hear)

    async def close(self) -> None:
        await self._http.close()


class Line:
    """One call's audio on its way up, µ-law 8 kHz. ``failed`` says why it is gone; None while it is not.

    ``least``: frames that the vendor wants in a message, at the least.
    """

    def __init__(
        self,
        http: aiohttp.ClientSession,
        address: Address,
        receive: Callable[[bytes], None],
        opened: Callable[[], None] = lambda: None,
        least: int = 1,
    ) -> None:
        self.failed: ProviderError | None = None
        self.closed = False
        self.base = 0.0
        """Call time at which the stream begins."""
        self._bundles = Bundles(least)
        self._uplink = Uplink(http, address, receive, self._lost, opened=opened)

    @property
    def dead(self) -> bool:
        """Whether there is nobody to ask, or nobody who asks."""
        return self.closed or self.failed is not None

    @property
    def open(self) -> bool:
        """Whether what is sent goes out now."""
        return self._uplink.open

    @property
    def sent_to(self) -> float:
        """Call time up to which audio was sent."""
        return self.base + self._uplink.taken / RATE

    def feed(self, frame: AudioFrame) -> None:
        """Take the next 20 ms. Never blocks."""
        self.base = frame.at - (self._uplink.taken + self._bundles.held) / RATE
        self._send(self._bundles.add(frame.mulaw))

    def flush(self) -> None:
        """Send what is held, unless it is less than the vendor takes."""
        self._send(self._bundles.rest())

    def say(self, text: str) -> None:
        """Send a control message, where the websocket is open."""
        if self.open:
            self._uplink.send_text(text)

    async def close(self, farewell: str) -> None:
        """Say farewell and hang up."""
        self.closed = True
        await self._uplink.close(farewell)

    def _send(self, piece: bytes) -> None:
        if piece:
            self._uplink.send_bytes(piece)

    def _lost(self, error: ProviderError) -> None:
        self.failed = error


class _Kind(msgspec.Struct):
    type: str


_KIND = msgspec.json.Decoder(_Kind)


def kind(data: bytes) -> str:
    """The ``type`` of a vendor's message. Raises msgspec.DecodeError where it has none."""
    return _KIND.decode(data).type
