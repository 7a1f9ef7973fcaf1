"""Money in whole minor units, and how it is said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from workflows.money import Money


@pytest.mark.parametrize(
    ("amount", "currency", "spoken", "written"),
    [
        (12000, "USD", "one hundred and twenty dollars", "120.00 USD"),
        (12050, "USD", "one hundred and twenty dollars and fifty cents", "120.50 USD"),
        (101, "GBP", "one pound and one penny", "1.01 GBP"),
        (99, "EUR", "ninety-nine cents", "0.99 EUR"),
        (0, "USD", "zero dollars", "0.00 USD"),
        (1500, "JPY", "one thousand five hundred yen", "1500 JPY"),
        (1500, "KWD", "one KWD and point five hundred", "1.500 KWD"),
    ],
)
def test_money_is_said_and_written(amount: int, currency: str, spoken: str, written: str) -> None:
    money = Money(amount=amount, currency=currency)
    assert (money.spoken, money.written) == (spoken, written)


@given(st.integers(0, 999_999), st.sampled_from(["USD", "EUR", "GBP", "DKK", "JPY"]))
def test_no_digit_is_left_to_the_voice(amount: int, currency: str) -> None:
    assert not any(character.isdigit() for character in Money(amount=amount, currency=currency).spoken)


@pytest.mark.parametrize("wrong", [{"amount": 12.5}, {"amount": -1}, {"amount": "12"}, {"currency": "usd"}])
def test_what_is_no_money_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Money.model_validate({"amount": 1, "currency": "USD"} | wrong)
