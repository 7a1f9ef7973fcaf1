"""What other rules would have done: nothing else where they are the same, and what one expects where they are not."""

from dataclasses import replace
from random import Random

import pytest

from edge.core import events as do
from edge.core.manners import Manners
from edge.core.vad import SpeechStarted, SpeechStopped
from tests.edge.core.taped import taped
from tests.trunkline.replay.calls import Play, manners
from trunkline.replay.outcome import Divergence, Outcome
from trunkline.replay.whatif import what_if


def compared(play: Play, other: Manners) -> Outcome:
    play.at(play.now + 1.0, do.LineClosed("caller_hung_up"))
    return what_if(play.tape.recording(), other)


def only(outcome: Outcome) -> Divergence:
    [divergence] = outcome.divergences
    return divergence


def test_the_same_rules_decide_the_same_over_random_calls() -> None:
    for seed in range(300):
        recording = taped(seed)
        outcome = what_if(recording, recording.manners)
        assert outcome.divergences == [], seed
        assert len(outcome.matched) == outcome.decisions, seed
        assert all(abs(each.shift) < 1e-6 for each in outcome.matched), seed


def test_every_recorded_decision_is_accounted_for_whatever_the_rules() -> None:
    for seed in range(300):
        recording, chance = taped(seed), Random(seed)
        other = replace(
            manners(finished=chance.uniform(0.1, 1), plain=chance.uniform(0.1, 1), unfinished=chance.uniform(0.2, 2)),
            weigh_words=chance.uniform(0.1, 0.6),
            still_there_after=chance.uniform(2, 12),
            speculations=chance.randrange(4),
            announce_gap=chance.uniform(0.1, 2),
        )
        outcome = what_if(recording, other)
        apart = sum(each.skipped + (each.recorded is not None) for each in outcome.divergences)
        assert len(outcome.matched) + apart == outcome.decisions, seed


@pytest.mark.parametrize(("finished", "shift"), [(0.2, -0.1), (0.7, 0.4)])
def test_a_turn_comes_earlier_or_later_and_the_caller_answers_so_much_earlier_or_later(
    finished: float, shift: float
) -> None:
    play = Play()
    play.says("I want to book a visit.", 4.0, 5.0)
    play.answers(5.4, 7.0)
    play.says("On Tuesday at ten.", 7.2, 8.0)
    play.answers(8.4, 9.0)
    outcome = compared(play, manners(finished=finished))
    turns = [each for each in outcome.matched if each.recorded.kind == "commit"]
    assert [round(each.shift, 2) for each in turns] == pytest.approx([shift, shift], abs=0.03)
    assert outcome.divergences == []


def test_a_pause_inside_a_turn_is_a_cut_in_for_hasty_rules() -> None:
    play = Play(manners(finished=0.8))
    play.says("I want to book a visit.", 4.0, 5.0)
    play.says("I want to book a visit on Tuesday.", 5.5, 6.5)
    play.answers(7.5, 9.0)
    play.says("Yes.", 10.0, 10.5)
    play.answers(11.6, 12.0)
    outcome = compared(play, manners(finished=0.25))
    divergence = only(outcome)
    assert (divergence.verdict, divergence.recorded) == ("cut_in", None)
    assert divergence.gap == pytest.approx(0.24, abs=0.03)
    assert (divergence.until, divergence.skipped) == (10.1, 1)
    assert [each.recorded.turn for each in outcome.matched if each.recorded.kind == "commit"] == [2]


def test_a_longer_pause_is_a_turn_split() -> None:
    play = Play(manners(finished=1.8, longest=2.0))
    play.says("I want to book a visit.", 4.0, 5.0)
    play.says("I want to book a visit on Tuesday.", 6.5, 7.0)
    assert only(compared(play, manners(finished=0.25, longest=2.0))).verdict == "split"


def test_a_cut_in_that_was_recorded_is_spared_by_patient_rules() -> None:
    play = Play(manners(finished=0.3))
    play.says("I want to book a visit.", 4.0, 5.0)
    play.at(5.6, SpeechStarted(5.5))
    play.at(6.7, SpeechStopped(6.5))
    play.hears("On Tuesday at ten.", 6.8)
    assert any(isinstance(action, do.Flush) for action in play.log), "The recorded agent was talked over."
    divergence = only(compared(play, manners(finished=0.8)))
    assert (divergence.verdict, divergence.today) == ("spared", None)
    assert divergence.gap == pytest.approx(0.2, abs=0.03)


def _mumbled(length: float, text: str) -> Play:
    """A sound over the answer."""
    play = Play()
    play.says("What do you offer?", 4.0, 5.0)
    play.at(5.4, do.Ready("r2"))
    play.at(7.1, SpeechStarted(7.0))
    play.at(7.0 + length + 0.13, SpeechStopped(7.0 + length))
    if text is not None:
        play.hears(text, 7.0 + length + 0.3)
    return play


def test_the_floor_is_kept_alike() -> None:
    outcome = compared(_mumbled(0.5, "Mhm."), Manners())
    assert [each.recorded.kind for each in outcome.matched] == ["say", "commit", "keep"]


def test_rules_that_stop_for_less() -> None:
    play = _mumbled(0.8, "Mhm.")
    assert only(compared(play, replace(Manners(), weigh_longest=0.5))).verdict == "taken"


def test_rules_that_stop_for_more() -> None:
    play = Play(replace(Manners(), weigh_longest=0.5))
    play.says("What do you offer?", 4.0, 5.0)
    play.at(5.4, do.Ready("r2"))
    play.at(7.1, SpeechStarted(7.0))
    play.at(7.93, SpeechStopped(7.8))
    play.hears("Mhm.", 8.1)
    assert only(compared(play, Manners())).verdict == "kept"


def test_a_question_after_silence_that_comes_sooner_is_another_call() -> None:
    play = Play()
    play.says("I want to book a visit.", 8.5, 9.5)
    divergence = only(compared(play, replace(Manners(), still_there_after=4.0)))
    assert divergence.verdict == "other"
    assert divergence.today is not None
    assert (divergence.today.kind, divergence.today.name) == ("say", "silence")
    assert divergence.until == 8.6


def test_turns_that_nobody_answers_any_more_are_named() -> None:
    play = Play()
    play.says("I want to book a visit.", 4.0, 5.0)
    outcome = compared(play, manners(finished=30.0, longest=40.0))
    assert only(outcome).recorded is not None


def test_words_that_a_reply_was_begun_to_come_with_its_audio() -> None:
    """Today's rules do not speculate: the audio comes so long after the commit as it came after the beginning."""
    play = Play()
    play.says("I want to book a visit.", 4.0, 5.0)
    play.answers(5.25, 7.0)
    play.says("On Tuesday at ten.", 8.0, 9.0)
    play.answers(9.25, 10.0)
    outcome = compared(play, replace(Manners(), speculations=0))
    assert outcome.divergences == []
    assert len(outcome.matched) == outcome.decisions
