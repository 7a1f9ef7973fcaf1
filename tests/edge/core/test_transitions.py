"""The table of transitions says what TurnTaker does: no more, and no less."""

from pathlib import Path

from edge.core.transitions import TRANSITIONS, table
from tests.edge.core.scripts import moves

PAGE = Path(__file__).parents[3] / "docs" / "explanation" / "turn-taking.md"


def test_what_happens_over_random_scripts_is_the_table() -> None:
    seen = moves(10_000)
    assert not seen - TRANSITIONS.keys(), "TurnTaker does what its table does not say: add the rows, and run make docs."
    assert not TRANSITIONS.keys() - seen, "The table says what TurnTaker does not do: take the rows out."


def test_the_page_holds_the_table() -> None:
    command = "Print it with `python -m edge.core.transitions`, and put it on the page."
    assert table() in PAGE.read_text(encoding="utf-8"), command
