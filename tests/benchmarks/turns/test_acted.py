"""The list of what actors say is one that can be played."""

from pathlib import Path

import pytest

from benchmarks.turns import acted as module
from benchmarks.turns.acted import JOINED, acted

LIST = Path(module.__file__).with_name("acted.txt")


def test_no_turn_is_listed_twice_and_pieces_are_of_one_turn() -> None:
    names = [name for line in LIST.read_text().splitlines() if line[0] != "#" for name in line.split()[1:]]
    assert len(names) == len(set(names)) > 900
    for name in names:
        assert len({piece[:7] for piece in name.split(JOINED)}) == 1


def test_without_the_games_nothing_is_played_and_it_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TRUNKLINE_CACHE", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    found = acted(every=100)
    assert found.own == found.pieced == found.unseen == ()
    assert [note.rpartition(". ")[2] for note in found.notes] == [
        "Beneath a Steel Sky is left out.",
        "Flight of the Amazon Queen is left out.",
        "Drascula is left out.",
    ]
