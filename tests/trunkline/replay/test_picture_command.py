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
    assert result.output == f"The picture is {out}; a browser shows it.\n"
    assert CliRunner().invoke(main, ["timeline", "CA1", "--data", str(tmp_path), "--out", str(out)]).exit_code == 0
    assert out.read_text(encoding="utf-8").startswith(begins)


def test_without_a_name_it_is_the_calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(call().tape.recording(), tmp_path / "calls")
    monkeypatch.chdir(tmp_path)
    assert "The picture is CA1.html" in CliRunner().invoke(main, ["timeline", str(path)]).output
    assert (tmp_path / "CA1.html").is_file()


def test_it_is_printed_where_that_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(call().tape.recording(), tmp_path / "calls")
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, ["timeline", str(path), "-o", "-"])
    assert result.output.startswith("<!doctype html>")
    assert result.output.endswith("</html>\n")
    assert [each.name for each in tmp_path.iterdir()] == ["calls"]


@pytest.mark.parametrize("name", ["notes.html", "logo.svg"])
def test_what_is_no_picture_of_a_call_is_not_written_over(name: str, tmp_path: Path) -> None:
    path = write(call().tape.recording(), tmp_path / "calls")
    theirs = tmp_path / name
    theirs.write_text("<!doctype html>\n<title>My notes</title>", encoding="utf-8")
    result = CliRunner().invoke(main, ["timeline", str(path), "-o", str(theirs)])
    assert result.exit_code == 1
    assert "is there already and is no picture of a call; give another place with -o" in result.output
    assert "My notes" in theirs.read_text(encoding="utf-8")


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
