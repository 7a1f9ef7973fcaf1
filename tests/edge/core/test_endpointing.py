"""How long to wait depends on the words, on what was asked, and on the caller."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.core.conversation import Profile
from edge.core.endpointing import Evidence, Floor, Waits, asks_for_patience, judge, weigh

WAITS = Waits()


@pytest.mark.parametrize(
    ("text", "profile", "why"),
    [
        ("I would like to book a visit.", "open", "finished"),
        ("I would like to book a visit for", "open", "leads on"),
        ("I would like a visit, and.", "open", "leads on"),
        ("Well, on Tuesday,", "open", "comma"),
        ("Yes.", "yes_no", "answer"),
        ("Yes.", "open", "finished"),
        ("My name is.", "name", "leads on"),
        ("M I L L", "name", "spelling"),
        ("It's 415 555", "digits", "more digits"),
        ("It's 415 555 0142.", "digits", "finished"),
        ("Tuesday at ten", "open", "plain"),
    ],
)
def test_the_words_decide(text: str, profile: Profile, why: str) -> None:
    assert judge(Evidence(text, profile), WAITS).why == why


def test_a_slow_talker_gets_more_time() -> None:
    quick = judge(Evidence("I would like a visit."), WAITS)
    slow = judge(Evidence("I would like a visit.", pauses=0.6), WAITS)
    assert slow.wait > quick.wait


def test_a_vendors_belief_ends_the_turn() -> None:
    assert judge(Evidence("I would like to", vendor=0.9), WAITS).why == "vendor"


@given(st.text(max_size=200), st.sampled_from(["open", "yes_no", "name", "digits", "address", "card"]), st.floats(0, 9))
def test_no_wait_is_longer_than_the_longest(text: str, profile: Profile, pauses: float) -> None:
    assert 0 < judge(Evidence(text, profile, pauses), WAITS).wait <= WAITS.longest


@pytest.mark.parametrize("text", ["Mhm.", "Yeah.", "Okay, great.", "Uh-huh", "I see.", "Got it.", "Ha, ha."])
def test_backchannels_do_not_take_the_floor(text: str) -> None:
    assert weigh(text, 0.9, None, over=False) is Floor.KEPT


@pytest.mark.parametrize("text", ["Stop.", "No, wait.", "Hold on."])
def test_stoppers_take_it_however_short_they_are(text: str) -> None:
    assert weigh(text, 0.3, None, over=False) is Floor.TAKEN


def test_a_guess_from_a_short_sound_does_not_but_a_sentence_does() -> None:
    assert weigh("Hammer.", 0.3, None, over=False) is Floor.OPEN
    assert weigh("Hammer.", 0.4, None, over=True) is Floor.KEPT
    assert weigh("What about Friday?", 1.1, None, over=False) is Floor.TAKEN


def test_over_a_question_words_are_the_answer() -> None:
    assert weigh("Yes.", 0.3, "yes_no", over=False) is Floor.TAKEN
    assert weigh("Tuesday.", 0.5, "open", over=True) is Floor.TAKEN
    assert weigh("Mhm.", 0.5, "open", over=True) is Floor.KEPT


@pytest.mark.parametrize("over", [False, True])
def test_no_words_keep_the_matter_open_until_the_sound_is_over(over: bool) -> None:
    assert weigh("", 2.0, None, over=over) is (Floor.KEPT if over else Floor.OPEN)


def test_digits_count_when_they_are_spelt() -> None:
    assert judge(Evidence("Seven one five one six two zero.", "digits"), WAITS).why == "finished"


def test_hold_on_asks_for_patience() -> None:
    assert asks_for_patience("Hold on a second, let me look.")
    assert not asks_for_patience("In a second-hand shop.")
