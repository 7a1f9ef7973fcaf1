"""A short trial: every part of the stack is killed once under calls. Slow: it is a stack, and seven deaths."""

import asyncio
import json
import os
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.system


@pytest.mark.timeout(240)
async def test_no_kill_loses_doubles_or_hushes_up_anything(tmp_path: Path) -> None:
    command = (
        "chaos",
        "--kills",
        "7",
        "--json",
        "--wants",
        "order,payment",
        "--repeat",
        "--twice",
        "--keep",
        str(tmp_path / "trial"),
    )
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "trunkline.cli", *command),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd=tmp_path,
        env={name: value for name, value in os.environ.items() if not name.startswith("TRUNKLINE_")},
    )
    output, progress = (text.decode() for text in await asyncio.wait_for(process.communicate(), 200))
    assert process.returncode == 0, output + progress
    account = json.loads(output)
    assert account["kills"] == len(account["victims"]) == 7
    assert all(row["kills"] == 1 for row in account["victims"]), account
    assert account["all"]["wanted"] == account["all"]["done"] > 7
    assert account["all"]["lost"] == account["all"]["doubled"] == account["all"]["untold"] == 0
    assert account["all"]["by_voice"] > 0
