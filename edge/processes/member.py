"""A child: an edge whose connections come from the parent, and which tells it how it does."""

import asyncio
import contextlib
import socket

import structlog
from aiohttp import web

from edge.app import running
from edge.node import Node
from edge.processes import control
from edge.processes.control import Report
from edge.settings import EdgeSettings

_log = structlog.get_logger(__name__)

LOOK = 0.05
"""Seconds between two looks at whether there is something to report."""


async def serve(settings: EdgeSettings, control_fd: int) -> None:
    """Serve until cancelled, or until the parent is gone; then drain, and close in good order.

    Raises:
        EdgeError: a provider or the agent's file is not usable.
    """
    with socket.socket(fileno=control_fd) as end:
        end.setblocking(False)
        async with running(settings, one_of_many=True) as edge:
            member = asyncio.create_task(Member(end, edge.node, edge.runner).run(), name="member")
            try:
                await asyncio.wait([member, edge.ticker], return_when=asyncio.FIRST_COMPLETED)
            finally:
                member.cancel()
                await asyncio.wait([member])
        if edge.ticker.done() and not edge.ticker.cancelled():
            edge.ticker.result()


class Member:
    """The child's side of the control socket."""

    def __init__(self, end: socket.socket, node: Node, runner: web.AppRunner) -> None:
        self._end = end
        self._node = node
        self._runner = runner
        self._taken = 0
        self._opening: set[asyncio.Task[None]] = set()
        self._orphaned = asyncio.Event()
        self._loop = asyncio.get_running_loop()

    async def run(self) -> None:
        """Take connections, and report."""
        self._loop.add_reader(self._end.fileno(), self._take)
        try:
            await self._report()
        finally:
            # Draining takes seconds, in which the parent should see that nothing more is wanted.
            self._node.admission.draining = True
            control.report(self._end, self._state())
            self._loop.remove_reader(self._end.fileno())

    async def _report(self) -> None:
        told: Report | None = None
        told_at = 0.0
        while not self._orphaned.is_set():
            state, now = self._state(), self._loop.time()
            changed = told is None or (state.connections, state.taken, state.calls, state.reason) != (
                *(told.connections, told.taken, told.calls, told.reason),
            )
            if (changed or now - told_at >= control.ALIVE) and control.report(self._end, state):
                told, told_at = state, now
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK):
                    await self._orphaned.wait()
        _log.warning("The parent process is gone; this one ends its calls and follows.")

    def _state(self) -> Report:
        admission = self._node.admission
        server = self._runner.server
        # A browser's call has no connection of this port while it lasts.
        connections = max(len(server.connections) if server else 0, admission.calls)
        return Report(
            node=self._node.services.node,
            reason=admission.unready(),
            calls=admission.calls,
            capacity=admission.capacity,
            connections=connections + len(self._opening) + admission.promised(self._loop.time()),
            taken=self._taken,
            loop_lag_ms=round(admission.lateness.p95 * 1000, 1),
        )

    def _take(self) -> None:
        try:
            while (connection := self._next()) is not None:
                task = asyncio.create_task(self._open(connection), name="connection from the parent")
                self._opening.add(task)
                task.add_done_callback(self._opening.discard)
        except EOFError:
            self._loop.remove_reader(self._end.fileno())
            self._orphaned.set()

    def _next(self) -> socket.socket | None:
        while True:
            try:
                if (connection := control.take(self._end)) is not None:
                    self._taken += 1
                return connection
            except ConnectionError as error:
                self._taken += 1
                _log.error("A connection from the parent is lost.", why=str(error))

    async def _open(self, connection: socket.socket) -> None:
        server = self._runner.server
        try:
            if server is None:
                raise ConnectionError
            await self._loop.connect_accepted_socket(server, connection)
        except OSError:
            connection.close()  # The peer has left already.
