"""Every input and action has words, and nobody's words can do harm on a terminal."""

from typing import get_args

import pytest

from edge.core import events as do
from edge.core.tape import Recording
from edge.core.vad import SpeechStarted
from tests.edge.core.taped import taped
from trunkline.replay.wording import of_action, of_input, quoted


def test_every_kind_of_input_and_action_of_random_calls_has_words() -> None:
    recordings: list[Recording] = [taped(seed) for seed in range(100)]
    steps = [step for recording in recordings for step in recording.steps]
    assert {type(step.event) for step in steps} >= set(get_args(do.Input))
    assert all(of_input(step.event) for step in steps)
    assert all(of_action(action, step.now) for step in steps for action in step.actions or ())


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (None, "the time is up"),
        (SpeechStarted(1.234), "speech since 1.23"),
        (do.Heard("Yes.", 1.0, 2.0, 0.9), "heard “Yes.” (1.00 to 2.00, finished 0.90)"),
        (do.Cut("r1", 0.5), "r1 was cut, 50% of it heard"),
        (do.FinishAfter("r1"), "FinishAfter r1"),
    ],
)
def test_inputs(event: do.Input | None, words: str) -> None:
    assert of_input(event) == words


def test_words_of_a_caller_are_cut_and_cleaned() -> None:
    assert quoted("\x1b[31mred\n" + "long " * 100, 20) == "“[31mred long long…”"
