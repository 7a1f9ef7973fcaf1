"""A whole stack of its own for a benchmark: ``trunkline up`` in a process, as a user would start it."""

import asyncio
import json
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

START_SECONDS = 90.0
STOP_SECONDS = 30.0


@asynccontextmanager
async def stack() -> AsyncIterator[dict[str, Any]]:
    """Where everything of a fresh stack is; it is stopped at the end.

    Raises:
        RuntimeError: it did not start.
    """
    with tempfile.TemporaryDirectory(prefix="trunkline-bench-") as data:
        command = (sys.executable, "-m", "trunkline.cli", "up", "--json", "--no-reload", "--port", "0", "--data", data)
        process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
        assert process.stdout is not None
        try:
            line = await asyncio.wait_for(process.stdout.readline(), START_SECONDS)
            if not line:
                raise RuntimeError("The stack did not start; what it printed above says why.")
            yield json.loads(line)
        finally:
            if process.returncode is None:
                process.terminate()
            await asyncio.wait_for(process.wait(), STOP_SECONDS)
