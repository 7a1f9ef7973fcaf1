"""Somebody who is to come: a visit, unless it is to be now."""

import pytest

from edge.dialogue.coming import translated
from edge.dialogue.words import join, listen
from tests.edge.dialogue.talk import Caller


@pytest.mark.parametrize(
    "text",
    [
        "Can somebody come and look at my boiler?",
        "can somebody come by on Tuesday",
        "could someone come round next week",
        "can you send somebody to look at my tap",
        "I'd like somebody to come and check my boiler",
        "can you send a plumber on Monday",
        "can someone come out to fix my tap",
        "would somebody be able to come tomorrow morning",
        "can somebody have a look at my drain",
        "send somebody round on Friday please",
        "please send someone to fix a dripping tap",
        "i need a plumber to come over",
        "can you come on Tuesday",
        "how quickly can somebody come",
        "there's no rush, could somebody look at the tap",
        "can someone come tomorrow and fix the tap, it's not urgent",
    ],
)
def test_a_visit(demo: Caller, text: str) -> None:
    assert demo.say(text).state.tool == "book_visit"


@pytest.mark.parametrize(
    "text",
    [
        "can somebody come right now, water is pouring out of the ceiling",
        "send somebody now, my pipe burst",
        "send somebody, my pipe burst",
        "somebody has to come immediately, the basement is flooding",
        "please come quickly there's water everywhere",
        "I need someone right now",
        "I need help right now",
        "can you send someone right away, I smell gas",
        "come now, the toilet is overflowing",
        "i need an emergency plumber",
        "somebody must come at once",
        "urgent, please send somebody",
        "can somebody come today, it's urgent",
        "somebody help me",
        "water's gushing from the wall",
        "there is water pouring into the fuse box",
        "smoke is coming out of the outlet",
    ],
)
def test_an_emergency(demo: Caller, text: str) -> None:
    assert demo.say(text).state.tool == "send_help"


@pytest.mark.parametrize("text", ["can you come back to that", "somebody called me", "I spoke to somebody yesterday"])
def test_neither(text: str) -> None:
    words = listen(text)
    assert translated(words) == words


def test_what_else_is_said_is_kept() -> None:
    assert join(translated(listen("Can somebody come by on Tuesday?"))) == "can book visit on tuesday"


def test_help_with_something_else_is_no_emergency(demo: Caller) -> None:
    assert demo.say("I need help with my bill").state.tool == "pay_invoice"
