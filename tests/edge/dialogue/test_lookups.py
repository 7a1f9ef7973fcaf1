"""The dialogue policy with quick tools: no read-back, the answer in the same turn, and back to what was under way."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from edge.core.conversation import CallerSaid, LookedUp, Tool
from tests.edge.dialogue.talk import BOOK, Caller, Heard

TRACK = Tool(
    "shipment_status",
    "check a shipment",
    "Tells whether a shipment is delayed and when it arrives.",
    {
        "type": "object",
        "properties": {
            "code": {
                "type": "string",
                "pattern": r"^\d{4}$",
                "kind": "digits",
                "spoken": "shipment number",
                "ask": "What is the shipment's number?",
            }
        },
        "required": ["code"],
    },
    "",
    quick=True,
    say="Shipment {code} is {status}, and arrives {arrives}.",
)


def say(caller: Caller, text: str) -> Heard:
    """A turn, without the reply's part in history: as a call does it where the reply asks a quick tool."""
    caller.turn += 1
    caller.entries.append(CallerSaid(caller.turn, text))
    return caller.decide()


def asked(caller: Caller) -> Heard:
    """The reply that asks the tool."""
    caller.say("Is my shipment delayed?")
    return say(caller, "Four seven one one.")


def told(caller: Caller, reply: Heard, content: Mapping[str, Any], *, failed: bool = False) -> Heard:
    (call,) = reply.calls
    caller.entries.append(LookedUp(call.tool, call.arguments, content, failed=failed))
    return caller.answer()


def test_it_asks_what_it_needs_and_does_not_read_it_back(make_caller: type[Caller]) -> None:
    caller = make_caller(tools=(BOOK, TRACK))
    assert "number" in caller.say("Is my shipment delayed?").text
    reply = say(caller, "Four seven one one.")
    assert [(call.tool, call.arguments) for call in reply.calls] == [("shipment_status", {"code": "4711"})]
    assert reply.text == ""
    answer = told(caller, reply, {"status": "delayed", "arrives": "2026-11-24"})
    assert "Shipment four seven one one is delayed, and arrives" in answer.text
    assert "twenty-fourth" in answer.text
    assert caller.say("No, thank you.").ended


def test_a_failure_is_told_in_the_tools_own_words(make_caller: type[Caller]) -> None:
    caller = make_caller(tools=(TRACK,))
    reply = asked(caller)
    answer = told(caller, reply, {"code": "slow", "message": "I can't see the parcels just now."}, failed=True)
    assert answer.text.startswith("I can't see the parcels just now.")


def test_what_the_sentence_names_and_nobody_told_is_an_apology(make_caller: type[Caller]) -> None:
    caller = make_caller(tools=(TRACK,))
    answer = told(caller, asked(caller), {"status": "delayed"})
    assert "{" not in answer.text
    assert answer.text.startswith("I'm sorry")


def test_without_a_sentence_the_service_has_its_own_or_its_values_are_told(make_caller: type[Caller]) -> None:
    for content, wanted in (
        ({"say": "It is   on\nits way."}, "It is on its way."),
        (
            {"status": "delayed", "parcels": 2, "late": True, "more": {"x": 1}},
            "The status is delayed, the parcels is 2",
        ),
        ({}, "I'm sorry"),
    ):
        caller = make_caller(tools=(replace(TRACK, say=""),))
        answer = told(caller, asked(caller), content)
        assert answer.text.startswith(wanted), answer.text


def test_a_number_that_was_asked_for_is_said_digit_by_digit(make_caller: type[Caller]) -> None:
    caller = make_caller(tools=(TRACK,))
    reply = told(caller, asked(caller), {"status": "delayed", "arrives": "2026-11-24"})
    assert "Shipment four seven one one is delayed" in reply.text
