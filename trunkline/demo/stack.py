"""The stack that the demo starts for itself: ``trunkline up`` as a process, which dies with us."""

import asyncio
import json
import os
import re
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from trunkline.errors import NotReady
from trunkline.stack.local import LocalStack
from trunkline.stack.process import Command, Process, tail

PARTS = 8
"""Engines and roles, each of which says when it is ready."""
PATIENCE = 90.0
"""Seconds for the whole stack to be ready."""


@asynccontextmanager
async def own_stack(data: Path, ready: Callable[[str], None]) -> AsyncIterator[LocalStack]:
    """A running stack on this folder (absolute), stopped at the end whatever happens. ``ready`` hears each part's name.

    Raises:
        NotReady: it did not come up.
    """
    log = data / "demo-up.log"
    argv = (sys.executable, "-m", "trunkline.cli", "up", "--json", "--no-reload", "--data", str(data))
    command = Command(
        "up",
        argv,
        log,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
        folder=Path.cwd(),
        piped=True,
        death=signal.SIGTERM,
        patience=20.0,
    )
    process = await Process.spawn(command)
    try:
        yield await _ready(process, log, ready)
    finally:
        await process.stop()


async def _ready(process: Process, log: Path, ready: Callable[[str], None]) -> LocalStack:
    telling = asyncio.create_task(_follow(log, ready))
    try:
        async with asyncio.timeout(PATIENCE):
            line = await process.stdout.readline()
        return LocalStack(**json.loads(line))
    except TimeoutError as error:
        raise NotReady(f"The stack was not ready in {PATIENCE:.0f} seconds. Its log is {log}.") from error
    except (ValueError, TypeError) as error:
        raise NotReady(f"The stack did not start. Its log is {log}, and ends:\n{tail(log)}") from error
    finally:
        telling.cancel()
        await asyncio.gather(telling, return_exceptions=True)


async def _follow(log: Path, ready: Callable[[str], None]) -> None:
    """Tell each line '<name> is ready.' once, as it appears."""
    told: set[str] = set()
    while True:
        for name in re.findall(r"^(\w+) is ready\.$", tail(log, 50), re.MULTILINE):
            if name not in told:
                told.add(name)
                ready(name)
        await asyncio.sleep(0.05)
