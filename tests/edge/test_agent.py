"""The agent's file: the demo's is valid, and a bad one says what is wrong with it."""

from datetime import time
from pathlib import Path

import pytest

from edge.agent import load
from edge.errors import EdgeError


def test_the_demo_business_answers_the_phone() -> None:
    agent = load()
    assert agent.business == "Harbor Home Services"
    assert "book_visit" in agent.tools
    assert agent.facts.hours[5] == (time(8), time(18))
    assert agent.facts.prices["drain cleaning"] == "ninety dollars"
    assert agent.facts.emergency_number == "911"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("name: [", "not YAML"),
        ("just words", "does not describe an agent"),
        ("name: A\nbusiness: B\ngreeting: Hi\ntimezone: Mars/Olympus", "IANA time zone"),
        ("name: A\nbusiness: B\ngreeting: Hi\ngreting: Hello", "greting"),
        ("name: A\nbusiness: B", "greeting"),
        ("name: A\nbusiness: B\ngreeting: Hi\nemergency_number: ask Robin", "emergency_number"),
        ("name: A\nbusiness: B\ngreeting: Hi\nhours: {funday: '08:00-18:00'}", "day of the week"),
        ("name: A\nbusiness: B\ngreeting: Hi\nhours: {friday-monday: '08:00-18:00'}", "day of the week"),
        ("name: A\nbusiness: B\ngreeting: Hi\nhours: {monday: from eight}", "hours of a day"),
        ("name: A\nbusiness: B\ngreeting: Hi\nhours: {monday: '18:00-08:00'}", "hours of a day"),
        ("name: A\nbusiness: B\ngreeting: Hi\nhours: {monday: '08:00-18:00', monday-friday: '09:00-17:00'}", "twice"),
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
