"""Child processes: ready, late, stubborn, orphaned."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from trunkline.errors import NotReady
from trunkline.stack import identity
from trunkline.stack.process import Command, Process

Until = Callable[..., Awaitable[None]]
_ASLEEP = "import time; time.sleep(60)"
_STUBBORN = "import signal, time; signal.signal(15, signal.SIG_IGN); print('ready', flush=True); time.sleep(60)"


def _python(tmp_path: Path, code: str, *, piped: bool = False, patience: float = 5.0) -> Command:
    return Command("child", (sys.executable, "-c", code), tmp_path / "child.log", piped=piped, patience=patience)


async def test_one_that_ends_says_why(tmp_path: Path) -> None:
    async def never() -> None:
        raise OSError

    process = await Process.spawn(_python(tmp_path, "raise SystemExit('no such moon')"))
    with pytest.raises(NotReady, match=r"(?s)child ended while it started.*no such moon"):
        await process.until_ready(never, 30)


async def test_one_that_never_serves_is_given_up(tmp_path: Path) -> None:
    async def never() -> None:
        await asyncio.Event().wait()

    process = await Process.spawn(_python(tmp_path, _ASLEEP))
    with pytest.raises(NotReady, match=r"not ready after 0\.1 s"):
        await process.until_ready(never, 0.1)
    assert await process.kill() == -signal.SIGKILL


async def test_a_polite_one_stops_when_asked(tmp_path: Path) -> None:
    process = await Process.spawn(_python(tmp_path, _ASLEEP))
    assert await process.stop() == -signal.SIGTERM
    assert await process.stop() == -signal.SIGTERM


async def test_a_stubborn_one_is_killed(tmp_path: Path) -> None:
    process = await Process.spawn(_python(tmp_path, _STUBBORN, piped=True, patience=0.1))
    assert await process.stdout.readline() == b"ready\n"
    assert await process.stop() == -signal.SIGKILL


_PARENT = """
import asyncio, sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from trunkline.stack.process import Command, Process
async def main(log, user):
    child = (sys.executable, "-c", "import time; time.sleep(60)")
    process = await Process.spawn(Command("child", child, Path(log), user=int(user) if user != "-" else None))
    print(process.pid, flush=True)
    await asyncio.sleep(60)
asyncio.run(main(*sys.argv[1:]))
"""


@pytest.mark.parametrize("user", ["-", "65534"])
async def test_a_child_dies_with_its_killed_parent(tmp_path: Path, user: str, until: Until) -> None:
    if user != "-" and os.geteuid() != 0:
        pytest.skip("Only root becomes another user.")
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _PARENT, str(tmp_path / "log"), user, stdout=asyncio.subprocess.PIPE
    )
    assert parent.stdout is not None
    child = int(await asyncio.wait_for(parent.stdout.readline(), 60))
    await until(lambda: b"sleep" in _command_line(child))
    parent.kill()
    await parent.wait()
    await until(lambda: identity.of(child) is None)


def _command_line(pid: int) -> bytes:
    with contextlib.suppress(OSError):
        # While it is still our launcher, "sleep" is in its arguments too: the program comes first once it is itself.
        line = Path(f"/proc/{pid}/cmdline").read_bytes()
        return b"" if b"launch.py" in line else line
    return b""
