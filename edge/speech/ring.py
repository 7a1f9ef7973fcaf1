"""The last seconds of a caller's audio, by call time."""

import numpy as np

from edge.core.audio import RATE, AudioFrame, Pcm

MAX_TIME = 1e6
"""Seconds of call time, twelve days, beyond which a time is nonsense."""


class AudioRing:
    """Holds ``seconds`` of 8 kHz audio; what is older is gone, what was never fed is silence.

    Memory is taken as it is first written to, 16 kB a second.
    """

    def __init__(self, seconds: float = 60.0) -> None:
        self._samples = np.zeros(int(seconds * RATE), dtype=np.int16)
        self._end = 0
        """Call time just after the newest sample, in samples."""

    def feed(self, frame: AudioFrame) -> None:
        """Take a frame. A late one goes to its place if that is still held; a gap before it becomes silence."""
        if not 0 <= frame.at < MAX_TIME:
            return
        size = len(self._samples)
        pcm = frame.pcm[-size:]
        start = round(frame.at * RATE) + len(frame.pcm) - len(pcm)
        end = start + len(pcm)
        if start < self._end - size:
            return
        if start > self._end:
            self._put(max(self._end, start - size), np.zeros(min(start - self._end, size), dtype=np.int16))
        self._put(start, pcm)
        self._end = max(self._end, end)

    def cut(self, start: float, end: float) -> Pcm:
        """The samples in [start, end] seconds of call audio, as far as they are held; a copy."""
        size = len(self._samples)
        first = max(0, self._end - size, round(start * RATE))
        last = min(self._end, round(end * RATE))
        return self._samples[np.arange(first, last) % size] if first < last else np.zeros(0, dtype=np.int16)

    def _put(self, start: int, pcm: Pcm) -> None:
        at = start % len(self._samples)
        head = min(len(pcm), len(self._samples) - at)
        self._samples[at : at + head] = pcm[:head]
        self._samples[: len(pcm) - head] = pcm[head:]
