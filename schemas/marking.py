"""What is sensitive: how a schema marks it, and how it shows where it is sealed. No cryptography, so that workflows may
import it in Temporal's sandbox.

A field is marked in its JSON Schema (``"sensitive": true``). What stands in its place in every event, workflow and
store is a token, ``sealed:KEY:BASE64`` (``schemas.sealing``).
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

MARK = "sensitive"
HIDDEN = "•••"
"""What people see in its place."""
MAYBE = ("allOf", "anyOf", "oneOf")
"""Keywords of JSON Schema whose parts are of the very value."""
_BELOW = {"items", "additionalProperties"}
_LISTS = {*MAYBE, "prefixItems"}
_MAPS = {"properties", "patternProperties", "$defs"}
TOKEN = re.compile(r"sealed:([^:]+):([A-Za-z0-9_-]+={0,2})")


def is_sealed(value: Any) -> bool:
    """Whether it is a token."""
    return isinstance(value, str) and TOKEN.fullmatch(value) is not None


def marks(schema: Any) -> bool:
    """Whether any field in this JSON Schema is marked."""
    if isinstance(schema, Mapping):
        return schema.get(MARK) is True or any(marks(part) for part in schema.values())
    return isinstance(schema, list) and any(marks(part) for part in schema)


def beyond_reach(schema: Any) -> str | None:
    """A keyword under which something is marked that sealing does not come to; None where there is none."""
    if not isinstance(schema, Mapping):
        return None
    for keyword, under in schema.items():
        if keyword in _BELOW:
            parts = [under]
        elif keyword in _LISTS and isinstance(under, list):
            parts = under
        elif keyword in _MAPS and isinstance(under, Mapping):
            parts = list(under.values())
        elif marks(under):
            return str(keyword)
        else:
            continue
        for part in parts:
            if found := beyond_reach(part):
                return found
    return None


def hidden(value: Any) -> Any:
    """The value as people may see it: dots for every token."""
    return replaced(value, lambda token: HIDDEN)


def replaced(value: Any, instead: Callable[[str], Any]) -> Any:
    """The value with something else for every token in it."""
    if isinstance(value, Mapping):
        return {key: replaced(item, instead) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [replaced(item, instead) for item in value]
    return instead(value) if is_sealed(value) else value
