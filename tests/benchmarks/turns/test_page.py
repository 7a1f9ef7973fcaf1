"""The page of figures is written between its marks, and only there."""

from pathlib import Path

import pytest
from rich.console import Console

from benchmarks.plot import Axis, Line, Panel
from benchmarks.turns.__main__ import BEGIN, END, write_page
from benchmarks.turns.report import Report


def filled() -> Report:
    out = Report(Console(quiet=True))
    out.table("Ends", ("rule", "p50 ms"), [["ours", "380"]])
    out.table("Worst cases", ("what",), [["secret"]], keep=False)
    return out


def test_tables_replace_what_was_between_the_marks(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    write_page(page, filled())
    text = page.read_text()
    assert text.startswith("before\n")
    assert text.endswith(f"{END}\nafter\n")
    assert "| ours | 380 |" in text
    assert "old" not in text
    assert "secret" not in text


def test_the_picture_lies_beside_the_page(tmp_path: Path) -> None:
    page, out = tmp_path / "page.md", filled()
    page.write_text(f"{BEGIN}\n{END}\n")
    out.panels.append(Panel("Cut-ins", [Line("silence", [(300, 50)])], Axis("ms", [250, 400])))
    write_page(page, out)
    assert "Cut-ins" in (tmp_path / "page.svg").read_text()


def test_a_page_without_marks_is_left_alone(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("nothing\n")
    with pytest.raises(ValueError, match="needs the lines"):
        write_page(page, filled())
    assert page.read_text() == "nothing\n"
