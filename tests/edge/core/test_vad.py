"""Hysteresis: short spikes and short gaps change nothing."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from edge.core.vad import SpeechStarted, SpeechStopped, Voicing


def run(scores: list[float]) -> list[SpeechStarted | SpeechStopped]:
    voicing = Voicing()
    events = (voicing.score(score, i * 0.032, (i + 1) * 0.032) for i, score in enumerate(scores))
    return [event for event in events if event]


def test_speech_begins_and_ends_where_its_sound_does() -> None:
    assert run([0.0] * 5 + [0.9] * 10 + [0.1] * 10) == [SpeechStarted(5 * 0.032), SpeechStopped(15 * 0.032)]


def test_a_click_is_not_speech() -> None:
    assert run([0.0, 0.9, 0.0, 0.0, 0.9, 0.0]) == []


def test_a_stop_inside_a_word_is_not_a_pause() -> None:
    assert run([0.9] * 5 + [0.1] * 3 + [0.9] * 5) == [SpeechStarted(0.0)]


@given(st.lists(st.floats(0, 1), max_size=200))
def test_events_alternate_and_never_go_back_in_time(scores: list[float]) -> None:
    events = run(scores)
    for before, after in itertools.pairwise(events):
        assert type(before) is not type(after)
        assert before.at <= after.at
