"""Quiet goes out in larger pieces, sound at once; nothing is lost, and the order stays."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from edge.core.audio import FRAME, to_mulaw
from edge.core.bundles import AWAKE, HELD, Bundles

HISS = to_mulaw((np.arange(FRAME) % 7 - 3).astype(np.int16))
SOUND = to_mulaw((4000 * np.sin(np.arange(FRAME) / 4)).astype(np.int16))


def test_sound_is_never_held() -> None:
    bundles = Bundles()
    assert all(bundles.add(SOUND) == SOUND for _ in range(3 * AWAKE))


def test_silence_is_held_only_once_it_has_lasted() -> None:
    bundles = Bundles()
    assert all(bundles.add(HISS) == HISS for _ in range(AWAKE))
    sizes = [len(bundles.add(HISS)) // FRAME for _ in range(2 * HELD)]
    assert sizes == [0, 0, 0, 0, HELD] * 2


def test_sound_takes_what_was_held_along() -> None:
    bundles = Bundles()
    for _ in range(AWAKE + 2):
        bundles.add(HISS)
    assert bundles.held == 2 * FRAME
    assert bundles.add(SOUND) == HISS + HISS + SOUND
    assert bundles.held == 0
    assert bundles.add(HISS) == HISS


def test_a_vendor_that_wants_more_gets_no_less() -> None:
    bundles = Bundles(least=3)
    assert [len(bundles.add(SOUND)) // FRAME for _ in range(6)] == [0, 0, 3] * 2
    assert bundles.add(SOUND) == bundles.rest() == b""
    assert bundles.held == FRAME


@given(st.lists(st.booleans(), max_size=200), st.sets(st.integers(0, 199)))
def test_nothing_is_lost(loud: list[bool], asked: set[int]) -> None:
    bundles = Bundles()
    out = b""
    frames = [HISS] * AWAKE + [SOUND if one else HISS for one in loud]
    for number, frame in enumerate(frames):
        out += bundles.add(frame)
        if number in asked:
            out += bundles.rest()
        assert len(out) + bundles.held == FRAME * (number + 1)
    assert out + bundles.rest() == b"".join(frames)
