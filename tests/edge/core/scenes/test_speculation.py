"""A reply is begun before the turn is over: kept where the guess was right, without trace where not."""

from edge.core import events as do
from edge.core.states import State
from edge.core.vad import SpeechStarted, SpeechStopped
from tests.edge.core.stage import greeted, kinds


def test_a_finished_sentence_is_answered_from_a_reply_begun_before_it_was_committed() -> None:
    stage = greeted()
    stage.says("I would like to book a visit.", 4.0, 5.5)
    assert kinds(stage.log[-2:]) == ["Decode", "Begin"]
    begin = stage.log[-1]
    assert isinstance(begin, do.Begin)
    assert begin.speculative
    stage.at(5.75, do.Ready(begin.reply))
    commit = stage.at(5.81)[-1]
    assert isinstance(commit, do.Commit)
    assert (commit.reply, commit.turn, commit.text) == (begin.reply, 1, "I would like to book a visit.")
    assert stage.state() is State.SPEAKING


def test_the_caller_goes_on_and_the_speculative_reply_leaves_no_trace() -> None:
    stage = greeted()
    stage.says("I would like to book a visit.", 4.0, 5.5)
    actions = stage.at(5.79, SpeechStarted(5.74))
    assert kinds(actions) == ["Discard"]
    stage.says("I would like to book a visit on Tuesday.", 5.74, 7.0)
    commit = stage.at(8.0)[-1]
    assert isinstance(commit, do.Commit)
    assert commit.turn == 1
    assert commit.start == 4.0


def test_a_hush_after_words_that_sound_finished_begins_a_reply_before_the_pause() -> None:
    stage = greeted()
    stage.at(4.1, SpeechStarted(4.0))
    assert kinds(stage.at(4.8, do.Heard("I would like to", 4.0, 4.7, hushed=True))) == []
    assert kinds(stage.at(5.5, do.Heard("I would like a visit.", 4.0, 5.4))) == []
    (begin,) = stage.at(5.55, do.Heard("I would like a visit.", 4.0, 5.45, hushed=True))
    assert isinstance(begin, do.Begin)
    assert begin.speculative
    assert stage.state() is State.HEARING
    assert kinds(stage.at(5.6, SpeechStopped(5.47))) == ["Decode"]
    assert kinds(stage.at(5.7, do.Heard("I would like a visit.", 4.0, 5.47))) == []
    commit = stage.at(5.8)[-1]
    assert isinstance(commit, do.Commit)
    assert commit.reply == begin.reply


def test_a_caller_who_goes_on_after_a_hush_discards_that_reply_and_leaves_one_for_the_pause() -> None:
    stage = greeted()
    stage.at(4.1, SpeechStarted(4.0))
    assert kinds(stage.at(4.5, do.Heard("I want a visit.", 4.0, 4.4, hushed=True))) == ["Begin"]
    assert kinds(stage.at(4.9, do.Heard("I want a visit. Tuesday.", 4.0, 4.8, hushed=True))) == ["Discard", "Begin"]
    assert kinds(stage.at(5.3, do.Heard("I want a visit. Tuesday. Please.", 4.0, 5.2, hushed=True))) == ["Discard"]
    stage.at(5.4, SpeechStopped(5.2))
    assert stage.log[-1] == do.Begin(stage.log[-1].reply, 1, "I want a visit. Tuesday. Please.", True)  # type: ignore[union-attr]


def test_a_caller_who_hesitates_without_end_costs_no_more_than_three_replies() -> None:
    stage = greeted()
    words = ""
    for number in range(8):
        start = 4.0 + 1.37 * number
        words += f" Number {number}."
        stage.says(words.strip(), start, start + 1.2)
    begun = [action for action in stage.log if isinstance(action, do.Begin)]
    assert len(begun) == stage.taker.manners.speculations == 3
    assert kinds(stage.log).count("Discard") == 3
    stage.at(20.0)
    assert stage.commits() == [words.strip()]


def test_a_discarded_reply_is_deaf_to_what_still_comes_of_it() -> None:
    stage = greeted()
    stage.says("I would like to book a visit.", 4.0, 5.5)
    stage.at(5.79, SpeechStarted(5.74))
    assert stage.at(5.8, do.Ready("r2"), do.Thought("r2"), do.Spoken("r2"), do.FinishAfter("r2")) == []
    assert stage.state() is State.HEARING


def test_a_guess_is_not_heard_before_it_is_committed() -> None:
    stage = greeted()
    stage.says("I would like to book a visit.", 4.0, 5.5)
    assert stage.at(5.75, do.Ready("r2"), do.Thought("r2")) == []
    assert stage.state() is State.PAUSING
