"""The one port: each connection is accepted, looked at without being read, and handed to whoever shall have it.

A connection is handed on once the head of its request is there, whole: one that sends it drop by drop, or never, costs
the door a place for some seconds, and the children nothing.
"""

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
WAITING = 500
"""Connections that may be silent at once. Past that, whoever has been silent longest is hung up on: people's software
asks as soon as it is connected."""
LARGEST = 16 * 1024
"""Bytes that the head of a request may have."""
PAUSE = 0.05
"""Seconds until the next connection, where one could not be accepted."""


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
        self._asking: dict[asyncio.Task[None], None] = {}
        """The longest first."""
        self._loop = asyncio.get_running_loop()

    async def run(self) -> None:
        """Until cancelled."""
        try:
            while True:
                try:
                    connection, _ = await self._loop.sock_accept(self._listener)
                except OSError as error:  # Too many files; or a peer that left at once.
                    _log.warning("A connection could not be accepted.", why=str(error))
                    self._hang_up_on_the_slowest()
                    await asyncio.sleep(PAUSE)
                    continue
                if len(self._asking) >= WAITING:
                    self._hang_up_on_the_slowest()
                task = asyncio.create_task(self._let_in(connection), name="connection at the door")
                self._asking[task] = None
                task.add_done_callback(self._forget)
        finally:
            for task in self._asking:
                task.cancel()

    def _hang_up_on_the_slowest(self) -> None:
        if task := next(iter(self._asking), None):
            self._forget(task)
            task.cancel()

    def _forget(self, task: "asyncio.Task[None]") -> None:
        self._asking.pop(task, None)

    async def _let_in(self, connection: socket.socket) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                head = await self._head(connection)
        except (OSError, TimeoutError, EOFError):
            connection.close()  # It has left, or wants nothing.
            return
        except asyncio.CancelledError:
            connection.close()
            raise
        if head.startswith(OURS) or not self._give(connection):
            try:
                await self._desk(connection)
            except OSError:
                connection.close()
        else:
            connection.close()  # The child has its own.

    async def _head(self, connection: socket.socket) -> bytes:
        """The head of the request; the connection is left as it came. Raises EOFError, OSError."""
        head = b""
        while True:
            known, head = len(head), await self._more(connection, len(head))
            if len(head) <= known or len(head) >= LARGEST:
                raise EOFError  # It has hung up in the middle, or never ends.
            # What is no HTTP at all is for a child to refuse.
            if b"\r\n\r\n" in head or not head[:1].isalpha():
                return head

    async def _more(self, connection: socket.socket, known: int) -> bytes:
        """What has come, once it is more than so many bytes; no more where the peer has hung up."""
        # The kernel wakes us when there is one byte more than we have seen: nothing is asked again and again.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, known + 1)
        try:
            head = _peek(connection)
            if len(head) <= known:
                await self._readable(connection)
                head = _peek(connection)
            return head
        finally:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, 1)

    async def _readable(self, connection: socket.socket) -> None:
        readable = asyncio.Event()
        self._loop.add_reader(connection.fileno(), readable.set)
        try:
            await readable.wait()
        finally:
            self._loop.remove_reader(connection.fileno())

    def _give(self, connection: socket.socket) -> bool:
        """To the child with the fewest connections; False where none takes it.

        One that hangs comes last. Where none takes calls, one of them says why.
        """
        serving = [place for place in self._places if place.report]
        serving.sort(key=lambda place: (place.reason == "hangs", place.reason is not None, place.load))
        return any(place.give(connection) for place in serving)


def _peek(connection: socket.socket) -> bytes:
    """What waits to be read, without waiting for it."""
    try:
        return connection.recv(LARGEST, socket.MSG_PEEK)
    except BlockingIOError:
        return b""
