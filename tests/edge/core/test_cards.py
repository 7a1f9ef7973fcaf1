"""What can be told of a card from its digits."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.core import cards

TODAY = date(2026, 11, 25)


def digits(text: str) -> bytearray:
    return bytearray(text.encode())


@pytest.mark.parametrize(
    ("number", "network"),
    [
        ("4539148803436467", "visa"),
        ("5555555555554444", "mastercard"),
        ("2223003122003222", "mastercard"),
        ("378282246310005", "amex"),
        ("6011111111111117", "discover"),
        ("30569309025904", "diners"),
        ("3530111333300000", "jcb"),
        ("6200000000000005", "unionpay"),
    ],
)
def test_cards_of_all_networks_fit_and_are_known(number: str, network: str) -> None:
    assert cards.network(digits(number)).name == network
    assert cards.number_fits(digits(number))


@given(st.text("0123456789", min_size=12, max_size=18))
def test_one_check_digit_of_ten_fits_and_no_single_slip_goes_unseen(number: str) -> None:
    fitting = [digit for digit in "0123456789" if cards.luhn(digits(number + digit))]
    assert len(fitting) == 1
    whole = number + fitting[0]
    for place, digit in enumerate(whole):
        slipped = whole[:place] + str((int(digit) + 3) % 10) + whole[place + 1 :]
        assert not cards.luhn(digits(slipped))


@pytest.mark.parametrize(
    "number", ["", "4", "424242424242", "4242424242424241", "42424242424242424242", "37828224631000"]
)
def test_what_is_no_number_does_not_fit(number: str) -> None:
    assert not cards.number_fits(digits(number))


@pytest.mark.parametrize(
    ("expiry", "fits"),
    [
        ("1126", True),
        ("1026", False),
        ("1226", True),
        ("1346", False),
        ("0027", False),
        ("1246", True),
        ("0147", False),
    ],
)
def test_a_card_is_valid_through_the_last_day_of_its_month(expiry: str, fits: bool) -> None:
    assert cards.expiry_fits(digits(expiry), TODAY) is fits


def test_a_security_code_is_as_long_as_the_network_has_it() -> None:
    assert cards.code_fits(digits("123"), digits("4242424242424242"))
    assert not cards.code_fits(digits("123"), digits("378282246310005"))
    assert cards.code_fits(digits("1234"), digits("378282246310005"))


def test_a_card_shows_nothing_and_is_wiped() -> None:
    card = cards.Card(digits("4539148803436467"), digits("1230"), digits("737"))
    assert not any(char.isdigit() for char in repr(card))
    number = card.number
    card.wipe()
    assert not number
    assert not card.code
