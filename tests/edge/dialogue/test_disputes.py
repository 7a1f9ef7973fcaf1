"""What is said to be wrong with what the business has sent."""

import pytest

from tests.edge.dialogue.talk import Caller

SORRY = "I'm sorry, I can't put the {} right from here."


@pytest.mark.parametrize(
    ("text", "thing", "service"),
    [
        ("I need a boiler service. And the bill is wrong.", "bill", "boiler service"),
        ("There is a mistake on my invoice, and my tap drips.", "invoice", "tap repair"),
        ("I need a boiler service and my last bill was too high.", "bill", "boiler service"),
    ],
)
def test_it_is_answered_beside_another_wish(text: str, thing: str, service: str, demo: Caller) -> None:
    reply = demo.say(text)
    assert reply.text.startswith(SORRY.format(thing))
    assert reply.state.slots == {"service": service}


def test_alone_it_begins_nothing(demo: Caller) -> None:
    reply = demo.say("The bill is wrong.")
    assert reply.text.startswith(SORRY.format("bill"))
    assert reply.state.tool is None


def test_a_request_that_is_being_made_goes_on(demo: Caller) -> None:
    demo.say("I need a boiler service on Tuesday at ten.")
    assert demo.say("The bill is wrong, by the way.").text.endswith("And your name, please?")


@pytest.mark.parametrize("text", ["The invoice is wrong.", "The number is wrong."])
def test_what_the_talk_is_of_was_misunderstood(text: str, demo: Caller) -> None:
    demo.say("I'd like to pay invoice 1042.")
    assert "What is the invoice number?" in demo.say(text).text


def test_what_several_tools_are_about_may_be_changed(demo: Caller) -> None:
    assert "move a visit" in demo.say("My visit is wrong.").text


def test_danger_goes_first(demo: Caller) -> None:
    assert demo.say("I smell gas and the bill is wrong.").text.startswith("Please get everybody out of the house now")
