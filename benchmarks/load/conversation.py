"""The conversation that every call has: four lines of recorded people, a tool among them, and one that interrupts."""

import base64
import json
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np

from benchmarks.vendors.hearing import LOUD
from benchmarks.vendors.latency import Latency
from benchmarks.vendors.script import Script, Turn
from edge.core.audio import FRAME, FRAME_SECONDS, Pcm, to_mulaw
from trunkline.caller.wav import load

RECORDINGS = Path(__file__).parents[2] / "tests" / "recordings"
LEAD = 2
"""Frames of the recording's own quiet before its first loud one."""
ENDPOINTING = 0.200
"""Seconds of silence that every system may wait before it takes a turn for ended; part of what is not overhead."""
GREETING = "Hello, this is Harbour Home Services. How can I help you?"
INSTRUCTIONS = "You answer the phone for Harbour Home Services. Speak in short, friendly sentences."
TOOL = "book_visit"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the caller. ``frames``: base64 of 160 µ-law bytes each, 20 ms; ``onset`` and ``end`` count them:
    the first loud one, and the first after the last loud one.

    ``over``: it is said over the agent's talk, so many seconds after that began; None waits for silence.
    """

    frames: tuple[str, ...]
    onset: int
    end: int
    tool: bool = False
    over: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class _Spoken:
    file: str
    turn: Turn
    over: float | None = None


_SPOKEN = (
    _Spoken(
        "turns/asterisk-number-not-answering.wav",
        Turn("The number is not answering.", "Sorry to hear that, I will look into it for you right away."),
    ),
    _Spoken(
        "turns/asterisk-vm-enter-num-to-call.wav",
        Turn(
            "Please enter the number you wish to call.",
            tool=TOOL,
            arguments={"service": "tap repair", "day": "Tuesday"},
            after="Of course, I am booking that for you now.",
        ),
    ),
    _Spoken(
        "turns/asterisk-check-number-dial-again.wav",
        Turn(
            "Please check the number and dial again.",
            "Certainly, let me explain how that works. First I look at the number that you gave me, and compare it "
            "with the one on file. Then I dial it again, and wait until somebody answers, which may take a while.",
        ),
    ),
    _Spoken(
        "turns/asterisk-all-circuits-busy-now.wav",
        Turn("All circuits are busy now.", "I see, in that case we call you back as soon as we can."),
        over=1.5,
    ),
)


def lines() -> list[Line]:
    """What the caller says, in order."""
    return [_line(spoken) for spoken in _SPOKEN]


def script() -> Script:
    """The same for the emulated vendors: what they hear and what they answer."""
    turns = []
    for spoken in _SPOKEN:
        said = _line(spoken)
        turns.append(replace(spoken.turn, seconds=(said.end - said.onset) * FRAME_SECONDS))
    return Script(turns)


def fixed(latency: Latency, *, tool: bool) -> float:
    """Seconds from a turn's last sound to the first of its reply that nobody but the vendors takes: the endpointing
    wait, the final words, the first token, the first audio; with a tool the tokens of its call and a second reply."""
    plain = ENDPOINTING + latency.hearing + latency.first_token + latency.first_audio
    if not tool:
        return plain
    arguments = next(json.dumps(dict(spoken.turn.arguments)) for spoken in _SPOKEN if spoken.turn.tool)
    chunks = 2 + -(-len(arguments) // 8)
    return plain + chunks * latency.token + latency.first_token


def hiss() -> tuple[str, ...]:
    """Frames of a quiet line, the same each time: a second of -76 dB."""
    noise = np.random.default_rng(8000).normal(0.0, 5.0, FRAME * 50).astype(np.int16)
    return _frames(noise)


@cache
def _line(spoken: _Spoken) -> Line:
    pcm = load(RECORDINGS / spoken.file)
    pcm = pcm[: len(pcm) // FRAME * FRAME]
    loud = np.flatnonzero(np.abs(pcm.astype(np.float32)).reshape(-1, FRAME).mean(axis=1) > LOUD)
    first, last = int(loud[0]), int(loud[-1])
    begin = max(0, first - LEAD)
    tool = spoken.turn.tool is not None
    return Line(_frames(pcm[begin * FRAME :]), first - begin, last + 1 - begin, tool, spoken.over)


def _frames(pcm: Pcm) -> tuple[str, ...]:
    return tuple(base64.b64encode(to_mulaw(pcm[at : at + FRAME])).decode() for at in range(0, len(pcm), FRAME))
