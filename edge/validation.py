"""Whether a model's arguments fit a tool's schema, and if not, sentences that the model can act on."""

from collections.abc import Mapping
from itertools import islice
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

MOST = 5
"""Faults that are named at once."""
LARGEST = 4096
"""Characters of arguments; no tool of a telephone call needs more."""


def faults(schema: Mapping[str, Any], arguments: Mapping[str, Any]) -> str | None:
    """What is wrong with the arguments, a sentence for each fault, or None."""
    if len(repr(arguments)) > LARGEST:
        return f"The arguments are larger than {LARGEST} characters."
    # Not all: arguments may have hundreds, and this runs on the loop. But one at a time would take as many rounds.
    validator = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    found = islice(validator.iter_errors(arguments), MOST)
    return " ".join(map(_sentence, found)) or None


def _sentence(fault: ValidationError) -> str:
    where = ".".join(str(part) for part in fault.absolute_path) or "the arguments"
    return f"Fault in {where}: {fault.message[:200]}."
