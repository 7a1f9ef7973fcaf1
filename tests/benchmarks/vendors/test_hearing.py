"""What the script's recogniser makes of sound and silence."""

import numpy as np
import pytest

from benchmarks.vendors.hearing import Hearing
from benchmarks.vendors.script import Turn
from edge.core.audio import Pcm, to_mulaw


def sound(seconds: float, loud: bool = True) -> Pcm:
    wave = 8000 * np.sin(np.arange(int(seconds * 8000)) / 4)
    return (wave if loud else wave * 0).astype(np.int16)


def hear(hearing: Hearing, pcm: Pcm) -> list[str]:
    for start in range(0, len(pcm), 700):
        list(hearing.blocks(to_mulaw(pcm[start : start + 700])))
    return [word.text for word in hearing.words]


def complete(hearing: Hearing) -> bool:
    return hearing.complete


def test_a_turn_of_known_length_survives_its_pauses() -> None:
    hearing = Hearing([Turn("one two three four", seconds=2.0), Turn("five")], "mulaw", 8000)
    assert hear(hearing, sound(0.8)) == ["one"]
    assert hear(hearing, sound(0.4, loud=False)) == ["one", "two"]
    assert not complete(hearing)
    assert hear(hearing, sound(0.8)) == ["one", "two", "three", "four"]
    hear(hearing, sound(0.6, loud=False))
    assert complete(hearing)
    hear(hearing, sound(0.5))
    assert hear(hearing, sound(0.2, loud=False)) == ["five"]


def test_linear_sound_at_another_rate_is_heard_as_well() -> None:
    hearing = Hearing([Turn("one two")], "linear16", 16000)
    list(hearing.blocks(np.repeat(np.concatenate((sound(1.0), sound(0.2, loud=False))), 2).astype("<i2").tobytes()))
    assert complete(hearing)
    assert hearing.words[-1].end == pytest.approx(1.0, abs=0.05)


def test_an_unknown_encoding_is_refused() -> None:
    with pytest.raises(ValueError, match="opus"):
        Hearing([Turn("one")], "opus", 8000)
