"""The demo, when it is not as promised. Slow: it starts a stack of its own and places a call."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.system


async def test_a_call_that_books_nothing_fails_and_leaves_nothing_running(tmp_path: Path) -> None:
    (tmp_path / "shy.yaml").write_text("lines: [{say: Goodbye., hang_up: true}]")
    command = ("demo", "--script", "shy.yaml", "--data", "data", "--record", "call.wav", "--keep")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "trunkline.cli", *command),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        cwd=tmp_path,
        env={name: value for name, value in os.environ.items() if not name.startswith("TRUNKLINE_")},
    )
    output = (await asyncio.wait_for(process.communicate(), 120))[0].decode()
    assert process.returncode == 1, output
    assert "0 bookings" in output
    assert "Harbor Home Services" in output.replace("Harbour", "Harbor")
    assert (tmp_path / "call.wav").exists()
    assert not (tmp_path / "data" / "stack.json").exists()
    assert "Traceback" not in output
