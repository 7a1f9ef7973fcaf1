"""Sentences for the ear."""

from hypothesis import given
from hypothesis import strategies as st

from edge.dialogue.asking import taken
from edge.dialogue.phrasing import Voice, article, clauses, listed, summary
from edge.dialogue.schema import read
from tests.edge.dialogue.talk import BOOK, NOW, PARCEL


def test_everything_in_one_breath() -> None:
    said = summary(
        read(BOOK.parameters),
        {"service": "boiler service", "day": "2026-11-24", "time": "10:00:00", "name": "John Miller"},
        NOW.date(),
    )
    assert said == "a boiler service on Tuesday, November twenty-fourth at ten in the morning, for John Miller"


def test_codes_are_spelled() -> None:
    said = summary(read(PARCEL.parameters), {"code": "PL407712", "phone": "4155550142"}, NOW.date())
    assert said == (
        "parcel code P, L, four, oh, seven, seven, one, two, "
        "phone number four one five, five five five, oh one four two"
    )


def test_lists_and_articles() -> None:
    assert listed(["a", "b", "c"]) == "a, b, or c"
    assert article("electrical check") == "an electrical check"


@given(st.text(max_size=200))
def test_pieces_make_the_whole(text: str) -> None:
    assert "".join(clauses(text)) == " ".join(text.split())


def test_the_same_turn_says_the_same_and_never_what_was_just_said() -> None:
    one = Voice("call", 1).pick("a", "b", "c")
    assert one == Voice("call", 1).pick("a", "b", "c")
    assert Voice("call", 1, last=one).pick("a", "b", "c") != one


def test_what_is_sensitive_is_not_read_back() -> None:
    pin = {"type": "string", "pattern": "^[0-9]{4}$", "sensitive": True}
    schema = {
        "properties": {"account": {"type": "string", "kind": "digits"}, "pin": pin},
        "required": ["account", "pin"],
    }
    slots, given = read(schema), {"account": "12", "pin": "4711"}
    assert summary(slots, given, NOW.date()) == "account one two, with the pin you gave"
    assert taken(Voice("call", 1), slots[1:], given, NOW.date()) in ("All right.", "Thank you.", "Got it.")
    assert taken(Voice("call", 1), slots[1:], {}, NOW.date()) == ""
