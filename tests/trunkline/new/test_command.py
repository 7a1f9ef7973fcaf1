"""``trunkline new tool`` in a checkout of its own: what it writes passes. Slow: it runs the new test in a process."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from trunkline.errors import TrunklineError
from trunkline.new import files

ROOT = Path(__file__).parents[3]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """What a tool and its test need of the checkout."""
    for folder in ("schemas", "edge", "workflows", "workers", "trunkline", "benchmarks"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("tests/conftest.py", "tests/workflows/conftest.py", "pyproject.toml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def run(checkout: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        (sys.executable, "-m", *command),
        cwd=checkout,
        env={**os.environ, "PYTHONPATH": str(checkout)},
        capture_output=True,
        text=True,
        timeout=150,
        check=False,
    )


def test_a_new_tool_has_a_test_that_passes_a_history_and_a_page(checkout: Path) -> None:
    first = run(checkout, "trunkline.cli", "new", "tool", "report_leak")
    assert first.returncode == 0, first.stdout + first.stderr
    assert "2 passed" in first.stdout
    for path in (*files.PLACES.values(), files.HISTORY):
        assert (checkout / path.format(name="report_leak")).stat().st_size > 0
    code = ("workflows/tools/report_leak.py", "tests/workflows/tools/test_report_leak.py")
    for check in (("ruff", "check"), ("ruff", "format", "--check")):
        ran = run(checkout, *check, *code)
        assert ran.returncode == 0, ran.stdout
    again = run(checkout, "trunkline.cli", "new", "tool", "report_leak")
    assert again.returncode == 1
    assert "already" in again.stderr
    assert "Traceback" not in again.stderr


def test_outside_of_a_checkout_it_says_where_to_go(tmp_path: Path) -> None:
    with pytest.raises(TrunklineError, match="checkout"):
        files.root(tmp_path)


def test_nothing_is_written_where_one_file_is_there_already(tmp_path: Path) -> None:
    (tmp_path / "b").write_text("mine")
    with pytest.raises(TrunklineError, match="b is there already"):
        files.write(tmp_path, {"a": "new", "b": "new"})
    assert not (tmp_path / "a").exists()
    assert (tmp_path / "b").read_text() == "mine"
