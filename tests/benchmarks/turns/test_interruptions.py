"""Sounds over the agent, through the real core: a sentence takes the floor, and typing does not."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks.turns.interruptions import share, trials
from benchmarks.turns.material import LOUD, RECORDINGS
from benchmarks.turns.models import Models
from benchmarks.turns.overheard import Overheard
from benchmarks.turns.sound import Span, at_level, read, speech
from benchmarks.turns.sounds import made, typing
from edge.core.audio import RATE
from edge.core.manners import Manners


def test_a_sentence_takes_the_floor_and_typing_does_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRUNKLINE_CACHE", str(tmp_path))
    models = Models()
    samples = at_level(read(RECORDINGS / "turns" / "asterisk-vm-sorry.wav"), LOUD)
    spans = speech(samples)
    sentence = Overheard("sorry", "sentence", True, samples, Span(spans[0].start, spans[-1].end))
    keys = at_level(typing(np.random.default_rng(1)).astype(np.float32), -28.0)
    noise = Overheard("keys", "typing", False, keys, Span(0.0, 2.2))
    done = trials(models, [sentence, noise])
    models.close()
    assert [trial.taken for trial in done] == [True, False]
    assert done[0].stop is not None
    assert 0.0 < done[0].stop < 1.2
    assert done[1].cost == 0.0
    assert share("all", done).taken == 0.5


def test_laughter_of_which_words_are_made_takes_the_floor_only_from_who_does_not_know_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRUNKLINE_CACHE", str(tmp_path))
    models = Models()
    kind, samples, level = made()[23]
    laugh = Overheard(f"{kind} 23", kind, False, at_level(samples, level), Span(0.0, len(samples) / RATE))
    deaf = Manners(laughter=1.1, sure_laughter=1.1)
    done = [*trials(models, [laugh]), *trials(models, [laugh], deaf)]
    models.close()
    assert kind.startswith("laughter")
    assert [trial.taken for trial in done] == [False, True]
    assert 0.0 < done[0].longest < 0.5
    assert done[0].cost >= done[0].longest


def test_every_sound_is_made_the_same_each_time_and_is_audible() -> None:
    first, second = made(), made()
    for (kind, one, _), (_, other, _) in zip(first, second, strict=True):
        assert np.array_equal(one, other), kind
        assert np.abs(one).max() > 0.05, kind
