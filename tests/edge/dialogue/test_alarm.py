"""What goes before all else."""

import pytest

from tests.edge.dialogue.talk import Caller


@pytest.mark.parametrize(
    "text", ["It's an emergency!", "This is a real emergency.", "Emergency!", "I have an emergency."]
)
def test_an_emergency_of_whatever_kind_breaks_into_what_is_being_made(text: str, demo: Caller) -> None:
    demo.say("I need a plumber.")
    reply = demo.say(text)
    assert reply.state.tool == "send_help"
    assert reply.text.startswith("What has happened")


@pytest.mark.parametrize("text", ["It's no emergency.", "Is it an emergency?", "It's not an emergency."])
def test_what_is_none_does_not(text: str, demo: Caller) -> None:
    demo.say("I need a boiler service.")
    assert demo.say(text).state.tool != "send_help"


def test_where_a_child_lives_is_said_without_the_sentence_around_it(demo: Caller) -> None:
    demo.say("There is water coming out of the wall.")
    assert demo.say("We live in the yellow house.").state.slots["address"] == "yellow house"
