"""Calls are found by id, file or folder, and by nothing else."""

from pathlib import Path

import pytest

from edge.tapes import write
from tests.edge.core.taped import taped
from trunkline.errors import BadSettings
from trunkline.replay.library import NoTape, find, find_all, find_one, load


def test_by_id_by_file_and_by_folder(tmp_path: Path) -> None:
    path = write(taped(1), tmp_path / "calls")
    assert find("CA1", tmp_path) == [path]
    assert find(str(path), None) == [path]
    assert find(str(path.parent), None) == [path]
    assert find("CA1.jsonl.gz", tmp_path) == [path]
    assert find_one("CA1", tmp_path) == path
    assert find_all(tmp_path) == [path]
    assert load(path) == taped(1)


def test_a_call_that_was_carried_in_parts_has_them_all_in_order(tmp_path: Path) -> None:
    paths = [write(taped(1), tmp_path / "calls") for _ in range(11)]
    (tmp_path / "calls" / "CA1.copy.jsonl.gz").touch()
    assert find("CA1", tmp_path) == paths
    assert find("CA1.11", tmp_path) == paths[10:]
    with pytest.raises(NoTape, match=r"CA1 has 11 tapes; give the file of one of them, like .*CA1\.11\.jsonl\.gz"):
        find_one("CA1", tmp_path)


@pytest.mark.parametrize("call", ["CA2", "../CA1", "calls/CA1", "CA*", "", "x" * 5000])
def test_what_is_not_there_is_a_sentence(call: str, tmp_path: Path) -> None:
    write(taped(1), tmp_path / "calls")
    with pytest.raises(NoTape, match=r"Give "):
        find(call, tmp_path)


def test_who_names_no_call_or_a_wrong_one_is_told_the_newest(tmp_path: Path) -> None:
    write(taped(1), tmp_path / "calls")
    for call in ("", "CA9"):
        with pytest.raises(NoTape, match="the newest is CA1"):
            find(call, tmp_path)


def test_no_calls_at_all_are_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(NoTape, match="Place one with 'trunkline call'"):
        find_all(tmp_path)


def test_a_setting_that_cannot_be_used_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRUNKLINE_EDGE_PORT", "eighty")
    with pytest.raises(BadSettings, match="TRUNKLINE_EDGE_PORT cannot be used"):
        find("CA1", None)


def test_an_empty_folder_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(NoTape, match="no tape is in it"):
        find(str(tmp_path), None)


def test_a_file_that_is_no_tape_is_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_text("hello")
    with pytest.raises(NoTape, match=r"cannot be read: .* Is it a recorded call\?"):
        load(path)
