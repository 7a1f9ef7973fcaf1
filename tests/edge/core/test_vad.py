"""Hysteresis: short spikes and short gaps change nothing."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.core.audio import Pcm, from_mulaw, level_of, to_mulaw
from edge.core.vad import Hysteresis, SpeechStarted, SpeechStirred, SpeechStopped, Voicing

QUIET, LOUD = to_mulaw(np.full(256, 16, np.int16)), to_mulaw(np.full(256, 150, np.int16))


def run(scores: list[float]) -> list[SpeechStarted | SpeechStopped]:
    return [event for event in everything(scores) if not isinstance(event, SpeechStirred)]


def everything(scores: list[float]) -> list[SpeechStarted | SpeechStopped | SpeechStirred]:
    voicing = Voicing()
    events = (voicing.score(score, i * 0.032, (i + 1) * 0.032) for i, score in enumerate(scores))
    return [event for event in events if event]


def test_speech_begins_and_ends_where_its_sound_does() -> None:
    assert run([0.0] * 5 + [0.9] * 10 + [0.1] * 10) == [SpeechStarted(5 * 0.032), SpeechStopped(15 * 0.032)]


def test_a_click_is_not_speech() -> None:
    assert run([0.0, 0.9, 0.0, 0.0, 0.9, 0.0]) == []


def test_a_stop_inside_a_word_is_not_a_pause() -> None:
    assert run([0.9] * 5 + [0.1] * 2 + [0.9] * 5) == [SpeechStarted(0.0)]


def test_who_has_only_just_stopped_is_heard_to_go_on_at_once() -> None:
    scores = [0.9] * 5 + [0.1] * 5 + [0.9]
    assert run(scores) == [SpeechStarted(0.0), SpeechStopped(5 * 0.032), SpeechStarted(10 * 0.032)]
    assert len(run([0.9] * 5 + [0.1] * 25 + [0.9])) == 2, "Later a click is no speech."
    assert len(run([0.9] * 5 + [0.1] * 5 + [0.55])) == 2, "Nor is what is not sure."


def test_what_may_be_speech_is_told_once_and_only_soon_after_the_last_sound() -> None:
    spoken = [0.9] * 5 + [0.0] * 5
    assert everything(spoken + [0.2] * 5)[2:] == [SpeechStirred(10 * 0.032)]
    assert everything([*spoken, 0.2, 0.0, 0.2])[2:] == [SpeechStirred(10 * 0.032), SpeechStirred(12 * 0.032)]
    assert everything([0.0, 0.2, 0.0]) == [], "Before anything was said it is of no interest."
    assert len(everything(spoken + [0.0] * 50 + [0.2])) == 2, "Nor is it long after."


@given(st.lists(st.floats(0, 1), max_size=200))
def test_nothing_stirs_while_somebody_speaks(scores: list[float]) -> None:
    speaking, stopped = False, -9.0
    for event in everything(scores):
        if isinstance(event, SpeechStirred):
            assert not speaking
            assert 0 <= event.at - stopped <= Hysteresis().lately
        else:
            speaking, stopped = isinstance(event, SpeechStarted), event.at


def test_over_the_agent_a_quiet_voice_is_an_aside_and_a_sure_one_is_heard_at_once() -> None:
    voicing = Voicing(usual=-20.0)
    assert voicing.score(0.99, 0.0, 0.032, -35.0, over_agent=True) is None
    assert voicing.score(0.99, 0.032, 0.064, -35.0, over_agent=True) is None
    assert voicing.score(0.99, 0.064, 0.096, -22.0, over_agent=True) == SpeechStarted(0.064)


def test_a_callers_level_is_learned_while_they_have_the_floor() -> None:
    voicing = Voicing()
    for window in range(100):
        voicing.score(0.9, window * 0.032, (window + 1) * 0.032, -20.0)
    for window in range(100, 110):
        voicing.score(0.0, window * 0.032, (window + 1) * 0.032, -60.0)
    assert voicing.score(0.99, 4.0, 4.032, -40.0, over_agent=True) is None


@given(st.lists(st.floats(0, 1), max_size=200))
def test_events_alternate_and_never_go_back_in_time(scores: list[float]) -> None:
    events = run(scores)
    for before, after in itertools.pairwise(events):
        assert type(before) is not type(after)
        assert before.at <= after.at


def test_long_silence_need_not_be_scored_and_anything_louder_must() -> None:
    voicing = Voicing()
    now = 0.0
    asleep = []
    for _ in range(40):
        asleep.append(voicing.asleep(now + 0.032, QUIET))
        voicing.score(0.01, now, now + 0.032, -70.0)
        now += 0.032
    assert asleep == sorted(asleep), "once asleep, it stays so in silence"
    assert 0.16 < asleep.index(True) * 0.032 < 0.28
    assert not voicing.asleep(now, LOUD)
    voicing.score(0.01, now, now + 0.032, -50.0)
    assert not voicing.asleep(now + 0.064, QUIET), "after a sound it is awake for a while"


def test_a_speaking_caller_is_always_scored() -> None:
    voicing = Voicing()
    for number in range(4):
        voicing.score(0.9, number * 0.032, (number + 1) * 0.032, -20.0)
    assert voicing.speaking
    assert not voicing.asleep(10.0, QUIET)


@pytest.mark.parametrize("magnitude", [0, 8, 32, 40, 48, 64, 100])
def test_silence_is_told_by_its_level_however_it_comes(magnitude: int) -> None:
    """Noise as loud as a sound's peak is quieter than it; µ-law and samples are judged alike."""
    noise = np.random.default_rng(1).integers(-magnitude, magnitude + 1, 256).astype(np.int16)
    for sound in (noise, np.full(256, magnitude, np.int16)):
        pcm: Pcm = from_mulaw(to_mulaw(sound))
        silent = level_of(pcm) < -58.0
        assert Voicing().asleep(10.0, pcm) is silent
        assert Voicing().asleep(10.0, to_mulaw(pcm)) is silent
