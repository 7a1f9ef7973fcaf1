"""Danger that a business sends nobody to, as it is spoken of to one that has no tool for emergencies."""

import pytest

from edge.core.facts import Facts
from tests.edge.dialogue.talk import Caller


@pytest.mark.parametrize(
    "text",
    [
        "I smell gas!", "there's a gas leak", "It smells like gas near my boiler.", "I have a fire in my kitchen",
        "My carbon monoxide alarm is going off!", "There are sparks coming out of the outlet",
        "My husband is unconscious",
    ],
)  # fmt: skip
def test_whoever_is_in_danger_hears_whom_to_call_and_what_to_do(caller: Caller, text: str) -> None:
    caller.facts = Facts(emergency_number="112")
    for said in (text, "What should I do?", "Please hurry!", text):
        reply = caller.say(said)
        assert reply.text == "Please get everybody to safety, hang up, and call 112 right now."
        assert reply.state.tool is None


@pytest.mark.parametrize(
    "text", ["The pipe burst, there's water everywhere!", "It's an emergency!", "The basement is flooding"]
)
def test_whoever_cannot_wait_hears_that_nobody_can_be_sent(caller: Caller, text: str) -> None:
    reply = caller.say(text)
    assert reply.text.startswith("I can't send anybody at once from here.")
    assert "call 911 right now." in reply.text
    assert "?" not in reply.text


def test_it_goes_before_what_is_under_way(caller: Caller) -> None:
    caller.say("A boiler service on Tuesday at ten.")
    assert "call 911" in caller.say("Oh no, I smell gas!").text
    assert caller.say("Anna Miller.").state.slots["name"] == "Anna Miller"


@pytest.mark.parametrize(
    "text",
    [
        "It's not an emergency.",
        "I don't smell gas.",
        "A boiler service, please.",
        "My gas boiler needs a service.",
        "No rush.",
    ],
)
def test_what_is_no_danger_is_business(caller: Caller, text: str) -> None:
    assert "call 911" not in caller.say(text).text
