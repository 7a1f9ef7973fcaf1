"""Keys as a turn: an entry begun, edited and ended, whatever else goes on."""

from hypothesis import given, settings
from hypothesis import strategies as st

from edge.core import events as do
from edge.core.caller import MOST_KEYS
from edge.core.states import State
from edge.core.vad import SpeechStarted
from tests.edge.core.stage import MANNERS, answering, greeted, kinds


def typed(keys: str) -> str:
    """What an entry comes to, as a person would edit it."""
    digits: list[str] = []
    for key in keys:
        if key == "*":
            del digits[-1:]
        elif len(digits) < MOST_KEYS:
            digits.append(key)
    return "".join(digits)


@settings(max_examples=50)
@given(st.text("0159*", max_size=90))
def test_an_entry_is_what_is_left_after_its_corrections(keys: str) -> None:
    stage = greeted()
    stage.keys(4.0, keys + "#", every=0.01)
    assert stage.commits() == ([typed(keys)] if typed(keys) else [])
    assert stage.state() is (State.THINKING if typed(keys) else State.LISTENING)


@settings(max_examples=50)
@given(st.text("*#", max_size=12))
def test_keys_that_begin_nothing_change_nothing(keys: str) -> None:
    stage = greeted()
    deadline = stage.taker.deadline
    assert stage.keys(4.0, keys) == []
    assert (stage.state(), stage.taker.deadline) == (State.LISTENING, deadline)


@settings(max_examples=50)
@given(st.integers(1, 8))
def test_an_entry_without_an_end_is_over_after_the_gap_behind_its_last_key(count: int) -> None:
    stage = greeted()
    stage.keys(4.0, "1" * count, every=MANNERS.key_gap - 0.1)
    last = 4.0 + (count - 1) * (MANNERS.key_gap - 0.1)
    stage.at(last + MANNERS.key_gap - 0.01)
    assert stage.commits() == []
    stage.at(last + MANNERS.key_gap + 0.01)
    assert stage.commits() == ["1" * count]


def test_the_end_pressed_twice_is_one_entry() -> None:
    stage = greeted()
    stage.keys(4.0, "12##")
    stage.at(4.6, do.Thought("r2"))
    stage.plays(4.7, 6.0)
    assert stage.commits() == ["12"]


def test_an_entry_taken_back_to_its_last_digit_is_no_turn() -> None:
    stage = greeted()
    assert kinds(stage.keys(4.0, "12**")) == []
    assert stage.state() is State.LISTENING
    stage.keys(5.0, "7#")
    assert stage.commits() == ["7"]


def test_an_entry_that_silenced_the_agent_and_was_taken_back_is_asked_about_only_if_it_was_speech() -> None:
    stage = answering()
    assert kinds(stage.keys(6.0, "1*")) == ["Flush"]
    assert stage.state() is State.LISTENING


def test_keys_take_the_place_of_words_and_of_the_reply_that_was_begun_to_them() -> None:
    stage = greeted()
    stage.says("My number is", 4.0, 5.0)
    stage.keys(5.3, "42#")
    stage.at(5.9, do.Heard("My number is four two.", 4.0, 5.0))
    assert stage.commits() == ["42"]


def test_a_sound_between_two_keys_does_not_part_them() -> None:
    stage = greeted()
    stage.keys(4.0, "4")
    stage.at(4.3, SpeechStarted(4.2))
    stage.keys(4.4, "2#")
    assert stage.commits() == ["42"]


def test_keys_after_the_end_of_the_call_are_nobodys() -> None:
    stage = greeted()
    stage.at(4.0, do.LineClosed("caller_hung_up"))
    assert stage.keys(4.1, "12#") == []
