"""Callers to talk with."""

import json

import pytest

from edge.advice import localised
from edge.agent import load
from edge.core.conversation import Tool
from tests.edge.dialogue import talk
from tests.edge.dialogue.talk import Caller
from workflows.catalog import scan


@pytest.fixture
def caller() -> Caller:
    """One who talks to the home-services company."""
    return Caller()


@pytest.fixture
def make_caller() -> type[Caller]:
    return Caller


@pytest.fixture
def demo(monkeypatch: pytest.MonkeyPatch) -> Caller:
    """One who talks to the demo business, with all of its tools."""
    tools = [tool for tool in scan().tools if tool.name in load().tools]
    monkeypatch.setattr(talk, "MODELS", {tool.name: tool.request for tool in tools})
    specs = [tool.spec() for tool in tools]
    parameters = [json.loads(json.dumps(spec.parameters)) for spec in specs]
    facts = load().facts
    offered = (
        Tool(spec.name, spec.title, spec.description, schema, spec.acknowledgement)
        for spec, schema in zip(specs, parameters, strict=True)
    )
    return Caller(tools=tuple(localised(tool, facts.emergency_number) for tool in offered), facts=facts)
