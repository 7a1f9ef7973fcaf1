"""What a recogniser wrote, as words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.dialogue.words import LIMIT, alike, distance, join, listen


def test_words_keep_case_and_the_marks_between_them() -> None:
    words = listen("It's 415-555-0142, John. 10am")
    assert [word.text for word in words] == ["it's", "415", "555", "0142", "john", "10", "am"]
    assert [word.after for word in words] == ["", "-", "-", ",", ".", "", ""]
    assert words[4].raw == "John"


def test_asides_and_symbols_are_left_out() -> None:
    assert join(listen("[laughter] Hello (noise) ♪ there 😀")) == "hello there"


def test_meridiem_is_one_word_however_it_is_written() -> None:
    assert join(listen("at 10 a.m. or 3 P. M.")) == "at 10 am or 3 pm"


@pytest.mark.parametrize(
    ("heard", "meant"),
    [
        ("dreams", "drain"),
        ("boyler", "boiler"),
        ("electric", "electrical"),
        ("cleaning", "clean"),
        ("wensday", "wednesday"),
    ],
)
def test_slips_of_the_ear_are_alike(heard: str, meant: str) -> None:
    assert alike(heard, meant) >= 0.85


@pytest.mark.parametrize(
    ("one", "other"), [("visit", "faucet"), ("learn", "leak"), ("ten", "two"), ("boiler", "drain")]
)
def test_different_words_are_not(one: str, other: str) -> None:
    assert alike(one, other) < 0.85


@given(st.text(max_size=8), st.text(max_size=8))
def test_distance_is_symmetric_and_zero_only_for_equals(one: str, other: str) -> None:
    assert distance(one, other, 8) == distance(other, one, 8)
    assert (distance(one, other, 8) == 0) == (one == other)


@given(st.text(max_size=3000))
def test_any_text_is_heard_within_bounds(text: str) -> None:
    words = listen(text)
    assert len(words) <= LIMIT
    assert all(word.text for word in words)
