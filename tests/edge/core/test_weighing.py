"""What words said over the agent mean."""

import pytest

from edge.core.weighing import Claim, weigh


@pytest.mark.parametrize("text", ["Mhm.", "Yeah.", "Okay, great.", "Uh-huh", "I see.", "Got it.", "Ha, ha."])
def test_backchannels_do_not_take_the_floor(text: str) -> None:
    assert weigh(text, (), 0.9, None, over=False) is Claim.KEPT


@pytest.mark.parametrize("text", ["Stop.", "No, wait.", "Hold on."])
def test_stoppers_take_it_however_short_they_are(text: str) -> None:
    assert weigh(text, (), 0.3, None, over=False) is Claim.TAKEN


def test_a_guess_from_a_short_sound_does_not_but_a_sentence_does() -> None:
    assert weigh("Hammer.", (), 0.3, None, over=False) is Claim.OPEN
    assert weigh("Hammer.", (), 0.4, None, over=True) is Claim.KEPT
    assert weigh("What about Friday?", (), 1.1, None, over=False) is Claim.TAKEN


def test_over_a_question_words_are_the_answer() -> None:
    assert weigh("Yes.", (), 0.3, "yes_no", over=False) is Claim.TAKEN
    assert weigh("Tuesday.", (), 0.5, "open", over=True) is Claim.TAKEN
    assert weigh("Mhm.", (), 0.5, "open", over=True) is Claim.KEPT


def test_no_words_keep_the_floor_with_the_agent() -> None:
    assert weigh("", (), 2.0, None, over=False) is Claim.KEPT
    assert weigh("", ("So?",), 2.0, None, over=True) is Claim.KEPT


def test_other_words_every_time_are_laughter() -> None:
    assert weigh("Cut up.", ("So?",), 0.9, None, over=False) is Claim.KEPT
    assert weigh("Ha, ha, ha.", ("Stop.",), 0.5, None, over=True) is Claim.KEPT


def test_words_heard_twice_were_said_also_where_they_have_grown() -> None:
    assert weigh("Cancel that.", ("Can",), 0.5, None, over=False) is Claim.TAKEN
    assert weigh("Go forward.", ("Go for",), 0.5, None, over=False) is Claim.OPEN
    assert weigh("Go forward.", ("Go for",), 0.8, None, over=False) is Claim.TAKEN


def test_what_follows_an_okay_that_stood_is_believed_at_once() -> None:
    assert weigh("Okay, but", ("Okay.",), 0.5, None, over=False) is Claim.TAKEN
    assert weigh("Right, and how", ("Right.",), 0.6, None, over=False) is Claim.OPEN


def test_a_whole_sentence_takes_the_floor_whatever_was_made_of_its_beginning() -> None:
    assert weigh("I need a plumber.", ("",), 0.6, None, over=True) is Claim.TAKEN


def test_a_stopper_heard_once_counts_when_the_sound_is_over() -> None:
    assert weigh("No.", ("Oh.",), 0.3, None, over=False) is Claim.KEPT
    assert weigh("No.", ("Oh.",), 0.3, None, over=True) is Claim.TAKEN


def test_the_same_again_and_again_is_laughter_unless_it_stops_the_agent_or_answers_it() -> None:
    assert weigh("So, how, how, how?", ("How, how?",), 0.9, None, over=True) is Claim.KEPT
    assert weigh("No, no, no, no.", ("No, no.",), 0.9, None, over=True) is Claim.TAKEN
    assert weigh("Five, five.", ("Five.",), 0.9, "digits", over=True) is Claim.TAKEN


def test_a_single_word_is_a_guess_until_it_was_heard_three_times() -> None:
    assert weigh("She did it.", ("", "She laughed."), 0.9, None, over=False) is Claim.OPEN
    assert weigh("Hello.", ("Hello.",), 0.55, None, over=False) is Claim.OPEN
    assert weigh("Hello.", ("Hello.", "Hello."), 0.55, None, over=False) is Claim.TAKEN


def test_words_that_only_promise_others_claim_nothing() -> None:
    assert weigh("So?", ("So?", "So?"), 0.6, None, over=False) is Claim.KEPT
    assert weigh("So what about Friday?", ("So.", "So what about"), 0.9, None, over=False) is Claim.TAKEN


def test_the_same_digit_again_and_again_is_a_number() -> None:
    assert weigh("Five, five, five.", (), 0.9, None, over=False) is Claim.TAKEN
    assert weigh("5, 5, 5.", ("5, 5.", "5, 5."), 0.9, None, over=False) is Claim.TAKEN
    assert weigh("So, so, so.", ("So, so.", "So, so."), 0.9, None, over=True) is Claim.KEPT


def test_few_words_of_a_sound_that_seems_laughter_are_nothing_unless_they_stop_the_agent_or_answer_it() -> None:
    assert weigh("She did it.", ("She did it.",), 0.9, None, over=False, few=3) is Claim.KEPT
    assert weigh("I need a plumber.", ("I need a",), 0.9, None, over=False, few=3) is Claim.TAKEN
    assert weigh("No, don't.", ("No.",), 0.9, None, over=False, few=3) is Claim.TAKEN
    assert weigh("She did it.", (), 0.9, "open", over=True, few=3) is Claim.TAKEN
