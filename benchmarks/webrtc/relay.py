"""A bad network on loopback: a UDP relay that loses, delays and so reorders what callers send.

Stands in for netem where the kernel has none. Only media towards the edge is impaired; ICE and DTLS pass.
"""

import asyncio
import random
from dataclasses import dataclass
from typing import Any

MOST_PEERS = 64


@dataclass(frozen=True, slots=True)
class Network:
    """``loss``: part of the packets that never come. ``jitter``: seconds, each packet is late by up to so much,
    independently of the others, so that they overtake each other."""

    loss: float = 0.0
    jitter: float = 0.0


class _Far(asyncio.DatagramProtocol):
    """The relay's own port towards the edge, one for each caller."""

    def __init__(self, near: "Relay", caller: tuple[str, int]) -> None:
        self._near = near
        self._caller = caller

    def datagram_received(self, data: bytes, addr: Any) -> None:
        self._near.back(data, self._caller)


class Relay(asyncio.DatagramProtocol):
    """Between callers and one port of the edge."""

    def __init__(self, edge: tuple[str, int], network: Network, seed: int = 1) -> None:
        self._edge = edge
        self._network = network
        self._dice = random.Random(seed)
        self._ways: dict[tuple[str, int], asyncio.DatagramTransport] = {}
        self._opening: set[tuple[str, int]] = set()
        self._transport: asyncio.DatagramTransport | None = None
        self.lost = self.passed = 0

    @classmethod
    async def open(cls, edge: tuple[str, int], network: Network) -> tuple["Relay", int]:
        """A relay, and its port."""
        loop = asyncio.get_running_loop()
        transport, relay = await loop.create_datagram_endpoint(lambda: cls(edge, network), ("127.0.0.1", 0))
        return relay, transport.get_extra_info("sockname")[1]

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, addr: Any) -> None:
        way = self._ways.get(addr)
        if way is None:
            if len(self._ways) < MOST_PEERS and addr not in self._opening:
                self._opening.add(addr)
                self._task = asyncio.ensure_future(self._way(addr))
            return  # ICE asks again.
        media = len(data) > 12 and 128 <= data[0] < 192 and not 192 <= data[1] <= 223
        if not media:
            way.sendto(data)
        elif self._dice.random() < self._network.loss:
            self.lost += 1
        else:
            self.passed += 1
            late = self._dice.uniform(0, self._network.jitter)
            asyncio.get_running_loop().call_later(late, way.sendto, data)

    async def _way(self, caller: tuple[str, int]) -> None:
        loop = asyncio.get_running_loop()
        way, _ = await loop.create_datagram_endpoint(lambda: _Far(self, caller), remote_addr=self._edge)
        self._ways[caller] = way

    def back(self, data: bytes, caller: tuple[str, int]) -> None:
        """From the edge to this caller."""
        if self._transport:
            self._transport.sendto(data, caller)

    def close(self) -> None:
        """Both sides."""
        for way in self._ways.values():
            way.close()
        if self._transport:
            self._transport.close()
