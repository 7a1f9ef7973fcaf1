"""Telephone numbers and codes."""

import pytest

from edge.dialogue.codes import corrected, find_code, find_digits, find_named, fit
from edge.dialogue.words import listen


def test_a_telephone_number_is_found_unasked_when_it_is_long_enough() -> None:
    found = find_digits(listen("my number is 415-555-0142, thanks"))
    assert found is not None
    assert found.value == "4155550142"
    assert find_digits(listen("at ten thirty")) is None


def test_a_plus_belongs_to_the_number() -> None:
    found = find_digits(listen("+1 415 555 0142"))
    assert found is not None
    assert found.value == "+14155550142"


@pytest.mark.parametrize(
    "text",
    [
        "PL407712",
        "P L 4 0 7 7 1 2",
        "it's P as in Papa, L, four oh seven, seven one two",
        "p l four zero double seven one two",
    ],
)
def test_a_code_however_it_is_said(text: str) -> None:
    found = find_code(listen(text), r"^[A-Z]{2}\d{6}$", 0, 40, asked=True)
    assert found is not None
    assert found.value == "PL407712"


def test_no_plain_word_is_a_code() -> None:
    assert find_code(listen("I need a boiler service"), None, 0, 40) is None


def test_forms_that_patterns_ask_for() -> None:
    assert fit("4155550142", r"^\+\d+$", 0, 20) == "+4155550142"
    assert fit("4155550142", r"^\d{3}-\d{3}-\d{4}$", 0, 20) == "415-555-0142"
    assert fit("12", r"^\d{6}$", 0, 20) is None


@pytest.mark.parametrize("text", ["I don't have one.", "this one", "Is there another one?", "I haven't got one"])
def test_one_that_stands_for_a_thing_is_no_digit(text: str) -> None:
    assert find_digits(listen(text), asked=True) is None


@pytest.mark.parametrize(
    ("before", "said", "text", "after"),
    [
        ("10189", "188", "no wait 188", "10188"),
        ("10189", "90210", "no 90210", "90210"),
        ("4155550142", "0143", "sorry the last four are 0143", "4155550143"),
        ("4155550142", "212", "no it starts with 212", "2125550142"),
        ("415", "5550142", "no 555 0142", "5550142"),
    ],
)
def test_a_correction_takes_the_place_of_as_many_digits(before: str, said: str, text: str, after: str) -> None:
    assert corrected(before, said, text) == after


def test_a_country_code_is_put_before_a_whole_number_only() -> None:
    assert fit("4155550142", r"^\+1\d{10}$", 0, 20) == "+14155550142"
    assert fit("415555", r"^\+\d{7,15}$", 0, 20) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("I want to pay invoice 1042", "1042"),
        ("I want to pay invoice ten forty two.", "1042"),
        ("pay invoice number one zero four two please", "1042"),
        ("the invoice number is 1042", "1042"),
        ("two invoices, at 14 Harbor Street", None),
        ("an invoice for 120 dollars", None),
        ("I want to pay an invoice. 1042", None),
    ],
)
def test_a_number_behind_what_it_is_called(text: str, value: str | None) -> None:
    found = find_named(listen(text), "invoice number")
    assert (found.value if found else None) == value
