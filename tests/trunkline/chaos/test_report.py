"""The page's section."""

from pathlib import Path

import pytest

from trunkline.chaos import report
from trunkline.chaos.account import Row
from trunkline.chaos.trial import Verdict, Wish
from trunkline.errors import TrunklineError

GOOD = Verdict(Wish(), 600.0, 35, [Row("nats", 3, 35, 2, 4, 4, by_voice=4, recovery=1.25), Row("all")], [])
BAD = Verdict(Wish(), 600.0, 35, [Row("all", wanted=4, lost=1, untold=1)], [17])


def test_the_table_goes_between_the_markers_and_nothing_else_changes(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"# Before\n{report.BEGIN}\nyesterday\n{report.END}\nAfter.\n")
    report.put(page, GOOD)
    report.put(page, GOOD)
    text = page.read_text()
    assert text.startswith("# Before\n")
    assert text.endswith("\nAfter.\n")
    assert text.count("| nats | 3 | 35 | 2 | 4 | 4 | 0 | 0 | 4 | 0 | 0 | 1.2 s |") == 1
    assert "yesterday" not in text


def test_a_page_without_markers_is_left_alone(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# Nothing here\n")
    with pytest.raises(TrunklineError, match="chaos: begin"):
        report.put(page, GOOD)
    assert page.read_text() == "# Nothing here\n"


def test_the_sentence_says_what_is_wrong_and_where() -> None:
    assert "nothing was lost, doubled or left untold" in report.sentence(GOOD)
    assert "1 lost, 0 doubled, 1 not told" in report.sentence(BAD)
    assert "17" in report.sentence(BAD)
    assert not BAD.ok
