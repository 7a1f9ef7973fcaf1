"""One child process: started, waited for until it is ready, stopped with rising force, and never outliving us."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from trunkline.errors import NotReady

_LAUNCH = str(Path(__file__).with_name("launch.py"))
_LOG_LIMIT = 10_000_000
_POLL = 0.02
_LAST_RESORT = 10.0
"""Seconds within which the kernel must have ended a process after SIGKILL."""


@dataclass(frozen=True, slots=True)
class Command:
    """What to run.

    ``log`` takes what it prints; with ``piped`` its standard output comes to us instead. It runs in ``folder``, else in
    the log's. ``user`` is the uid to become. ``death`` is sent by the kernel when we die. ``stop`` are the signals that
    ask it to end, each given ``patience`` seconds, before SIGKILL.
    """

    name: str
    argv: tuple[str, ...]
    log: Path
    env: Mapping[str, str] | None = None
    folder: Path | None = None
    user: int | None = None
    piped: bool = False
    death: signal.Signals = signal.SIGKILL
    stop: tuple[signal.Signals, ...] = (signal.SIGTERM,)
    patience: float = 5.0


class Process:
    """A running command. Its methods belong to one event loop."""

    def __init__(self, command: Command, process: asyncio.subprocess.Process) -> None:
        self.command = command
        self._process = process

    @classmethod
    async def spawn(cls, command: Command) -> "Process":
        """Start it, in a session of its own so that a Ctrl-C at the terminal reaches us and not it.

        Raises:
            OSError: its log cannot be written.
        """
        command.log.parent.mkdir(parents=True, exist_ok=True)
        _rotate(command.log)
        launch = (sys.executable, "-I", "-S", _LAUNCH, str(os.getpid()), str(int(command.death)))
        user = "-" if command.user is None else str(command.user)
        with command.log.open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                *launch,
                user,
                *command.argv,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE if command.piped else log,
                stderr=log,
                env=None if command.env is None else dict(command.env),
                cwd=command.folder or command.log.parent,
                start_new_session=True,
            )
        return cls(command, process)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process.returncode is None

    @property
    def stdout(self) -> asyncio.StreamReader:
        """What it prints, where it was started with ``piped``."""
        assert self._process.stdout is not None
        return self._process.stdout

    async def wait(self) -> int:
        """Its exit status, once it has ended; minus the signal where one ended it."""
        return await self._process.wait()

    async def until_ready(self, ready: Callable[[], Awaitable[object]], deadline: float) -> None:
        """Return once ``ready`` does without an OSError or a timeout; tried again and again, for ``deadline`` seconds.

        Raises:
            NotReady: it ended, or the deadline passed. The process is left as it is.
        """
        try:
            async with asyncio.timeout(deadline):
                while self.running:
                    try:
                        return await _nothing(ready())
                    except (OSError, EOFError, TimeoutError):
                        await asyncio.sleep(_POLL)
        except TimeoutError:
            raise NotReady(f"{self.command.name} was not ready after {deadline:g} s. {self._why()}") from None
        raise NotReady(f"{self.command.name} ended while it started. {self._why()}")

    async def stop(self) -> int:
        """Ask it to end, with rising force; its exit status. Harmless when it has ended."""
        for number in self.command.stop:
            self.signal(number)
            with contextlib.suppress(TimeoutError):
                return await asyncio.wait_for(self.wait(), self.command.patience)
        return await self.kill()

    async def kill(self) -> int:
        """End it as a crash would; its exit status."""
        self.signal(signal.SIGKILL)
        return await asyncio.wait_for(self.wait(), _LAST_RESORT)

    def signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(number)

    def _why(self) -> str:
        return f"Its log is {self.command.log}, and ends:\n{tail(self.command.log)}"


def tail(log: Path, lines: int = 12) -> str:
    """The last lines of a log, for a person; empty where there is none."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - 16_000))
            text = file.read().decode(errors="replace")
    except OSError:
        return ""
    return "\n".join("  " + line for line in text.splitlines()[-lines:])


async def _nothing(awaitable: Awaitable[object]) -> None:
    await awaitable


def _rotate(log: Path) -> None:
    """One older log is kept, so that a folder in long use stays small."""
    with contextlib.suppress(FileNotFoundError):
        if log.stat().st_size > _LOG_LIMIT:
            log.replace(log.with_suffix(".old.log"))
