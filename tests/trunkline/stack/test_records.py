"""Who holds a data folder, and what was left running on it."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from trunkline.errors import AlreadyRunning, TrunklineError
from trunkline.stack import identity, records
from trunkline.stack.records import Hold, Records


async def _sleeper() -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(sys.executable, "-c", "import time; time.sleep(60)")


def test_a_folder_has_one_holder(data: Path) -> None:
    hold = Hold(data)
    with pytest.raises(AlreadyRunning, match=f"process {os.getpid()}") as refused:
        Hold(data)
    assert refused.value.pid == os.getpid()
    assert records.holder(data) == identity.of(os.getpid())
    hold.release()
    hold.release()
    assert records.holder(data) is None
    Hold(data).release()


def test_a_folder_that_cannot_be_used_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(TrunklineError, match=r"file/data cannot be used \(Not a directory\)"):
        Hold(tmp_path / "file" / "data")


def test_a_dead_holder_is_none(data: Path) -> None:
    data.mkdir()
    for text in ("", "nonsense", "1 2 3 4", f"{os.getpid()} 1 another-boot", "\x00" * 100):
        (data / "lock").write_text(text)
        assert records.holder(data) is None
    (data / "lock").write_bytes(b"\xff\xfe")
    assert records.holder(data) is None
    Hold(data).release()


async def test_what_was_left_running_is_killed(data: Path) -> None:
    left = await _sleeper()
    Records(data).put("sleeper", left.pid)
    assert await Records(data).clear() == ["sleeper"]
    assert await asyncio.wait_for(left.wait(), 60) == -9
    assert await Records(data).clear() == []


async def test_another_process_with_the_pid_of_a_dead_one_is_left_alone(data: Path) -> None:
    innocent = await _sleeper()
    kept = Records(data)
    now = identity.of(innocent.pid)
    assert now is not None
    (data / "run" / "earlier").write_text(f"{now.pid} {now.started - 1} {now.boot}")
    (data / "run" / "last-boot").write_text(f"{now.pid} {now.started} 00000000-0000-0000-0000-000000000000")
    (data / "run" / "malformed").write_bytes(b"\xff not a record")
    assert await kept.clear() == []
    assert innocent.returncode is None
    innocent.kill()
    await innocent.wait()
