"""A model's arguments are checked before anything is stored, and each fault is said in a sentence."""

from typing import Any

import pytest

from edge.validation import LARGEST, MOST, faults

SCHEMA = {
    "type": "object",
    "properties": {"service": {"enum": ["tap repair"]}, "day": {"type": "string", "format": "date"}},
    "required": ["service", "day"],
    "additionalProperties": False,
}


def test_fitting_arguments_have_no_fault() -> None:
    assert faults(SCHEMA, {"service": "tap repair", "day": "2026-11-24"}) is None


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"service": "tap repair"}, "'day' is a required property"),
        ({"service": "rocket repair", "day": "2026-11-24"}, "rocket repair"),
        ({"service": "tap repair", "day": "2026-02-31"}, "2026-02-31"),
        ({"service": "tap repair", "day": "2026-11-24", "colour": "red"}, "colour"),
        ({"service": "tap repair", "day": 5}, "day"),
        ({"service": "x" * (LARGEST + 1), "day": "2026-11-24"}, "larger than"),
    ],
)
def test_the_fault_is_named(arguments: dict[str, Any], words: str) -> None:
    fault = faults(SCHEMA, arguments)
    assert fault is not None
    assert words in fault
    assert len(fault) < 400


def test_all_that_is_wrong_is_told_at_once() -> None:
    told = faults(SCHEMA, {"service": "rocket repair", "colour": "red"})
    assert told is not None
    assert all(words in told for words in ("rocket repair", "'colour' was unexpected", "'day' is a required"))


def test_of_hundreds_of_faults_some_are_told() -> None:
    told = faults({"type": "object", "additionalProperties": {"type": "string"}}, {f"x{n}": n for n in range(200)})
    assert told is not None
    assert told.count("Fault in") == MOST
