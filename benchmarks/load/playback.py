"""The carrier's playback buffer, as a model: what arrives is played after what waits; marks come back when played.

No tick and no audio: times only. Seconds of whatever clock the caller uses. Pure.
"""

from collections import deque
from dataclasses import dataclass

import numpy as np

from edge.core.audio import RATE, from_mulaw

AUDIBLE = 250
"""16-bit magnitude above which a sample is heard."""
PAUSE = 0.4
"""Seconds of silence that part two stretches of sound."""

_QUIET = bytes(0 if quiet else 1 for quiet in np.abs(from_mulaw(bytes(range(256))).astype(int)) <= AUDIBLE)


@dataclass(slots=True)
class Stretch:
    """Sound without a pause in it. ``gaps``: seconds of silence inside, of audio that came too late or was silent."""

    start: float
    end: float
    gaps: float = 0.0


class Playback:
    """One call's buffer."""

    def __init__(self) -> None:
        self._ends = 0.0
        """When all that has come will have been played."""
        self._marks: deque[tuple[float, str]] = deque()
        self.stretches: list[Stretch] = []

    def append(self, payload: bytes, now: float) -> None:
        """µ-law audio arrives."""
        begins = max(now, self._ends)
        self._ends = begins + len(payload) / RATE
        heard = payload.translate(_QUIET)
        if (first := heard.find(1)) >= 0:
            self._heard(begins + first / RATE, begins + (heard.rfind(1) + 1) / RATE)

    def mark(self, name: str, now: float) -> None:
        """To be sent back when what came before it has been played."""
        self._marks.append((max(now, self._ends), name))

    def played(self, now: float) -> list[str]:
        """The marks to send back now."""
        names = []
        while self._marks and self._marks[0][0] <= now:
            names.append(self._marks.popleft()[1])
        return names

    def clear(self, now: float) -> list[str]:
        """What waits is thrown away; all its marks are to be sent back now."""
        self._ends = min(self._ends, now)
        while self.stretches and self.stretches[-1].start >= now:
            self.stretches.pop()
        if self.stretches:
            self.stretches[-1].end = min(self.stretches[-1].end, now)
        names = [name for _, name in self._marks]
        self._marks.clear()
        return names

    def sounding(self, now: float) -> bool:
        """Whether something audible is being played, or waits."""
        return bool(self.stretches) and self.stretches[-1].end > now

    @property
    def silent_from(self) -> float:
        """When the last sound ends; 0 where there was none."""
        return self.stretches[-1].end if self.stretches else 0.0

    def _heard(self, start: float, end: float) -> None:
        last = self.stretches[-1] if self.stretches else None
        if last is None or start - last.end >= PAUSE:
            self.stretches.append(Stretch(start, end))
        else:
            last.gaps += max(0.0, start - last.end)
            last.end = end
