"""The one port: each connection is accepted, looked at without being read, and handed to whoever shall have it."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence

import structlog

from edge.processes.child import Place

_log = structlog.get_logger(__name__)

BACKLOG = 1024
OURS = (b"GET /health", b"GET /metrics")
"""How requests begin that the parent answers itself."""
PATIENCE = 10.0
"""Seconds in which a connection must say what it wants."""
WAITING = 1000
"""Connections that may be silent at once; further ones are hung up on."""
AGAIN = 0.05
"""Seconds until a request that has only just begun is looked at again."""


def listen(host: str, port: int) -> socket.socket:
    """Raises OSError where the address cannot be listened on."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.create_server((host, port), family=family, backlog=BACKLOG)
    listener.setblocking(False)
    return listener


class Door:
    """``desk`` serves a connection in the parent."""

    def __init__(
        self, listener: socket.socket, places: Sequence[Place], desk: Callable[[socket.socket], Awaitable[object]]
    ) -> None:
        self._listener = listener
        self._places = places
        self._desk = desk
        self._asking: set[asyncio.Task[None]] = set()
        self._loop = asyncio.get_running_loop()

    async def run(self) -> None:
        """Until cancelled."""
        try:
            while True:
                try:
                    connection, _ = await self._loop.sock_accept(self._listener)
                except OSError as error:  # Too many files; or a peer that left at once.
                    _log.warning("A connection could not be accepted.", why=str(error))
                    await asyncio.sleep(AGAIN)
                    continue
                if len(self._asking) >= WAITING:
                    connection.close()
                    continue
                task = asyncio.create_task(self._let_in(connection), name="connection at the door")
                self._asking.add(task)
                task.add_done_callback(self._asking.discard)
        finally:
            for task in self._asking:
                task.cancel()

    async def _let_in(self, connection: socket.socket) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                ours = await self._is_ours(connection)
            if ours or not self._give(connection):
                await self._desk(connection)
                return  # It is the desk's now.
        except (OSError, TimeoutError, EOFError):
            pass  # It has left, or wants nothing.
        connection.close()

    async def _is_ours(self, connection: socket.socket) -> bool:
        """Whether the request is one for the parent; the connection is left as it came. Raises EOFError, OSError."""
        while True:
            try:
                begin = connection.recv(16, socket.MSG_PEEK)
            except BlockingIOError:
                await self._readable(connection)
                continue
            if not begin:
                raise EOFError
            if any(begin.startswith(word) for word in OURS):
                return True
            if not any(word.startswith(begin) for word in OURS):
                return False
            await asyncio.sleep(AGAIN)

    async def _readable(self, connection: socket.socket) -> None:
        readable = asyncio.Event()
        self._loop.add_reader(connection.fileno(), readable.set)
        try:
            await readable.wait()
        finally:
            self._loop.remove_reader(connection.fileno())

    def _give(self, connection: socket.socket) -> bool:
        """To the child with the fewest connections. Where none takes calls, one of them says why."""
        serving = [(place.report.reason is not None, place.load, place) for place in self._places if place.report]
        return any(place.give(connection) for *_, place in sorted(serving, key=lambda one: one[:2]))
