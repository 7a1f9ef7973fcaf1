"""One place for a child: a process is started in it, watched, and started again when it ends."""

import asyncio
import contextlib
import os
import signal
import socket
import time
from asyncio.subprocess import Process
from collections.abc import Callable, Mapping, Sequence

import structlog

from edge.errors import EdgeError
from edge.processes import control
from edge.processes.control import Report

_log = structlog.get_logger(__name__)

FIRST_PAUSE = 0.2
LONGEST_PAUSE = 10.0
STEADY = 30.0
"""Seconds that a child must have lived for its next death to count as its first."""
LATE = 3 * control.ALIVE
"""Seconds without a report after which a child gets new connections only where there is no other."""
HUNG = 10.0
"""Seconds without a report after which a child is taken for hung, and killed."""
START = 180.0
"""Seconds for a child's first report: a cold disk under a busy machine loads models slowly."""


class Place:
    """One child at a time. ``command`` gets the control socket's number; ``buried`` hears the pid of each that died."""

    def __init__(
        self,
        number: int,
        command: Callable[[int], Sequence[str]],
        environment: Mapping[str, str],
        buried: Callable[[int], None],
    ) -> None:
        self.number = number
        self.report: Report | None = None
        """The newest; None while no child serves."""
        self.serves = asyncio.Event()
        self.restarts = 0
        self.pid: int | None = None
        self._command = command
        self._environment = environment
        self._buried = buried
        self._handed = 0
        self._heard_at = 0.0
        self._stopping = False
        self._process: Process | None = None
        self._control: socket.socket | None = None
        self._loop = asyncio.get_running_loop()

    @property
    def load(self) -> int:
        """Connections that the child has, and those on their way to it."""
        assert self.report is not None
        return self.report.connections + self._handed - self.report.taken

    @property
    def reason(self) -> str | None:
        """Why new calls had better go elsewhere; None where they are taken here."""
        if self.report is None:
            return "starting"
        return "hangs" if time.monotonic() - self._heard_at > LATE else self.report.reason

    def give(self, connection: socket.socket) -> bool:
        """Hand a connection to the child; False where it cannot take it. The caller closes its own end."""
        if self._control is None or not control.hand_over(self._control, connection):
            return False
        self._handed += 1
        return True

    async def keep(self) -> None:
        """Start a child, again and again, until ``stop``.

        Raises:
            EdgeError: the very first one ended before it served; it has said why.
        """
        pause = FIRST_PAUSE
        while not self._stopping:
            began = time.monotonic()
            status = await self._live()
            if self._told_to_stop():
                return
            if not self.restarts and not self.serves.is_set():
                raise EdgeError("not_started", "An edge process ended while it started; it has said why above.")
            if time.monotonic() - began > STEADY:
                pause = FIRST_PAUSE
            _log.error("An edge process died; it is started again.", place=self.number, status=status, pause=pause)
            self.restarts += 1
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    def _told_to_stop(self) -> bool:
        return self._stopping

    def stop(self) -> None:
        """Ask the child to drain and end; ``keep`` returns when it has."""
        self._stopping = True
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        """Do not wait for it any longer."""
        self._stopping = True
        self._signal(signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(number)

    async def _live(self) -> int:
        """One child's life; its exit status."""
        ours, theirs = control.pair()
        with theirs:
            process = await asyncio.create_subprocess_exec(
                *self._command(theirs.fileno()),
                stdin=asyncio.subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                env={**os.environ, **self._environment},
                start_new_session=True,  # A Ctrl-C at the terminal is for the parent, which tells the children.
            )
        self._process, self.pid, self._handed = process, process.pid, 0
        self._heard_at = time.monotonic()
        if self._stopping:
            self._signal(signal.SIGTERM)
        self._control = ours
        self._loop.add_reader(ours.fileno(), self._hear)
        watch = asyncio.create_task(self._watch(), name=f"watch on edge process {self.number}")
        try:
            return await process.wait()
        finally:
            watch.cancel()
            self._deaf()
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
            self._process = self.pid = None
            self._buried(process.pid)

    def _hear(self) -> None:
        assert self._control is not None
        try:
            if told := control.reports(self._control):
                self.report, self._heard_at = told[-1], time.monotonic()
                self.serves.set()
        except (EOFError, ValueError):
            self._deaf()

    def _deaf(self) -> None:
        """Nothing more comes from it, nothing more goes to it."""
        self.report = None
        if self._control is not None:
            self._loop.remove_reader(self._control.fileno())
            self._control.close()
            self._control = None

    async def _watch(self) -> None:
        """A child that says nothing for too long is of no use to its callers."""
        while True:
            await asyncio.sleep(1.0)
            patience = HUNG if self.report is not None else START
            if time.monotonic() - self._heard_at > patience:
                _log.error("An edge process hangs and is killed.", place=self.number, silent_seconds=patience)
                self._signal(signal.SIGKILL)
                return
