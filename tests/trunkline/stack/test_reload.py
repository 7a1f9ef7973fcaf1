"""Tools that change while the stack runs."""

import asyncio
import os
from pathlib import Path
from typing import Any

import pytest

from trunkline.stack.reload import Fault, changed, faults_of, folders, snapshot, sound, watch

GOOD = Path("/t/good.py")
BAD = Path("/t/bad/models.py")
PLACES = [Path("/t")]


def test_the_worker_is_started_anew_for_a_tool_that_is_sound_and_not_for_a_broken_one() -> None:
    fault = Fault(Path("/t/bad/__init__.py"), 3, "Correct the syntax.")
    assert sound([GOOD], [], PLACES)
    assert sound([GOOD, BAD], [fault], PLACES)
    assert not sound([BAD], [fault], PLACES)
    assert not sound([GOOD], [Fault(Path(), 0, "They cannot be loaded.")], PLACES)


def test_what_was_written_made_or_removed_has_changed(tmp_path: Path) -> None:
    for name in ("same.py", "touched.py", "gone.py", "no_python.txt"):
        (tmp_path / name).write_text("1")
    before = snapshot([tmp_path])
    (tmp_path / "touched.py").write_text("22")
    (tmp_path / "gone.py").unlink()
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "made.py").write_text("3")
    (tmp_path / "no_python.txt").write_text("4")
    names = {file.name for file in changed(before, snapshot([tmp_path]))}
    assert names == {"touched.py", "gone.py", "made.py"}


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package of tools of the test's own, ``sometools``, which processes that we start find."""
    folder = tmp_path / "sometools"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")]))
    return folder


async def test_faults_are_found_with_file_line_and_remedy(package: Path) -> None:
    (package / "broken.py").write_text("print('hello')\n\ndef wrong(:\n")
    (package / "nameless.py").write_text("")
    (package / "leaves.py").write_text("import sys\nsys.exit(3)\n")
    found = {fault.file.name: fault for fault in await faults_of(["sometools"])}
    assert (found["broken.py"].line, "Correct the syntax" in found["broken.py"].message) == (3, True)
    assert "names no tool" in found["nameless.py"].message
    assert found["leaves.py"].line == 2


async def test_a_change_is_taken_up_and_a_broken_one_is_told_and_left(package: Path, until: Any) -> None:
    said: list[str] = []
    restarts = 0

    async def restart() -> None:
        nonlocal restarts
        restarts += 1

    assert folders(["sometools"]) == [package]
    watching = asyncio.create_task(watch(["sometools"], snapshot([package]), restart, said.append))
    try:
        (package / "tool.py").write_text("def wrong(:\n")
        await until(lambda: any("goes on with what it has" in line for line in said), deadline=60.0)
        assert restarts == 0
        assert any(line.startswith(f"{package / 'tool.py'}:1: ") for line in said)
        (package / "tool.py").unlink()
        await until(lambda: restarts == 1, deadline=60.0)
    finally:
        watching.cancel()
