"""The list of what was held out is one that can be played, and clips are read from archives as from folders."""

import wave
import zipfile
from pathlib import Path

import numpy as np
import pytest

from benchmarks.turns.fetched import Missing
from benchmarks.turns.heldout import PLACES, clips, listed
from benchmarks.turns.store import cache_folder
from edge.core.audio import RATE

TONE = (8000 * np.sin(2 * np.pi * 440 * np.arange(RATE) / RATE)).astype(np.int16)


def test_every_source_has_clips_and_none_is_listed_twice() -> None:
    assert all(listed().values())
    names = [f"{source} {name}" for source, names in listed().items() for name in names]
    assert len(names) == len(set(names)) > 100


@pytest.mark.parametrize(("source", "name"), [("warzone", "tutorial/tut1"), ("freedroid", "base/titles/GameLost")])
def test_a_clip_is_whole(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, source: str, name: str) -> None:
    monkeypatch.setenv("TRUNKLINE_CACHE", str(tmp_path))
    place = PLACES[source]
    folder = cache_folder() / "debian" / place.package
    clip = folder / place.clip.format(name)  # A WAV by its content: FFmpeg does not go by names.
    clip.parent.mkdir(parents=True)
    (folder / ".done").touch()
    with wave.open(str(clip), "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(RATE)
        wav.writeframes(np.tile(TONE, 6).tobytes())
    if place.archive is not None:
        (folder / place.archive).parent.mkdir(parents=True)
        with zipfile.ZipFile(folder / place.archive, "w") as archive:
            archive.write(clip, place.clip.format(name))
    [(read, samples)] = clips(source, [name])
    assert read == name
    np.testing.assert_allclose(samples, np.tile(TONE, 6) / 32768, atol=1e-4)


def test_without_the_package_it_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TRUNKLINE_CACHE", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Missing):
        next(clips("nexuiz", ["1-welcome"]))
