"""Whom to call in an emergency, in the words of a tool."""

import json

from edge.advice import NUMBER, localised
from edge.core.conversation import Tool
from workflows.catalog import scan


def test_the_number_of_the_agents_file_is_in_every_advice() -> None:
    spec = next(tool.spec() for tool in scan().tools if tool.name == "send_help")
    tool = localised(Tool(spec.name, spec.title, spec.description, spec.parameters), "112")
    text = json.dumps(tool.parameters)
    assert NUMBER in json.dumps(spec.parameters), "The tool itself is left as it is."
    assert NUMBER not in text
    assert "Once you are outside, call 112 and your gas company too." in text


def test_a_tool_without_advice_is_what_it_was() -> None:
    tool = Tool("dig", "dig", "Digs.", {"properties": {"depth": {"type": "integer"}, "odd": True}})
    assert localised(tool, "112") is tool


def test_what_is_no_advice_stays_as_the_tool_has_it() -> None:
    advice = {"gas": {"now": f"Call {NUMBER}."}, "odd": "Run."}
    tool = localised(Tool("dig", "dig", "Digs.", {"properties": {"depth": {"advice": advice}}}), "112")
    assert tool.parameters["properties"]["depth"]["advice"] == {"gas": {"now": "Call 112."}, "odd": "Run."}
    nothing = Tool("dig", "dig", "Digs.", {"properties": None})
    assert localised(nothing, "112") is nothing
