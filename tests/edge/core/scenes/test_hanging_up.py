"""The caller hangs up without waiting for the reply: what they have asked for is done all the same."""

import pytest

from edge.core import events as do
from edge.core.states import State
from edge.core.vad import SpeechStarted, SpeechStopped
from tests.edge.core.stage import Stage, greeted


def hung_up(stage: Stage, now: float, reason: do.EndReason = "caller_hung_up") -> list[do.Action]:
    actions = stage.at(now, do.LineClosed(reason))
    assert stage.state() is State.CLOSED
    return actions


def test_before_the_reply_to_a_turn_that_is_over() -> None:
    stage = greeted()
    stage.says("Yes, please book it. Bye.", 3.0, 4.5)
    stage.at(5.0)
    assert stage.commits() == ["Yes, please book it. Bye."]
    assert hung_up(stage, 5.1) == [do.Flush("r2", acts=True)]


def test_in_the_middle_of_the_reply() -> None:
    stage = greeted()
    stage.says("Yes, please book it.", 3.0, 4.5)
    stage.at(5.0, do.Ready("r2"))
    assert hung_up(stage, 5.4) == [do.Flush("r2", acts=True)]


def test_in_the_pause_after_their_last_word() -> None:
    stage = greeted()
    stage.at(3.0, do.Expect("r1", "open"))
    stage.says("I would like a visit, and that is all", 3.2, 4.5)
    assert stage.state() is State.PAUSING, "There is no full stop: it is waited for."
    commit, flush = hung_up(stage, 4.75)
    assert isinstance(commit, do.Commit)
    assert commit.text == "I would like a visit, and that is all"
    assert flush == do.Flush(commit.reply, acts=True)


@pytest.mark.parametrize("words", ["I would like to", "Yes, but", "My number is 415 555"])
def test_where_more_was_to_come_nothing_is_done(words: str) -> None:
    stage = greeted()
    stage.says(words, 3.0, 4.5)
    assert not [each for each in hung_up(stage, 4.75) if isinstance(each, do.Commit)]


def test_a_line_that_breaks_is_no_answer() -> None:
    stage = greeted()
    stage.says("I would like a visit, and that is all", 3.2, 4.5)
    assert not [each for each in hung_up(stage, 4.75, "transport_lost") if isinstance(each, do.Commit)]


def test_an_announcement_that_they_did_not_wait_for_asks_for_nothing() -> None:
    stage = greeted()
    stage.at(3.0, do.Announce("a1", "Your visit is booked.", "announcement", expires=60.0))
    stage.at(4.0, do.Ready("r2"))
    assert hung_up(stage, 4.5)[0] == do.Flush("r2")


def test_over_the_beginning_of_more_nothing_is_done() -> None:
    stage = greeted()
    stage.says("Yes, please book it.", 3.0, 4.5)
    stage.at(5.0)
    assert stage.commits() == ["Yes, please book it."]
    stage.at(5.1, SpeechStarted(5.0))
    assert stage.state() is State.WEIGHING, '"No, wait": its words are not known yet.'
    assert hung_up(stage, 5.2) == [do.Flush("r2")]


def test_a_sound_long_after_the_turn_is_no_more_of_it() -> None:
    stage = greeted()
    stage.says("Yes, please book it.", 3.0, 4.5)
    stage.at(6.1, SpeechStarted(6.0))
    assert stage.state() is State.WEIGHING
    assert hung_up(stage, 6.2) == [do.Flush("r2", acts=True)]


def listens(stage: Stage) -> bool:
    """Whether the call would listen on if they hung up now."""
    return stage.taker.listens


def test_until_the_words_are_known_the_call_listens_on() -> None:
    stage = greeted()
    seen = [listens(stage)]
    for now, event in (
        (3.1, SpeechStarted(3.0)),
        (4.1, SpeechStopped(4.0)),
        (4.15, do.Heard("Yes, please book it.", 3.0, 4.0)),
    ):
        stage.at(now, event)
        seen.append(listens(stage))
    assert seen == [False, True, True, False]


def test_a_sound_over_the_reply_is_listened_to_as_well() -> None:
    stage = greeted()
    stage.says("Yes, please book it.", 3.0, 4.5)
    stage.at(5.0, do.Ready("r2"))
    seen = [listens(stage)]
    for now, event in (
        (5.1, SpeechStarted(5.0)),
        (5.5, SpeechStopped(5.4)),
        (5.6, do.Heard("No, wait.", 5.0, 5.4)),
    ):
        stage.at(now, event)
        seen.append(listens(stage))
    assert seen == [False, True, True, False]
    assert do.Flush("r2") in stage.log
