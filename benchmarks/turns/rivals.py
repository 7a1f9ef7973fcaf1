"""Other rules on the same tracks: plain silence; and smart-turn v3.2 as Pipecat uses it, with a fallback."""

import importlib.util
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.turns.calls import Track
from benchmarks.turns.drive import voiced
from benchmarks.turns.endings import Case, Decision, Result, judged
from benchmarks.turns.fetched import pypi
from benchmarks.turns.models import Models
from benchmarks.turns.sound import Samples
from edge.core.audio import RATE, Pcm
from edge.core.vad import Hysteresis, SpeechStarted
from edge.speech.recogniser import upsampled

STOP = 0.200
"""Seconds of silence after which Pipecat's detector says that speech has stopped, and smart-turn is asked."""
BEFORE = 0.500
"""Seconds before the speech that smart-turn hears too."""
HEARS = 8.0
"""Seconds that smart-turn hears at most."""
INFERENCE = 0.046
"""Seconds of one inference on one thread."""


def silence(models: Models, tracks: Sequence[Track], seconds: float) -> Result:
    """A turn is over when the detector has heard nothing for this long."""
    rule = Hysteresis(release_seconds=min(Hysteresis().release_seconds, seconds))
    cases: list[Case] = []
    for track, scores in zip(tracks, models.scores([track.pcm for track in tracks]), strict=True):
        decided: list[Decision] = []
        due: float | None = None
        for known, event in [*voiced(scores, rule), (float("inf"), SpeechStarted(float("inf")))]:
            if due is not None and due < known:
                decided.append(Decision(due, due))
            due = None if isinstance(event, SpeechStarted) else max(known, event.at + seconds)
        cases += judged(track, decided)
    return Result(f"silence {1000 * seconds:.0f} ms", tuple(cases))


class SmartTurn:
    """The model and its front end, from Pipecat's wheel, of which nothing else is imported.

    Raises Missing where the wheel cannot be had.
    """

    def __init__(self, models: Models) -> None:
        import onnxruntime as ort

        folder = pypi("pipecat-ai==1.14.0", source=False) / "pipecat" / "audio" / "turn" / "smart_turn"
        options = ort.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._session = ort.InferenceSession(str(folder / "data" / "smart-turn-v3.2-cpu.onnx"), options)
        self._features = _module(folder / "_whisper_features.py").compute_whisper_log_mel_features
        self._models = models

    def complete(self, pcm: Pcm) -> float:
        """Belief, 0..1, that this is the whole of a turn."""
        import hashlib

        key = f"smart-turn-3.2 {hashlib.sha256(pcm.tobytes()).hexdigest()}"
        if (known := self._models.number(key)) is not None:
            return known
        audio: Samples = upsampled(pcm)[-int(HEARS * 2 * RATE) :]
        audio = np.pad(audio, (int(HEARS * 2 * RATE) - len(audio), 0))
        features = self._features(audio, do_normalize=True)[None].astype(np.float32)
        belief = float(self._session.run(None, {"input_features": features})[0].reshape(-1)[0])
        self._models.keep_number(key, belief)
        return belief

    def rule(self, tracks: Sequence[Track], fallback: float) -> Result:
        """Asked when speech has stopped; where it says unfinished, ``fallback`` seconds of silence end the turn."""
        cases: list[Case] = []
        for track, scores in zip(tracks, self._models.scores([track.pcm for track in tracks]), strict=True):
            cases += judged(track, self._decisions(track.pcm, voiced(scores, Hysteresis()), fallback))
        return Result(f"smart-turn v3.2, fallback {fallback:g} s", tuple(cases))

    def _decisions(self, pcm: Pcm, events: Sequence[tuple[float, Any]], fallback: float) -> list[Decision]:
        decided: list[Decision] = []
        began: float | None = None
        for (known, event), (until, _) in zip(events, [*events[1:], (float("inf"), None)], strict=True):
            if isinstance(event, SpeechStarted):
                began = event.at if began is None else began
                continue
            if began is None:
                continue
            asked = max(known, event.at + STOP)
            if asked >= until:
                continue
            heard = pcm[max(0, round((began - BEFORE) * RATE)) : round(asked * RATE)]
            ends = asked + INFERENCE if self.complete(heard) > 0.5 else event.at + fallback
            if ends < until:
                decided.append(Decision(ends, ends))
                began = None
        return decided


def at_mean(curve: Sequence[Result], mean: float) -> float:
    """The cut-ins of a family of rules, as it would be with this mean delay in seconds: straight lines between."""
    ordered = sorted(curve, key=lambda result: result.mean)
    return float(np.interp(mean, [result.mean for result in ordered], [result.cut_ins for result in ordered]))


def _module(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is not a module.")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
