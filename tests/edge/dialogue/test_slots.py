"""What an utterance says of the slots."""

from typing import Any

import pytest

from edge.dialogue.reading import Context
from edge.dialogue.schema import read
from edge.dialogue.slots import gather
from edge.dialogue.words import listen
from tests.edge.dialogue.talk import BOOK, NOW, PARCEL, PIZZA


def booking(text: str, *asked: str, **known: Any) -> dict[str, Any]:
    return gather(listen(text), read(BOOK.parameters), Context(NOW, frozenset(asked), known)).values


def test_one_utterance_fills_every_slot() -> None:
    assert booking("boiler service next Tuesday at ten in the morning, my name is John Miller") == {
        "service": "boiler service", "day": "2026-11-24", "time": "10:00:00", "name": "John Miller",
    }  # fmt: skip


def test_a_recognisers_slips() -> None:
    assert booking("You Tuesday at ten.", "day", "time") == {"day": "2026-11-24", "time": "10:00:00"}
    assert booking("No weight make it 11 o'clock.") == {"time": "11:00:00"}
    assert booking("The dreams are clogged") == {"service": "drain cleaning"}


def test_what_is_denied_is_not_meant() -> None:
    assert booking("not Tuesday, Wednesday") == {"day": "2026-11-25"}
    assert booking("not on a Tuesday, rather on Wednesday") == {"day": "2026-11-25"}
    assert booking("other than at ten, at eleven") == {"time": "11:00:00"}
    assert booking("Tuesday but at ten") == booking("any day but Monday, so Tuesday at ten") == {
        "day": "2026-11-24", "time": "10:00:00",
    }  # fmt: skip
    assert booking("not at ten, at eleven") == {"time": "11:00:00"}


def test_a_correction_within_one_breath() -> None:
    assert booking("Tuesday, no sorry, Wednesday", "day") == {"day": "2026-11-25"}


def test_a_digit_string_said_in_two_turns() -> None:
    slots = read(PARCEL.parameters)
    first = gather(listen("four one five"), slots, Context(NOW, frozenset({"phone"})))
    assert first.problems["phone"].code == "too_short"
    second = gather(listen("555 0142"), slots, Context(NOW, frozenset({"phone"}), partial=first.partial))
    assert second.values == {"phone": "4155550142"}


def test_the_number_the_call_comes_from() -> None:
    slots = read(PARCEL.parameters)
    known = Context(NOW, frozenset({"phone"}), caller="+14155550100")
    assert gather(listen("the number I'm calling from"), slots, known).values == {"phone": "+14155550100"}


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("two large pepperoni pizzas", {"pizza": "pepperoni", "size": "large", "quantity": 2}),
        ("three four cheese pizzas with delivery", {"pizza": "four cheese", "quantity": 3, "delivery": True}),
        ("a margherita without delivery", {"pizza": "margherita", "delivery": False}),
    ],
)
def test_counts_and_booleans(text: str, values: dict[str, Any]) -> None:
    assert gather(listen(text), read(PIZZA.parameters), Context(NOW)).values == values


def test_bounds_are_kept() -> None:
    found = gather(listen("twenty"), read(PIZZA.parameters), Context(NOW, frozenset({"quantity"})))
    assert found.problems["quantity"].code == "too_large"
