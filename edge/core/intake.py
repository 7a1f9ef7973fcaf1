"""The caller's sound as it comes in, and the call's time with it: cut into frames and into windows for voice detection.

A call's time is the audio that was received of it. In a short gap of the network time stands still, and no pause is
heard; in a long one silence is put in place of what does not come, so that time goes on. ``now`` is seconds of any
steady clock.
"""

import numpy as np

from edge.core.audio import FRAME, FRAME_SECONDS, RATE, AudioFrame, Pcm, level_of

STALLED = 1.0
"""Seconds without audio from the caller after which silence is put in its place. Shorter gaps are the network's."""
MOST_AHEAD = 1.0
"""Seconds of audio that may come faster than real time before the rest is dropped."""
MOST_PUT = 50
"""Frames of silence put in at once: after a stall of our own, time is made up for step by step."""


class Intake:
    """One call's. ``window``: samples of 8 kHz audio that voice detection looks at together."""

    def __init__(self, window: int, now: float) -> None:
        self.came = self.began = now
        """When audio last came, and when the call began."""
        self.level = 0.0
        """How loud the window last taken was, dB of full scale."""
        self._size = window
        self._frames = 0
        self._put = self._put_before = 0
        """Frames of silence put in the place of audio that did not come: since the last that came, and before that."""
        self._rest: Pcm = np.empty(0, np.int16)
        """Samples short of a frame."""
        self._held: Pcm = np.empty(4 * window + FRAME, np.int16)
        """Samples not yet looked at, from ``_read`` to ``_end``."""
        self._read = self._end = 0

    @property
    def at(self) -> float:
        """Seconds of call audio received."""
        return self._frames * FRAME_SECONDS

    def too_fast(self, now: float) -> bool:
        """Whether so much more audio has come than time has passed that the next is to be dropped."""
        came = (self._frames - self._put - self._put_before) * FRAME_SECONDS
        return came - (now - self.began) > MOST_AHEAD

    def take(self, pcm: Pcm, now: float) -> list[AudioFrame]:
        """The caller's next sound, 8 kHz, of any length: the frames it completes."""
        if self._put:
            self._put_before, self._put = self._put_before + self._put, 0
        self.came = now
        if len(self._rest):
            pcm = np.concatenate((self._rest, pcm))
        elif len(pcm) == FRAME:
            return [self._frame(pcm)]
        whole = len(pcm) // FRAME * FRAME
        self._rest = pcm[whole:].copy()
        return [self._frame(pcm[start : start + FRAME]) for start in range(0, whole, FRAME)]

    def silence(self, now: float) -> list[AudioFrame]:
        """Frames of silence in place of what should have come by now."""
        missing = int((now - self.came - STALLED) / FRAME_SECONDS) - self._put
        if missing <= 0:
            return []
        missing = min(missing, MOST_PUT)
        self._put += missing
        return [self._frame(np.zeros(FRAME, np.int16)) for _ in range(missing)]

    def window(self) -> Pcm | None:
        """The next window, where one is complete; good until more audio is taken."""
        if self._end - self._read < self._size:
            return None
        window = self._held[self._read : self._read + self._size]
        self._read += self._size
        self.level = level_of(window)
        return window

    def span(self) -> tuple[float, float]:
        """Seconds of call audio at which the window last taken begins and ends."""
        end = self.at - (self._end - self._read) / RATE
        return max(0.0, end - self._size / RATE), max(0.0, end)

    def wall_of(self, at: float) -> float:
        """When this second of call audio came."""
        return self.came - (self.at - at)

    def _frame(self, pcm: Pcm) -> AudioFrame:
        if self._end + FRAME > len(self._held):
            self._make_room()
        self._held[self._end : self._end + FRAME] = pcm
        self._end += FRAME
        frame = AudioFrame(pcm, self._frames * FRAME_SECONDS)
        self._frames += 1
        return frame

    def _make_room(self) -> None:
        """Move what is not yet looked at to the front; where that is much, as after a burst, to a larger place."""
        waiting = self._held[self._read : self._end]
        if len(waiting) + FRAME > len(self._held) // 2:
            self._held = np.concatenate((waiting, np.empty(len(self._held) + len(waiting), np.int16)))
        else:
            self._held[: len(waiting)] = waiting.copy()
        self._read, self._end = 0, len(waiting)
