"""The carrier made here, and what is compared."""

import random

import numpy as np

from benchmarks.turns.heard import Carrier, Cutting, Line, cut, measure
from edge.ports import Speech


def counted(words: int) -> Line:
    """A word every 0.3 s."""
    text = " ".join("word" for _ in range(words))
    offsets = [5 * index + 4 for index in range(words)]
    speech = tuple(Speech(np.zeros(2400, np.int16), chars) for chars in offsets)
    return Line(text, speech, tuple((chars, 2400 * (index + 1)) for index, chars in enumerate(offsets)))


def test_the_carrier_plays_in_time_and_sends_marks_back() -> None:
    carrier = Carrier(0.05)
    for frame in range(3):
        carrier.send(0.0, np.zeros(160, np.int16))
        carrier.send(0.0, f"r1:{frame}")
    for step in range(20):
        carrier.run(step * 0.01)
    assert carrier.played == 480
    assert [name for _, name in carrier.returning] == ["r1:0", "r1:1", "r1:2"]
    assert 0.11 <= carrier.returning[0][0] <= 0.14


def test_what_waits_when_the_carrier_is_cleared_is_not_heard() -> None:
    carrier = Carrier(0.0)
    for _ in range(10):
        carrier.send(0.0, np.zeros(160, np.int16))
    carrier.run(0.0)
    carrier.send(0.01, None)
    for step in range(1, 30):
        carrier.run(step * 0.01)
    assert carrier.played == 160


def test_after_a_pause_history_is_the_ear_with_marks_and_without() -> None:
    for marks in (True, False):
        for one in measure(Cutting(marks, weighed=True, one_way=0.05), 40, [counted(12)]):
            assert (one.not_heard, one.missing) == (0, 0)


def test_nothing_unheard_is_ever_in_history() -> None:
    chance = random.Random(3)
    assert all(cut(counted(12), Cutting(True, False, 0.1), chance).not_heard == 0 for _ in range(40))
