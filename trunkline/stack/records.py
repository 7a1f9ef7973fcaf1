"""Who holds a data folder, and which processes it started: so that what a killed stack left behind can be found."""

import asyncio
import contextlib
import fcntl
import os
import signal
from pathlib import Path

from trunkline.errors import AlreadyRunning, TrunklineError
from trunkline.stack import identity
from trunkline.stack.identity import Identity

LEFTOVER_PATIENCE = 10.0
"""Seconds that a left-over process has to be gone after SIGKILL."""


class Hold:
    """The right to use a data folder, as long as this process lives: a lock that the kernel lets go of with us."""

    def __init__(self, data: Path) -> None:
        """Take the folder; it is made if missing.

        Raises:
            AlreadyRunning: another process has it.
            TrunklineError: it cannot be written.
        """
        try:
            data.mkdir(parents=True, exist_ok=True)
            self._fd = os.open(data / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise TrunklineError(
                f"The data folder {data} cannot be used ({error.strerror}). Make it writable, or give another --data."
            ) from error
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as taken:
            os.close(self._fd)
            other = holder(data)
            raise AlreadyRunning(data, other.pid if other else None) from taken
        os.ftruncate(self._fd, 0)
        os.pwrite(self._fd, str(identity.of(os.getpid())).encode(), 0)

    def release(self) -> None:
        """Let others have it. Harmless when done twice."""
        if self._fd >= 0:
            os.ftruncate(self._fd, 0)
            os.close(self._fd)
            self._fd = -1


def holder(data: Path) -> Identity | None:
    """The process that has the folder now, without touching its lock."""
    try:
        found = identity.parse((data / "lock").read_text())
    except (OSError, UnicodeDecodeError):
        return None
    return found if found and found.alive() else None


class Records:
    """One small file for each process that runs on the folder's data."""

    def __init__(self, data: Path) -> None:
        self._folder = data / "run"
        self._folder.mkdir(parents=True, exist_ok=True)

    def put(self, name: str, pid: int) -> None:
        found = identity.of(pid)
        if found:
            (self._folder / name).write_text(str(found))

    def drop(self, name: str) -> None:
        (self._folder / name).unlink(missing_ok=True)

    async def clear(self) -> list[str]:
        """Kill what a stack before us left running, and only that; returns the names of what was killed."""
        found = {path: identity.parse(path.read_text(errors="replace")) for path in sorted(self._folder.iterdir())}
        killed = [path.name for path, process in found.items() if process and await _kill(process)]
        for path in found:
            path.unlink(missing_ok=True)
        return killed


async def _kill(process: Identity) -> bool:
    """Whether it had to be killed."""
    if not process.alive():
        return False
    with contextlib.suppress(ProcessLookupError):
        os.kill(process.pid, signal.SIGKILL)
    async with asyncio.timeout(LEFTOVER_PATIENCE):
        while process.alive():  # noqa: ASYNC110 - it is no child of ours, so nothing tells us
            await asyncio.sleep(0.02)
    return True
