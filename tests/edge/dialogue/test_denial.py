"""What is said not to be, and what only sounds like it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.dialogue.denial import denied, meant, missing, plain
from edge.dialogue.words import Words, join, listen


def at(words: Words, text: str) -> int:
    return [word.text for word in words].index(text)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("It's not an emergency", "emergency"),
        ("it isn't really urgent", "urgent"),
        ("this is no emergency", "emergency"),
        ("No, it's no emergency.", "emergency"),
        ("nothing urgent, my tap drips", "urgent"),
        ("I don't think it's an emergency", "emergency"),
        ("there's no gas smell", "smell"),
        ("I can't smell gas", "gas"),
        ("I have no hot water", "water"),
        ("we haven't got any hot water", "water"),
        ("It's not a drip, it's a flood, help!", "drip"),
        ("not the boiler, the drain", "boiler"),
    ],
)
def test_it_is_denied(text: str, word: str) -> None:
    words = listen(text)
    assert denied(words, at(words, word))


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("It's not a drip, it's a flood, help!", "flood"),
        ("it's not a drip it's a flood help", "flood"),
        ("this is not a joke, there is gas", "gas"),
        ("it's not just a smell, there's gas everywhere", "smell"),
        ("no there's gas in here", "gas"),
        ("I don't know if it's gas", "gas"),
        ("I can't stop the water", "water"),
        ("no, water!", "water"),
        ("no the drain", "drain"),
    ],
)
def test_it_is_not(text: str, word: str) -> None:
    words = listen(text)
    assert not denied(words, at(words, word))


def test_a_no_that_opens_the_turn_may_be_an_answer() -> None:
    words = listen("no boiler service please")
    assert join(meant(words)) == join(words)
    assert join(missing(words)).split() == ["boiler", "service"]


def test_of_urgency_it_is_a_denial_there_too() -> None:
    assert "emergency" not in join(plain(listen("No emergency here, I just want a service")))


@given(st.text(max_size=80))
def test_every_word_keeps_its_place(text: str) -> None:
    words = listen(text)
    for view in (meant(words), missing(words), plain(words)):
        assert [word.after for word in view] == [word.after for word in words]
        assert all(seen.text in ("", word.text) for seen, word in zip(view, words, strict=True))
