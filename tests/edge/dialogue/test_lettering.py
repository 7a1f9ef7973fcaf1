"""Names told by their letters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.dialogue import lettering
from edge.dialogue.words import listen
from tests.edge.dialogue.talk import Caller


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Lopes with an s", "Lopes"),
        ("Lopez with an s", "Lopes"),
        ("Lopes with a zee", "Lopez"),
        ("It's Anna Lopez with an s, not a z.", "Anna Lopes"),
        ("Miller with two l's", "Miller"),
        ("Miler with two l's", "Miller"),
        ("Philip with double l", "Phillip"),
        ("Miller with one l", "Miler"),
        ("Catherine Stephens with a k and a v", "Katherine Stephens"),
        ("Anna Meyer spelled with an i", "Anna Meier"),
    ],
)
def test_a_letter_that_was_told_is_in_the_name(text: str, name: str) -> None:
    found = lettering.explained(listen(text), asked=True, before=None)
    assert found is not None
    assert found.value == name


@pytest.mark.parametrize(
    "text", ["somebody with a ladder", "with a boiler", "Anna Lopes", "with two technicians", "with a z"]
)
def test_what_tells_of_no_letter_or_of_no_name(text: str) -> None:
    assert lettering.explained(listen(text), asked=True, before=None) is None


@given(st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=12), st.sampled_from("abcdefghijklmnopqrstuvwxyz"))
def test_a_letter_changes_a_name_once(name: str, letter: str) -> None:
    once = lettering.written(name.capitalize(), letter)
    assert lettering.written(once, letter) == once


def test_a_name_that_was_read_back_is_put_right_by_its_letter(demo: Caller) -> None:
    for text in ("A boiler service on Tuesday at ten.", "Anna Lopes."):
        demo.say(text)
    reply = demo.say("No, with a z.")
    assert "Anna Lopez, spelled L, O, P, E, Z" in reply.text
    assert demo.say("Yes.").calls[0].arguments["name"] == "Anna Lopez"
