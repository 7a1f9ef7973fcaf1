"""A reply's text is cut into phrases without losing a character, and the first comes early."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.core.phrases import LONGEST_WORDS, Phrases, question, rest


def cut(*pieces: str) -> list[str]:
    phrases = Phrases()
    out = [phrase.text for piece in pieces for phrase in phrases.add(piece)]
    return out + [phrase.text for phrase in phrases.finish()]


def test_the_first_clause_comes_at_once_and_then_whole_sentences() -> None:
    assert cut("Of course, I can book a boiler ", "service, no trouble. Which ", "day suits you?") == [
        "Of course,",
        " I can book a boiler service, no trouble.",
        " Which day suits you?",
    ]


def test_titles_and_times_are_not_sentence_ends() -> None:
    assert cut("Thank you so much Dr. Miller for that. Bye.") == ["Thank you so much Dr. Miller for that.", " Bye."]
    assert cut("We come at 2 p.m. on Tuesday. Bye.") == ["We come at 2 p.m. on Tuesday.", " Bye."]


def test_three_words_are_enough_of_a_reply_that_comes_word_by_word() -> None:
    assert cut(*"Well, |let |me |explain |how |that |works. |First |I |look.".split("|")) == [
        "Well, let me",
        " explain how that works.",
        " First I look.",
    ]
    assert cut("I have booked that for you now.") == ["I have booked that for you now."]


def test_a_clause_is_spoken_without_waiting_for_the_next_word() -> None:
    phrases = Phrases()
    assert [phrase.text for phrase in (*phrases.add("Of "), *phrases.add("course,"))] == ["Of course,"]
    phrases = Phrases()
    assert [*phrases.add("That is 1,"), *phrases.add("200 in all, ")][0].text == "That is 1,200 in all,"


def test_a_lone_word_is_not_worth_a_phrase() -> None:
    assert cut("Yes, that works for us. ")[0] == "Yes, that works for us."


def test_a_long_word_is() -> None:
    assert cut("Certainly,", " let", " me", " explain.")[0] == "Certainly,"


@given(st.lists(st.text(alphabet="ab ,.?!\n", max_size=30), max_size=20))
def test_nothing_is_lost_and_offsets_are_true(pieces: list[str]) -> None:
    phrases = Phrases()
    made = [phrase for piece in pieces for phrase in phrases.add(piece)] + phrases.finish()
    text = "".join(pieces)
    assert "".join(phrase.text for phrase in made) == text
    for phrase in made:
        assert text[phrase.offset : phrase.offset + len(phrase.text)] == phrase.text


def test_a_model_that_never_stops_is_cut() -> None:
    made = cut("word " * 200)
    assert max(len(phrase.split()) for phrase in made) <= LONGEST_WORDS


READ_BACK = "So that's a tap repair on Tuesday, at ten. Is that right?"


@pytest.mark.parametrize(
    ("heard", "left"),
    [
        ("", READ_BACK),
        ("So that's a tap", READ_BACK),
        ("So that's a tap repair on Tuesday, at", "at ten. Is that right?"),
        ("So that's a tap repair on Tuesday, at ten.", "Is that right?"),
        ("So that's a tap repair on Tuesday, at ten. Is that right", ""),
        (READ_BACK, ""),
    ],
)
def test_what_is_left_of_a_reply_begins_with_the_clause_that_was_broken_off(heard: str, left: str) -> None:
    assert rest(READ_BACK, len(heard)) == left


@pytest.mark.parametrize("silent", ["**", " 👍", ' "', "…"])
def test_what_makes_no_sound_is_not_left(silent: str) -> None:
    assert rest(f"{READ_BACK}{silent}", len(READ_BACK) - 1) == ""


@given(st.text(max_size=80), st.integers(0, 90))
def test_what_is_left_is_the_end_of_it(text: str, chars: int) -> None:
    assert text.rstrip().endswith(rest(text, chars))


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("Gladly. What time would you like? We come between eight and five.", "What time would you like?"),
        ("Gladly. Your name? And your number? Then I can book it.", "Your name? And your number?"),
        ("Gladly. Please spell it, letter by letter.", "Please spell it, letter by letter."),
    ],
)
def test_a_question_is_what_is_asked_and_no_more(text: str, asked: str) -> None:
    assert question(text, len("Gladly")) == asked
