"""The advice of tools for emergencies names whom to call, and who that is the agent's file says."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from edge.core.conversation import Tool

NUMBER = "{emergency_number}"
"""What stands for it in a tool's ``advice``."""


def localised(tool: Tool, number: str) -> Tool:
    """The tool with this number in its advice."""
    fields = tool.parameters.get("properties") or {}
    told = {name: _with_number(body, number) for name, body in fields.items() if _has_advice(body)}
    return replace(tool, parameters={**tool.parameters, "properties": {**fields, **told}}) if told else tool


def _has_advice(body: Any) -> bool:
    return isinstance(body, Mapping) and isinstance(body.get("advice"), Mapping)


def _with_number(body: Mapping[str, Any], number: str) -> dict[str, Any]:
    advice = {
        value: {about: str(words).replace(NUMBER, number) for about, words in said.items()}
        if isinstance(said, Mapping)
        else said
        for value, said in body["advice"].items()
    }
    return {**body, "advice": advice}
