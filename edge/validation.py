"""Whether a model's arguments fit a tool's schema, and if not, a sentence that the model can act on."""

from collections.abc import Mapping
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

LARGEST = 4096
"""Characters of arguments; no tool of a telephone call needs more."""


def first_fault(schema: Mapping[str, Any], arguments: Mapping[str, Any]) -> str | None:
    """What is wrong with the arguments, in one sentence, or None."""
    if len(repr(arguments)) > LARGEST:
        return f"The arguments are larger than {LARGEST} characters."
    # The first fault will do: arguments may have hundreds, and this runs on the loop.
    validator = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    fault: ValidationError | None = next(iter(validator.iter_errors(arguments)), None)
    if fault is None:
        return None
    where = ".".join(str(part) for part in fault.absolute_path) or "the arguments"
    return f"Fault in {where}: {fault.message[:300]}."
