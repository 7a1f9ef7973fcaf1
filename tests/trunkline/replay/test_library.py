"""Calls are found by id, file or folder, and by nothing else."""

from pathlib import Path

import pytest

from edge.tapes import write
from tests.edge.core.taped import taped
from trunkline.replay.library import NoTape, find, load


def test_by_id_by_file_and_by_folder(tmp_path: Path) -> None:
    path = write(taped(1), tmp_path / "calls")
    assert find("CA1", tmp_path) == [path]
    assert find(str(path), None) == [path]
    assert find(str(path.parent), None) == [path]
    assert load(path) == taped(1)


@pytest.mark.parametrize("call", ["CA2", "../CA1", "calls/CA1", "", "\x00"])
def test_what_is_not_there_is_a_sentence(call: str, tmp_path: Path) -> None:
    write(taped(1), tmp_path / "calls")
    (tmp_path / "data").mkdir()
    with pytest.raises((NoTape, ValueError)):
        find(call or "CA9", tmp_path / "data")


def test_an_empty_folder_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(NoTape, match="no tape is in it"):
        find(str(tmp_path), None)


def test_a_file_that_is_no_tape_is_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_text("hello")
    with pytest.raises(NoTape, match="cannot be read"):
        load(path)
