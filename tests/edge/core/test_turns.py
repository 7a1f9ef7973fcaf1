"""The caller's turns: how long each pause is waited out, and what a turn without words comes to."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.core import events as do
from edge.core.states import State
from edge.core.vad import SpeechStarted, SpeechStopped
from tests.edge.core.stage import MANNERS, Stage, greeted, kinds

FINISHED, UNFINISHED = "What does it cost?", "I would like to"


def pausing() -> Stage:
    """The caller has paused at 5 s, and nobody knows yet what they said."""
    stage = greeted()
    stage.at(4.1, SpeechStarted(4.0))
    stage.at(5.15, SpeechStopped(5.0))
    return stage


def said(stage: Stage, kind: type[do.Action]) -> list[do.Action]:
    return [action for action in stage.log if isinstance(action, kind)]


@settings(max_examples=50)
@given(st.floats(5.16, 5.0 + MANNERS.decode_patience - 0.01))
def test_words_in_time_are_a_turn_however_late_they_come(now: float) -> None:
    stage = pausing()
    stage.at(now, do.Heard(FINISHED, 4.0, 5.0))
    stage.at(now + MANNERS.waits.plain)
    (commit,) = said(stage, do.Commit)
    assert isinstance(commit, do.Commit)
    assert (commit.text, commit.start, commit.end) == (FINISHED, 4.0, 5.0)


def test_words_that_never_come_are_asked_for_once_patience_is_over() -> None:
    stage = pausing()
    stage.at(5.0 + MANNERS.decode_patience - 0.01)
    assert stage.state() is State.PAUSING
    say = stage.told(5.0 + MANNERS.decode_patience + 0.01)
    assert (say.cause, say.text) == ("silence", MANNERS.go_on)
    assert stage.commits() == []


def test_words_that_come_after_that_are_of_no_turn() -> None:
    stage = pausing()
    stage.at(7.0)
    assert kinds(stage.at(7.1, do.Heard(FINISHED, 4.0, 5.0))) == []
    assert stage.commits() == []


def test_the_same_words_twice_are_one_turn_and_one_reply() -> None:
    stage = pausing()
    stage.at(5.2, do.Heard(FINISHED, 4.0, 5.0), do.Heard(FINISHED, 4.0, 5.0))
    stage.at(6.5)
    assert stage.commits() == [FINISHED]
    assert len(said(stage, do.Begin)) == 1


@pytest.mark.parametrize("heard", [do.Heard("", 4.0, 5.0), do.Heard("   ", 4.0, 5.0)])
def test_a_sound_without_words_is_no_turn(heard: do.Heard) -> None:
    stage = pausing()
    assert kinds(stage.at(5.2, heard)) == []
    assert stage.state() is State.LISTENING


def test_a_long_sound_without_words_is_asked_about_and_the_next_is_not() -> None:
    stage = greeted()
    asked = []
    for start in (4.0, 10.0):
        stage.at(start + 0.1, SpeechStarted(start))
        stage.at(start + 2.15, SpeechStopped(start + 2.0))
        asked.append(kinds(stage.at(start + 2.3, do.Heard("", start, start + 2.0))))
        if asked[-1]:
            stage.plays(start + 2.4, start + 4.0)
    assert asked == [["Say"], []]


def test_a_finished_sentence_is_answered_sooner_than_one_that_is_not() -> None:
    ends = []
    for words in (FINISHED, UNFINISHED):
        stage = pausing()
        stage.at(5.2, do.Heard(words, 4.0, 5.0))
        assert stage.taker.deadline is not None
        ends.append(stage.taker.deadline)
    assert ends == [5.0 + MANNERS.waits.finished, 5.0 + MANNERS.waits.unfinished]


def test_nothing_is_begun_on_a_guess_that_more_is_to_come() -> None:
    stage = pausing()
    assert kinds(stage.at(5.2, do.Heard(UNFINISHED, 4.0, 5.0))) == []


def test_other_words_than_those_it_was_begun_to_take_a_reply_back() -> None:
    stage = pausing()
    assert kinds(stage.at(5.2, do.Heard(FINISHED, 4.0, 5.0))) == ["Begin"]
    assert kinds(stage.at(5.25, do.Heard(UNFINISHED, 4.0, 5.01))) == ["Discard"]
    stage.at(7.5)
    assert stage.commits() == [UNFINISHED]


def test_who_goes_on_before_the_wait_is_over_has_said_one_turn() -> None:
    stage = pausing()
    stage.at(5.2, do.Heard(FINISHED, 4.0, 5.0))
    assert kinds(stage.at(5.26, SpeechStarted(5.2))) == ["Discard"]
    stage.at(6.15, SpeechStopped(6.0))
    stage.at(6.2, do.Heard(f"{FINISHED} And when?", 4.0, 6.0))
    stage.at(7.5)
    assert stage.commits() == [f"{FINISHED} And when?"]


@settings(max_examples=50)
@given(st.lists(st.tuples(st.sampled_from([FINISHED, UNFINISHED, "", "Yes."]), st.floats(0.2, 4.0)), max_size=6))
def test_turns_are_numbered_without_a_gap_and_none_is_without_words(turns: list[tuple[str, float]]) -> None:
    stage, now = greeted(), 4.0
    for words, seconds in turns:
        stage.says(words, now, now + seconds)
        now += seconds + 12.0
        stage.at(now)
    commits = [action for action in stage.log if isinstance(action, do.Commit)]
    assert [commit.turn for commit in commits] == list(range(1, len(commits) + 1))
    assert all(commit.text.strip() for commit in commits)


def test_who_never_pauses_is_cut_off_with_what_they_have_said() -> None:
    stage = greeted()
    stage.at(4.1, SpeechStarted(4.0))
    for number in range(1, MANNERS.stretches + 1):
        stage.at(4.1 + number * MANNERS.longest_stretch)
        decode = stage.log[-1]
        assert isinstance(decode, do.Decode)
        stage.at(stage.now + 0.1, do.Heard(f"piece {number}", decode.start, decode.end))
    assert stage.commits() == []
    stage.at(stage.now + MANNERS.longest_stretch)
    assert stage.commits() == ["piece 1 piece 2 piece 3"]


def test_a_television_without_words_is_no_turn() -> None:
    stage = greeted()
    stage.at(4.1, SpeechStarted(4.0))
    stage.at(4.1 + (MANNERS.stretches + 1) * MANNERS.longest_stretch + 0.1)
    assert stage.commits() == []
    assert [say.cause for say in stage.log if isinstance(say, do.Say)][-1] == "silence"
