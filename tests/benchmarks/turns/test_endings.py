"""What counts as a cut-in, and as a delay; and one real recording through the real core."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks.turns.calls import FIRST, GRID, Placed, Track, tracks
from benchmarks.turns.endings import Decision, judged, ours, scaled
from benchmarks.turns.material import RECORDINGS, Utterance, utterance
from benchmarks.turns.models import Models
from benchmarks.turns.rivals import at_mean, silence
from benchmarks.turns.sound import Span, read
from edge.core.endpointing import Waits


def said(*spans: Span) -> Track:
    what = Utterance("it", "someone", "long", "One two.", np.zeros(1, np.float32), spans)
    return Track((Placed(what, 10.0),), np.zeros(160, np.int16))


PAUSED = said(Span(0.0, 1.0), Span(1.6, 2.5))


def test_a_reply_heard_before_the_speaker_goes_on_is_a_cut_in() -> None:
    pause, end = judged(PAUSED, [Decision(11.4, 11.5), Decision(13.0, 13.1)])
    assert pause.cut_in
    assert end.delay == pytest.approx(0.5)
    assert end.first_audio == pytest.approx(0.6)


def test_a_decision_whose_reply_was_never_heard_is_early_but_no_cut_in() -> None:
    pause, _ = judged(PAUSED, [Decision(11.4, None)])
    assert pause.too_early
    assert not pause.cut_in


def test_silence_in_the_pause_and_no_answer_at_the_end() -> None:
    pause, end = judged(PAUSED, [])
    assert not pause.too_early
    assert end.delay is None


def test_the_setting_scales_every_wait() -> None:
    slow = scaled(Waits(), 2.0)
    assert (slow.finished, slow.longest) == (2 * Waits().finished, 2 * Waits().longest)


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Models:
    monkeypatch.setenv("TRUNKLINE_CACHE", str(tmp_path))
    return Models()


def test_a_recorded_turn_is_answered_and_a_second_run_asks_no_model(models: Models) -> None:
    path = RECORDINGS / "turns" / "asterisk-vm-dialout.wav"
    one = utterance("dialout", "allison", "Please wait while I connect your call.", read(path))
    laid = tracks([one])
    steps = laid[0].placed[0].at / GRID
    assert steps == pytest.approx(round(steps))
    assert laid[0].placed[0].at >= FIRST
    first = ours(models, laid)
    assert [case.decision.text for case in first.at_ends if case.decision] == ["Please wait while I connect your call."]
    assert 0.1 < first.mean < 1.5
    computed = models.computed
    assert ours(models, laid) == first
    assert models.computed == computed
    slow = [silence(models, laid, seconds) for seconds in (0.4, 0.8)]
    assert slow[1].mean - slow[0].mean == pytest.approx(0.4, abs=0.03)
    assert at_mean(slow, slow[0].mean) == slow[0].cut_ins == 0.0
    models.close()
