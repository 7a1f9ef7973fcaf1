"""The tools of the demo business, driven by a caller's words alone: their own schemas, side by side."""

import json

import pytest

from edge.agent import load
from edge.core.conversation import Tool
from tests.edge.dialogue import talk
from tests.edge.dialogue.talk import Caller
from workflows.catalog import scan
from workflows.charging import Agreement
from workflows.schema import schema_of


@pytest.fixture
def caller(monkeypatch: pytest.MonkeyPatch) -> Caller:
    tools = [tool for tool in scan().tools if tool.name in load().tools]
    monkeypatch.setattr(talk, "MODELS", {tool.name: tool.request for tool in tools})
    specs = [tool.spec() for tool in tools]
    parameters = [json.loads(json.dumps(spec.parameters)) for spec in specs]
    return Caller(
        tools=tuple(
            Tool(spec.name, spec.title, spec.description, schema, spec.acknowledgement)
            for spec, schema in zip(specs, parameters, strict=True)
        )
    )


@pytest.mark.parametrize(
    ("words", "tool", "arguments"),
    [
        (["I'd like to pay an invoice.", "1042", "Yes, please."], "pay_invoice", {"invoice": "1042"}),
        (["I want to pay my bill.", "One zero, four two.", "That's right."], "pay_invoice", {"invoice": "1042"}),
        (
            ["There's a burst pipe in my kitchen.", "12 Harbor Street.", "Yes, that's right."],
            "send_help",
            {"problem": "burst pipe", "address": "12 Harbor Street"},
        ),
        (
            ["I smell gas!", "42 Main Street, second floor", "Yes."],
            "send_help",
            {"problem": "gas smell", "address": "42 Main Street, second floor"},
        ),
        (
            ["I need a tap repair on Monday at nine in the morning.", "Mary Baker.", "Yes, please."],
            "book_visit",
            {"service": "tap repair", "day": "2026-11-23", "time": "09:00:00", "name": "Mary Baker"},
        ),
    ],
)
def test_each_is_asked_for_in_words(caller: Caller, words: list[str], tool: str, arguments: dict[str, str]) -> None:
    for said in words:
        caller.say(said)
    assert [(asked.tool, dict(asked.arguments)) for asked in caller.asked] == [(tool, arguments)], caller.log


@pytest.mark.parametrize(
    ("words", "tool", "arguments"),
    [
        (
            ["I'd like to move my visit.", "Monday.", "Wednesday.", "Two in the afternoon.", "Mary Baker.", "Yes."],
            "move_visit",
            {"day": "2026-11-23", "new_day": "2026-11-25", "new_time": "14:00:00", "name": "Mary Baker"},
        ),
        (
            ["I want to cancel a visit.", "Monday.", "Mary Baker.", "Yes, please."],
            "cancel_visit",
            {"day": "2026-11-23", "name": "Mary Baker"},
        ),
    ],
)
def test_what_is_booked_is_moved_or_cancelled_in_words(
    caller: Caller, words: list[str], tool: str, arguments: dict[str, str]
) -> None:
    for said in words:
        caller.say(said)
    assert [(asked.tool, dict(asked.arguments)) for asked in caller.asked] == [(tool, arguments)], caller.log


@pytest.mark.parametrize(("words", "agreed"), [("Yes, please.", True), ("Go ahead.", True), ("No, not now.", False)])
def test_a_payment_is_agreed_to_or_not(caller: Caller, words: str, agreed: bool) -> None:
    caller.asks("Invoice one zero four two is ten dollars. Shall I take the payment by card now?", schema_of(Agreement))
    (answer,) = caller.say(words).answers
    assert answer.answer == {"agreed": agreed}
