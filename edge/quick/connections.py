"""Connections that are kept between two questions, and used again only where nothing has come on them meanwhile.

A service, or a proxy before it, that answers twice would have its second answer taken for the answer to the next
question, which another caller may have asked. A connection of its own for each question would cost a handshake, in the
middle of a reply; so a kept one is looked at before it is used.
"""

import select
from typing import TYPE_CHECKING
from weakref import WeakSet

import aiohttp
from aiohttp.client_proto import ResponseHandler

if TYPE_CHECKING:
    import asyncio

    from aiohttp.client import ClientRequest, ClientTimeout
    from aiohttp.connector import Connection
    from aiohttp.tracing import Trace


class CleanConnector(aiohttp.TCPConnector):
    """Gives out a connection on which the next thing to come can only be an answer to what is sent next."""

    def __init__(self, *, limit: int, limit_per_host: int, keep: float) -> None:
        """``limit``: connections at once; ``keep``: seconds for which an idle one is kept."""
        super().__init__(limit=limit, limit_per_host=limit_per_host, ttl_dns_cache=60, keepalive_timeout=keep)
        self._used: WeakSet[ResponseHandler] = WeakSet()

    async def connect(self, req: "ClientRequest", traces: "list[Trace]", timeout: "ClientTimeout") -> "Connection":
        while True:
            connection = await super().connect(req, traces, timeout)
            protocol = connection.protocol
            # On a new one there may be TLS's own tickets, and nothing was asked that could be answered twice.
            if protocol is None or protocol not in self._used:
                if protocol is not None:
                    self._used.add(protocol)
                return connection
            # What was read meanwhile is in the protocol; what was not yet read is in the socket.
            if not (protocol.should_close or _readable(protocol.transport)):
                return connection
            connection.close()


def _readable(transport: "asyncio.BaseTransport | None") -> bool:
    """Whether anything, if only an end, has come that nobody has read."""
    socket = transport.get_extra_info("socket") if transport else None
    if socket is None:
        return True
    poll = select.poll()
    poll.register(socket.fileno(), select.POLLIN)
    return bool(poll.poll(0))
