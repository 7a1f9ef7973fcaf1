"""A model's arguments are checked before anything is stored, and the fault is said in one sentence."""

from typing import Any

import pytest

from edge.validation import LARGEST, first_fault

SCHEMA = {
    "type": "object",
    "properties": {"service": {"enum": ["tap repair"]}, "day": {"type": "string", "format": "date"}},
    "required": ["service", "day"],
    "additionalProperties": False,
}


def test_fitting_arguments_have_no_fault() -> None:
    assert first_fault(SCHEMA, {"service": "tap repair", "day": "2026-11-24"}) is None


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
    fault = first_fault(SCHEMA, arguments)
    assert fault is not None
    assert words in fault
    assert len(fault) < 400
