"""Whose visit it is, by the name that was heard."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.finding import same_person


@pytest.mark.parametrize(
    ("booked", "said"),
    [
        ("Anna Miller", "anna miller"),
        ("Anna Miller", "Ana Miller"),
        ("Anna Miller", "Miller, Anna"),
        ("Anna Miller", "Mrs. Miller"),
        ("Anna Miller", "Anna"),
        ("Anna", "Anna Miller"),
        ("Anna Müller", "Anna Muller"),
    ],
)
def test_the_same_person(booked: str, said: str) -> None:
    assert same_person(booked, said)


@pytest.mark.parametrize(
    ("booked", "said"),
    [("Anna Miller", "Anna Smith"), ("Anna Miller", "Ben"), ("Anna Miller", "Mrs."), ("Anna Miller", "??"), ("", "")],
)
def test_another_or_nobody(booked: str, said: str) -> None:
    assert not same_person(booked, said)


@given(st.text(max_size=80), st.text(max_size=80))
def test_any_words_are_borne_and_order_does_not_matter(one: str, other: str) -> None:
    assert same_person(one, other) in (True, False)
    assert not same_person(one, "")


@given(st.lists(st.sampled_from(["anna", "miller", "ines", "okafor", "smith"]), min_size=1, max_size=4))
def test_a_name_is_its_own_in_any_order(words: list[str]) -> None:
    assert same_person(" ".join(words), " ".join(reversed(words)))
