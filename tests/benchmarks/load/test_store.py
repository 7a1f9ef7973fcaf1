"""What was measured is kept until code that has a part in it changes."""

from pathlib import Path

import pytest

from benchmarks.load import store
from benchmarks.load.store import Store
from benchmarks.load.systems import FLOOR, SYSTEMS, TRUNKLINE
from tests.benchmarks.load.test_results import level


def test_a_level_comes_back_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRUNKLINE_CACHE", str(tmp_path))
    kept, measured = Store("quick"), level(10, 0.05)
    assert kept.get(TRUNKLINE, 10) is None
    kept.put(TRUNKLINE, measured)
    assert kept.get(TRUNKLINE, 10) == measured
    assert kept.get(TRUNKLINE, 20) is None
    assert kept.get(FLOOR, 10) is None
    assert Store("whole").get(TRUNKLINE, 10) is None
    monkeypatch.setattr(store, "version", lambda system: "other")
    assert kept.get(TRUNKLINE, 10) is None
    assert kept.get(TRUNKLINE, 10, stale=True) == measured


def test_a_damaged_file_is_no_level(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRUNKLINE_CACHE", str(tmp_path))
    kept = Store("quick")
    kept.put(TRUNKLINE, level(10, 0.05))
    (file,) = (tmp_path / "load" / "quick").glob("*.json")
    file.write_text('{"version": ')
    assert kept.get(TRUNKLINE, 10, stale=True) is None


def test_every_system_has_a_version_of_its_own() -> None:
    assert len({store.version(system) for system in SYSTEMS.values()}) == len(SYSTEMS)
