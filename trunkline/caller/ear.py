"""When the agent speaks, by the energy of its channel: the channel is clean, so sound is speech."""

from dataclasses import dataclass

import numpy as np

from edge.core.audio import RATE, Pcm

AUDIBLE = 100.0
"""RMS of a window, in 16-bit units, from which a person hears it: -50 dB of full scale."""
WINDOW = 40
"""Samples, 5 ms: how exactly a first sound is placed."""
GAP = 0.3
"""Seconds of silence that end an utterance."""
PAUSE = 0.6
"""Seconds of silence that part one time of speaking from the next, rather than one sentence from the next."""
LONGEST = 15.0
"""Seconds after which an utterance is handed on though the agent still speaks; recognition gets slow beyond."""
_BEFORE = 0.1
"""Seconds of sound kept ahead of an utterance: a soft first consonant lies below ``AUDIBLE``."""


@dataclass(frozen=True, slots=True)
class Onset:
    """The agent began to speak, ``at`` seconds of call time; ``fresh`` after a pause, not between two sentences."""

    at: float
    fresh: bool = True


@dataclass(frozen=True, slots=True)
class Utterance:
    """What the agent said without a pause; ``start`` and ``end`` are its first and last sound, in seconds."""

    pcm: Pcm
    start: float
    end: float


def loud_windows(pcm: Pcm, threshold: float = AUDIBLE) -> list[int]:
    """Where windows begin (in samples) whose RMS is above the threshold."""
    whole = pcm[: len(pcm) // WINDOW * WINDOW].reshape(-1, WINDOW).astype(np.float64)
    return [int(index) * WINDOW for index in np.flatnonzero(np.mean(whole * whole, axis=1) > threshold * threshold)]


def voiced_span(pcm: Pcm) -> tuple[int, int] | None:
    """(first, one past the last) voiced sample of a line, by energy; None where there is only silence or hiss.

    A file's end is not the speech's end: the threshold is 30 dB below its loud parts and above its noise floor.
    """
    whole = pcm[: len(pcm) // WINDOW * WINDOW].reshape(-1, WINDOW).astype(np.float64)
    if not len(whole):
        return None
    levels = np.sqrt(np.mean(whole * whole, axis=1))
    threshold = max(AUDIBLE, float(np.percentile(levels, 95)) * 10 ** (-30 / 20))
    quiet = float(np.percentile(levels, 5))
    loud = np.flatnonzero(levels > max(threshold, min(2.5 * quiet, float(levels.max()) / 2)))
    if not len(loud):
        return None
    return int(loud[0]) * WINDOW, (int(loud[-1]) + 1) * WINDOW


class Ear:
    """Takes the agent's channel as it is played, frame by frame, and finds its utterances."""

    def __init__(self) -> None:
        self._heard = 0
        self._recent = np.zeros(0, dtype=np.int16)
        self._frames: list[Pcm] = []
        self._start: float | None = None
        self._run_start = 0.0
        self.last_sound: float | None = None
        """Call time of the agent's last audible sample."""

    @property
    def now(self) -> float:
        """Seconds of call time heard."""
        return self._heard / RATE

    @property
    def speaking(self) -> bool:
        """Whether an utterance is under way (its closing gap included)."""
        return self._start is not None

    @property
    def speaking_for(self) -> float:
        """Seconds since the agent's speech under way began, pauses within it included; 0 where it is silent."""
        return self.now - self._run_start if self.speaking else 0.0

    @property
    def silent_for(self) -> float:
        """Seconds since the agent's last sound, or since the call began."""
        return self.now - (self.last_sound or 0.0)

    def so_far(self) -> Pcm:
        """The audio of the utterance under way."""
        return np.concatenate([np.zeros(0, dtype=np.int16), *self._frames])

    def hear(self, pcm: Pcm) -> list[Onset | Utterance]:
        """Take one frame; what began or ended with it."""
        found: list[Onset | Utterance] = []
        loud = loud_windows(pcm)
        began, before = self.now, self.last_sound
        self._heard += len(pcm)
        if loud:
            self.last_sound = began + (loud[-1] + WINDOW) / RATE
            if self._start is None:
                self._start = began + loud[0] / RATE
                self._frames = [self._recent]
                fresh = before is None or self._start - before >= PAUSE
                self._run_start = self._start if fresh else self._run_start
                found.append(Onset(self._start, fresh))
        if self._start is not None:
            self._frames.append(pcm)
            if self.silent_for >= GAP:
                found.extend(self._close())
            elif self.now - self._start > LONGEST and not loud:
                found.extend(self._close())
                self._start, self._frames = self.now, []
        self._recent = np.concatenate([self._recent, pcm])[-int(_BEFORE * RATE) :]
        return found

    def finish(self) -> list[Utterance]:
        """The utterance under way, if any, at the end of the call."""
        return self._close() if self.speaking else []

    def _close(self) -> list[Utterance]:
        assert self._start is not None
        assert self.last_sound is not None
        start, pcm = self._start, self.so_far()
        self._start, self._frames = None, []
        return [Utterance(pcm, start, self.last_sound)] if self.last_sound > start else []
