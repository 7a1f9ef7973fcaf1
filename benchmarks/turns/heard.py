"""Words in history against words in the ear: the real playout towards a carrier that is made here, cut at random.

The ear's truth is the audio that the carrier played, and hibari's own times of the words in it; so what is measured is
playout, marks and history, not how well those times fit the sound.
"""

import random
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from benchmarks.turns.voices import spoken
from edge.core.audio import FRAME_SECONDS, RATE, Pcm, samples
from edge.core.conversation import AgentSaid
from edge.core.history import History, cut_to_words
from edge.core.playout import Frame, Mark, Playout
from edge.ports import Speech
from edge.providers.hibari import pieces
from edge.speech.spoken import sentences

TICK = 0.010
TEXTS = (
    "Your visit is booked for Tuesday the fourth of March at half past ten. Is there anything else I can do for you?",
    "I can offer you nine o'clock, eleven fifteen, or two in the afternoon. Which of these would suit you best?",
    "Let me read that back to you. It is 415 555 0137, and the amount comes to $45.50. Is that right?",
    "Thanks for calling Harbor Home Services. A plumber will ring you about twenty minutes before he arrives.",
)
ONE_WAY = (0.020, 0.080, 0.200)
"""Seconds from the edge to the ear, and as many back."""
JITTER = 0.030
"""Seconds that something takes longer at times, on a line that is not steady."""


@dataclass(frozen=True, slots=True)
class Line:
    """A reply as audio: what is played, and the sample at which each of its words has been said."""

    text: str
    speech: tuple[Speech, ...]
    ends: tuple[tuple[int, int], ...]
    """(offset after the word, sample)."""

    @property
    def seconds(self) -> float:
        return sum(len(piece.pcm) for piece in self.speech) / RATE


def line(text: str) -> Line:
    """Sentence by sentence, as the edge speaks it."""
    said: list[Speech] = []
    ends: list[tuple[int, int]] = []
    at = 0
    for start, end in sentences(text):
        sentence = spoken(text[start:end])
        said += [Speech(p.pcm, start + p.chars) for p in pieces(sentence.pcm, sentence.words, end - start)]
        ends += [(start + chars, at + sample) for chars, sample in sentence.words]
        at += len(sentence.pcm) // 2
    return Line(text, tuple(said), tuple(ends))


@dataclass(slots=True)
class Carrier:
    """Plays what arrives, sends marks back, and throws away what waits when told to clear. Times are the edge's."""

    one_way: float
    jitter: float = 0.0
    """Seconds that something takes longer at times; nothing overtakes anything."""
    chance: random.Random = field(default_factory=lambda: random.Random(7))
    played: int = 0
    """Samples that were heard."""
    returning: list[tuple[float, str]] = field(default_factory=list)
    _arriving: deque[tuple[float, Pcm | str | None]] = field(default_factory=deque)
    _waiting: deque[Pcm | str] = field(default_factory=deque)
    _busy_until: float = 0.0

    def send(self, now: float, what: Pcm | str | None) -> None:
        """A frame, a mark, or None: clear."""
        at = now + self.one_way + self.chance.uniform(0.0, self.jitter)
        self._arriving.append((max(at, self._arriving[-1][0]) if self._arriving else at, what))

    def run(self, now: float) -> None:
        """Everything up to now, in steps no longer than a frame."""
        while self._arriving and self._arriving[0][0] <= now + 1e-9:
            what = self._arriving.popleft()[1]
            if what is None:
                self._waiting.clear()
            else:
                self._waiting.append(what)
        while self._waiting and self._busy_until <= now + 1e-9:
            what = self._waiting.popleft()
            if isinstance(what, str):
                self.returning.append((max(now, self._busy_until) + self.one_way, what))
            else:
                self.played += len(what)
                self._busy_until = max(now - TICK, self._busy_until) + FRAME_SECONDS


@dataclass(frozen=True, slots=True)
class Cutting:
    """How replies are cut. ``marks``: the carrier sends them. ``weighed``: the agent paused first, as in a barge-in."""

    marks: bool
    weighed: bool
    one_way: float
    jitter: float = 0.0


@dataclass(frozen=True, slots=True)
class Compared:
    """One cut: words in history that were not heard (less than half of the word), words heard whole and missing."""

    not_heard: int
    missing: int


def cut(reply: Line, how: Cutting, chance: random.Random) -> Compared:
    """Play, cut at a random moment, compare."""
    playout, carrier = Playout(marks=how.marks), Carrier(how.one_way, how.jitter, random.Random(chance.random()))
    track = playout.open("r1")
    for piece in reply.speech:
        track.add(piece.pcm, piece.chars)
    track.finish()
    pause_at = chance.uniform(0.2, reply.seconds - 0.1)
    cut_at = pause_at + (chance.uniform(0.2, 1.0) if how.weighed else 0.0)
    now, chars = 0.0, -1
    while now < cut_at + 2 * how.one_way + 0.2:
        playout.paused = chars < 0 and how.weighed and now >= pause_at
        for at, name in [mark for mark in carrier.returning if mark[0] <= now + 1e-9]:
            carrier.returning.remove((at, name))
            playout.returned(name)
        if chars < 0 and now >= cut_at:
            in_flight = playout.in_flight(now)
            chars = playout.cut("r1", now)
            if in_flight:
                carrier.send(now, None)
        for output in playout.tick(now):
            match output:
                case Frame(_, sound, _):
                    carrier.send(now, samples(sound))
                case Mark(name):
                    carrier.send(now, name)
                case _:
                    pass
        carrier.run(now)
        now += TICK
    return _compare(reply, chars, carrier.played)


def _compare(reply: Line, chars: int, played: int) -> Compared:
    history = History()
    history.agent_said("r1", "turn", cut_to_words(reply.text, chars), interrupted=True)
    kept = sum(len(entry.text.split()) for entry in history.entries if isinstance(entry, AgentSaid))
    begins = [0, *(sample for _, sample in reply.ends)]
    whole = half = 0
    for begin, (offset, end) in zip(begins, reply.ends, strict=False):
        words = len(reply.text[:offset].split())
        whole = words if end <= played else whole
        half = words if (begin + end) / 2 <= played else half
    return Compared(max(0, kept - half), max(0, whole - kept))


def measure(how: Cutting, cuts: int, lines: Sequence[Line]) -> list[Compared]:
    """Many cuts; the same ones each time."""
    chance = random.Random(11)
    return [cut(lines[number % len(lines)], how, chance) for number in range(cuts)]


def ways() -> list[Cutting]:
    steady = [Cutting(m, w, way) for m in (True, False) for w in (True, False) for way in ONE_WAY]
    return [*steady, *(Cutting(m, w, 0.080, JITTER) for m in (True, False) for w in (True, False))]


def summary(compared: Sequence[Compared]) -> tuple[float, int, float, int]:
    """Not heard: part of the cuts with any, most words in one; missing: the same."""
    not_heard = np.array([one.not_heard for one in compared])
    missing = np.array([one.missing for one in compared])
    return float((not_heard > 0).mean()), int(not_heard.max()), float((missing > 0).mean()), int(missing.max())
