"""Where somebody is, in running words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.dialogue.places import find, likely, once, sentence
from edge.dialogue.words import join, listen


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("I smell gas at 12 Harbor Street", "12 harbor street"),
        ("burst pipe at forty two main street second floor", "forty two main street second floor"),
        ("gas at 5 oak avenue apartment 3 please hurry", "5 oak avenue apartment 3"),
        ("no, 14 Harbor Street.", "14 harbor street"),
    ],
)
def test_an_address(text: str, address: str) -> None:
    words = listen(text)
    found = find(words)
    assert found
    assert join(words[slice(*found)]) == address


@pytest.mark.parametrize(
    "text",
    ["", "at ten on Main Street", "I have two kids", "12", "Harbor Street", "at 10 in the morning", "five, street"],
)
def test_none(text: str) -> None:
    assert find(listen(text)) is None


@pytest.mark.parametrize(
    "text", ["Rosewood Court", "the old mill", "we live at the old mill", "12 it is", "it's Elm Road"]
)
def test_it_may_be_where_somebody_lives(text: str) -> None:
    assert not sentence(listen(text))


@pytest.mark.parametrize("text", ["I can't find the valve", "the valve is stuck", "I feel dizzy", "not an emergency"])
def test_it_is_not_where_anybody_lives(text: str) -> None:
    assert sentence(listen(text))
    assert not likely(listen(text))


@given(st.text(max_size=80))
def test_what_is_found_is_in_the_words(text: str) -> None:
    words = listen(text)
    if found := find(words):
        assert 0 <= found[0] < found[1] <= len(words)
        assert likely(words)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("fourteen! 14 Harbor Street", "14 Harbor Street"),
        ("14, 14 Harbor Street", "14 Harbor Street"),
        ("4, 14 Harbor Street", "4, 14 Harbor Street"),
        ("14 Harbor Street", "14 Harbor Street"),
    ],
)
def test_a_number_said_twice_is_one(text: str, place: str) -> None:
    assert join(once(listen(text))) == join(listen(place))
