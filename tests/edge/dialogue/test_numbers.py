"""Numbers and digit strings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.dialogue.numbers import amount, cardinal, digits, ordinal, spoken_digits, spoken_number, spoken_ordinal
from edge.dialogue.words import listen


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("twenty four", 24),
        ("a hundred", 100),
        ("one hundred and five", 105),
        ("two thousand", 2000),
        ("1,200", 1200),
        ("Forty-two.", 42),
    ],
)
def test_cardinals(text: str, value: int) -> None:
    assert cardinal(listen(text), 0) == (value, len(listen(text)))


@pytest.mark.parametrize(("text", "value"), [("24th", 24), ("twenty fourth", 24), ("first", 1), ("thirtieth", 30)])
def test_ordinals(text: str, value: int) -> None:
    assert ordinal(listen(text), 0) == (value, len(listen(text)))


def test_no_number_is_none() -> None:
    assert cardinal(listen("hello"), 0) is None
    assert ordinal(listen("hello"), 0) is None
    assert amount(listen(""), 0) is None


def test_counts() -> None:
    assert amount(listen("a dozen"), 1) == (12, 2)
    assert amount(listen("to"), 0, guess=True) == (2, 1)
    assert amount(listen("to"), 0) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("four one five, five five five, oh one four two", "4155550142"),
        ("415-555-0142", "4155550142"),
        ("double five triple zero nine", "550009"),
        ("forty two oh seven", "4207"),
        ("four for two", "442"),
    ],
)
def test_digit_strings(text: str, value: str) -> None:
    assert digits(listen(text), 0, guess=True)[0] == value


@given(st.text("0123456789", min_size=1, max_size=16))
def test_spoken_digits_are_read_as_themselves(text: str) -> None:
    assert digits(listen(spoken_digits(text)), 0)[0] == text


@given(st.integers(0, 99))
def test_spoken_numbers_are_read_as_themselves(number: int) -> None:
    assert cardinal(listen(spoken_number(number)), 0) == (number, len(listen(spoken_number(number))))


@given(st.integers(1, 39))
def test_spoken_ordinals_are_read_as_themselves(number: int) -> None:
    found = ordinal(listen(spoken_ordinal(number)), 0)
    assert found is not None
    assert found[0] == number
