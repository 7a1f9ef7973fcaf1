"""One role of the local stack: a child process which says on its standard output that it serves."""

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from trunkline.stack.process import Command, Process
from trunkline.stack.records import Records

DEADLINE = 180.0
"""Seconds for a role to be ready. Models load in a few; a cold disk under a busy machine takes far longer."""
_PATIENCE = 15.0
"""Seconds that a role has to finish what it is about, once told to stop."""


async def _no_check() -> None:
    return None


class RoleProcess:
    """``trunkline NAME`` with these settings in its environment. ``check`` is a last look before it counts as ready."""

    def __init__(
        self,
        name: str,
        data: Path,
        settings: Mapping[str, str],
        records: Records,
        check: Callable[[], Awaitable[None]] = _no_check,
    ) -> None:
        self.name = name
        self._data = data
        self._settings = settings
        self._records = records
        self._check = check
        self._process: Process | None = None
        self._reader: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int:
        """Its process, or the one it had."""
        return self._process.pid if self._process else 0

    async def restart(self) -> None:
        """Stop it if it runs, and start it; return once it serves.

        Raises:
            NotReady: it does not come up.
        """
        await self.stop()
        announced = asyncio.Event()
        self._process = await Process.spawn(self._command())
        self._records.put(self.name, self._process.pid)
        self._reader = asyncio.create_task(self._read(self._process.stdout, announced))
        try:
            await self._process.until_ready(lambda: self._serves(announced), DEADLINE)
        except BaseException:
            await self.kill()
            raise

    def _command(self) -> Command:
        return Command(
            self.name,
            # -P: nothing in the current folder may stand in for a module of ours.
            (sys.executable, "-P", "-m", "trunkline.cli", self.name),
            self._data / "logs" / f"{self.name}.log",
            env={**os.environ, **self._settings},
            folder=Path.cwd(),
            piped=True,
            patience=_PATIENCE,
        )

    async def _serves(self, announced: asyncio.Event) -> None:
        await asyncio.wait_for(announced.wait(), 0.5)
        await self._check()

    async def _read(self, lines: asyncio.StreamReader, announced: asyncio.Event) -> None:
        """Take what it prints as long as it lives, so that it is never held up by a full pipe."""
        while line := await _line(lines):
            with contextlib.suppress(ValueError):
                said = json.loads(line)
                if isinstance(said, dict) and said.get("role") == self.name:
                    announced.set()

    async def wait(self) -> int:
        """Its exit status, once it has ended."""
        return await self._process.wait() if self._process else 0

    async def stop(self) -> None:
        """Stop it in order. Harmless when it does not run."""
        await self._end(Process.stop)

    async def kill(self) -> None:
        """End it as a crash would, and return once it is gone."""
        await self._end(Process.kill)

    async def _end(self, how: Callable[[Process], Awaitable[int]]) -> None:
        if self._process:
            await how(self._process)
            self._records.drop(self.name)
        if self._reader:
            self._reader.cancel()
            await asyncio.wait([self._reader])
            self._reader = None


async def _line(lines: asyncio.StreamReader) -> bytes:
    """The next line; a longer one than any of ours comes in pieces."""
    try:
        return await lines.readuntil(b"\n")
    except asyncio.IncompleteReadError as end:
        return end.partial
    except asyncio.LimitOverrunError as long:
        return await lines.readexactly(max(long.consumed, 1))
