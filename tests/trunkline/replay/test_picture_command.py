"""``trunkline timeline``, as a person runs it."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from edge.tapes import write
from tests.trunkline.replay.test_scene import call
from trunkline.cli import main


@pytest.mark.parametrize(("name", "begins"), [("x.svg", "<svg"), ("x.html", "<!doctype html>")])
def test_a_picture_is_written(name: str, begins: str, tmp_path: Path) -> None:
    write(call().tape.recording(), tmp_path / "calls")
    out = tmp_path / name
    result = CliRunner().invoke(main, ["timeline", "CA1", "--data", str(tmp_path), "-o", str(out)])
    assert result.exit_code == 0, result.output
    assert result.output.strip() == str(out)
    assert out.read_text(encoding="utf-8").startswith(begins)


def test_without_a_name_it_is_the_calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(call().tape.recording(), tmp_path / "calls")
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(main, ["timeline", str(path)]).output.strip() == "CA1.html"
    assert (tmp_path / "CA1.html").is_file()


def test_where_nothing_can_be_written_is_a_sentence(tmp_path: Path) -> None:
    path = write(call().tape.recording(), tmp_path / "calls")
    result = CliRunner().invoke(main, ["timeline", str(path), "-o", str(tmp_path / "no" / "x.svg")])
    assert result.exit_code == 1
    assert "cannot be written (No such file or directory)" in result.output


def test_of_several_tapes_one_is_to_be_named(tmp_path: Path) -> None:
    for _ in range(2):
        write(call().tape.recording(), tmp_path / "calls")
    result = CliRunner().invoke(main, ["timeline", "CA1", "--data", str(tmp_path)])
    assert result.exit_code == 1
    assert "CA1 has 2 tapes; give the file of one of them" in result.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(("-o", "x.png"), "x.png has to end in .html, .htm, .svg"), (("--row", "7.5"), "'7.5' is not a valid integer")],
)
def test_what_cannot_be_drawn_is_a_sentence(arguments: tuple[str, ...], said: str, tmp_path: Path) -> None:
    path = write(call().tape.recording(), tmp_path)
    result = CliRunner().invoke(main, ["timeline", str(path), *arguments])
    assert result.exit_code == 2
    assert said in result.output
