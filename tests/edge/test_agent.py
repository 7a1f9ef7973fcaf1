"""The agent's file: the demo's is valid, and a bad one says what is wrong with it."""

from pathlib import Path

import pytest

from edge.agent import load
from edge.errors import EdgeError


def test_the_demo_business_answers_the_phone() -> None:
    agent = load()
    assert agent.business == "Harbor Home Services"
    assert "book_visit" in agent.tools


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("name: [", "not YAML"),
        ("just words", "does not describe an agent"),
        ("name: A\nbusiness: B\ngreeting: Hi\ntimezone: Mars/Olympus", "IANA time zone"),
        ("name: A\nbusiness: B\ngreeting: Hi\ngreting: Hello", "greting"),
        ("name: A\nbusiness: B", "greeting"),
    ],
)
def test_a_bad_file_is_explained(tmp_path: Path, text: str, complaint: str) -> None:
    path = tmp_path / "agent.yaml"
    path.write_text(text)
    with pytest.raises(EdgeError, match=complaint):
        load(path)


def test_a_missing_file_is_explained(tmp_path: Path) -> None:
    with pytest.raises(EdgeError, match="cannot be read"):
        load(tmp_path / "none.yaml")
