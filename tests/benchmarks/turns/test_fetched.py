"""What is fetched appears whole or not at all, however many runs fetch it."""

from pathlib import Path

import pytest

from benchmarks.turns.fetched import Missing, _run, _whole


def test_a_folder_appears_when_it_is_whole(tmp_path: Path) -> None:
    folder = tmp_path / "package"
    with _whole(folder) as place:
        (place / "sound").touch()
        assert not folder.exists()
    assert (folder / "sound").exists()
    assert [one.name for one in tmp_path.iterdir()] == ["package"]


def test_the_first_of_two_runs_is_kept(tmp_path: Path) -> None:
    folder = tmp_path / "package"
    with _whole(folder) as slow:
        with _whole(folder) as quick:
            (quick / "quick").touch()
        (slow / "slow").touch()
    assert sorted(one.name for one in folder.iterdir()) == [".done", "quick"]


def test_nothing_is_left_of_a_fetch_that_failed(tmp_path: Path) -> None:
    with pytest.raises(Missing, match="failed"), _whole(tmp_path / "package") as place:
        _run("false", folder=place)
    assert list(tmp_path.iterdir()) == []


def test_half_a_folder_is_replaced(tmp_path: Path) -> None:
    folder = tmp_path / "package"
    folder.mkdir()
    (folder / "half").touch()
    with _whole(folder) as place:
        (place / "sound").touch()
    assert not (folder / "half").exists()
