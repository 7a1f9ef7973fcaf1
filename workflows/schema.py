"""JSON Schema as a stranger reads it: complete in one piece, without references to follow."""

from typing import Any

from pydantic import BaseModel


def schema_of(model: type[BaseModel]) -> dict[str, Any]:
    """The JSON Schema of ``model``, references put in place."""
    return inline(model.model_json_schema())


def inline(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema with every ``$ref`` into ``$defs`` replaced by what it names.

    Raises:
        ValueError: a definition contains itself, which cannot be put in place.
    """
    definitions = schema.get("$defs", {})

    def resolve(node: Any, within: tuple[str, ...]) -> Any:
        if isinstance(node, list):
            return [resolve(item, within) for item in node]
        if not isinstance(node, dict):
            return node
        rest = {key: resolve(value, within) for key, value in node.items() if key not in ("$defs", "$ref")}
        name = str(node.get("$ref", "")).removeprefix("#/$defs/")
        if not name:
            return rest
        if name in within:
            raise ValueError(
                f"{name} contains itself; a tool's request and result must be flat enough to be spoken of."
            )
        return {**resolve(definitions[name], (*within, name)), **rest}

    resolved: dict[str, Any] = resolve(schema, ())
    return resolved
