"""Numbers in what a caller says."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.core.conversation import Profile
from edge.core.grammar import words_of
from edge.core.numerals import no_number, number_goes_on, only_a_number

PROFILES: tuple[Profile, ...] = get_args(Profile)


@pytest.mark.parametrize(
    ("text", "profile", "more"),
    [
        ("941.", "five_digits", True),
        ("94110.", "five_digits", False),
        ("It's 0142.", "four_digits", False),
        ("Nine four", "four_digits", True),
        ("0142", "digits", True),
        ("It's 415 555", "digits", True),
        ("It's 415 555 0142.", "digits", False),
        ("Seven one five, one six two zero.", "digits", False),
        ("It's area code", "digits", True),
        ("Four one five, double", "digits", True),
        ("I don't know it.", "digits", False),
        ("I don't have one.", "digits", False),
        ("There isn't one.", "digits", False),
        ("It's this one.", "digits", False),
        ("My number is one one", "digits", True),
        ("4539 1488 0343", "card", True),
        ("4539 1488 0343 6467", "card", False),
        ("Harbor Street.", "address", True),
        ("Twelve Oak Street.", "address", False),
        ("12 Oak Street, apartment", "address", True),
        ("My number is 415.", "open", True),
        ("It is in room 204.", "open", False),
        ("No, it's four one five.", "yes_no", True),
        ("No, at 10:30.", "yes_no", False),
        ("Tuesday at ten.", "brief", False),
    ],
)
def test_a_number_goes_on(text: str, profile: Profile, more: bool) -> None:
    assert number_goes_on(words_of(text), profile) is more


def test_none_is_missed_where_none_was_asked_for() -> None:
    assert no_number(words_of("I don't know it."), "digits")
    assert not no_number(words_of("I don't know it."), "open")
    assert not no_number(words_of("It's 415."), "digits")


def test_a_house_without_its_street() -> None:
    assert only_a_number(words_of("It's twelve."))
    assert only_a_number(words_of("Yes, 12."))
    assert not only_a_number(words_of("Twelve Oak Street."))


@given(st.lists(st.sampled_from("a it's 415 0142 one double twelve street apartment number".split()), min_size=1))
def test_a_number_that_was_said_is_not_missed_and_one_that_is_whole_does_not_go_on(words: list[str]) -> None:
    for profile in PROFILES:
        assert not (no_number(words, profile) and any(word[0].isdigit() for word in words))
    assert not number_goes_on([*words, "4155550142"], "digits")
