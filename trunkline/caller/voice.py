"""The caller's lines as sound: the built-in voice for text, WAV files as they are; all made before the call."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from edge.core.audio import RATE, Pcm
from trunkline.caller import wav
from trunkline.caller.ear import voiced_span
from trunkline.caller.script import Script, Step

if TYPE_CHECKING:
    from trunkline.caller.recogniser import Recogniser

_PEAK = 0.5
"""Of full scale: how loud the built-in voice speaks."""
_MARGIN = int(0.08 * RATE)
"""Samples kept before and after the words."""


@dataclass(frozen=True, slots=True)
class Words:
    """One line: its text, its sound, and its (first, one past last) voiced sample, None where it has none."""

    text: str
    pcm: Pcm
    voiced: tuple[int, int] | None


async def prepare(script: Script, recogniser: "Recogniser | None") -> dict[Step, Words]:
    """The sound of every step that has one.

    Raises:
        CallerError: a WAV file cannot be read.
    """
    steps = [step for step in (*script.lines, *script.answers) if step.say or step.play]
    played = {step: await asyncio.to_thread(wav.load, step.play) for step in steps if step.play}
    prepared = await asyncio.to_thread(_spoken, [step for step in steps if step.say])
    for step, pcm in played.items():
        text = (
            step.text
            or (await recogniser.words(pcm) if recogniser else "")
            or f"({step.play.name if step.play else ''})"
        )
        prepared[step] = Words(text, pcm, voiced_span(pcm))
    return prepared


@lru_cache(maxsize=256)
def synthesise(text: str) -> Pcm:
    """The text in the built-in voice, 8 kHz, telephone band. Blocks; the first call ever takes about a second.

    What was said before is remembered; do not write into it.
    """
    engine = _engine()
    sound = np.asarray(engine(text, seed=1), dtype=np.float64)
    narrow = wav.telephone_band(wav.resample(sound, engine.sample_rate, RATE), RATE)
    loudest = float(np.abs(narrow).max()) if len(narrow) else 0.0
    return _trimmed(wav.to_pcm(narrow * (_PEAK / loudest) if loudest else narrow))


def _trimmed(pcm: Pcm) -> Pcm:
    """Without the third of a second of silence that the voice puts around its words."""
    span = voiced_span(pcm)
    return pcm[max(0, span[0] - _MARGIN) : span[1] + _MARGIN] if span else pcm


def _spoken(steps: Iterable[Step]) -> dict[Step, Words]:
    prepared = {}
    for step in steps:
        assert step.say
        pcm = synthesise(step.say)
        prepared[step] = Words(step.say, pcm, voiced_span(pcm))
    return prepared


@cache
def _engine() -> Any:
    """The voice, loaded once."""
    from hibari import Hibari  # loads onnxruntime; a caller who only plays files does without

    return Hibari()
