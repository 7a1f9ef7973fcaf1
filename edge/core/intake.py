"""The caller's sound as it comes in, and the call's time with it: cut into frames and into windows for voice detection.

A call's time is the audio that was received of it. In a short gap of the network time stands still, and no pause is
heard; in a long one silence is put in place of what does not come, so that time goes on. ``now`` is seconds of any
steady clock.
"""

from edge.core.audio import FRAME, FRAME_SECONDS, RATE, SILENCE, AudioFrame, Sound, joined

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
        self._size = window
        self._frames = 0
        self._put = self._put_before = 0
        """Frames of silence put in the place of audio that did not come: since the last that came, and before that."""
        self._rest: Sound = b""
        """What is short of a frame."""
        self._held: Sound = b""
        """What was not yet looked at."""

    @property
    def at(self) -> float:
        """Seconds of call audio received."""
        return self._frames * FRAME_SECONDS

    def too_fast(self, now: float) -> bool:
        """Whether so much more audio has come than time has passed that the next is to be dropped."""
        came = (self._frames - self._put - self._put_before) * FRAME_SECONDS
        return came - (now - self.began) > MOST_AHEAD

    def take(self, sound: Sound, now: float) -> list[AudioFrame]:
        """The caller's next sound, 8 kHz, of any length, which must not change any more: the frames it completes."""
        if self._put:
            self._put_before, self._put = self._put_before + self._put, 0
        self.came = now
        if len(self._rest):
            sound = joined((self._rest, sound))
        elif len(sound) == FRAME:
            return [self._frame(sound)]
        whole = len(sound) // FRAME * FRAME
        self._rest = sound[whole:]
        return [self._frame(sound[start : start + FRAME]) for start in range(0, whole, FRAME)]

    def silence(self, now: float) -> list[AudioFrame]:
        """Frames of silence in place of what should have come by now."""
        if now - self.came < STALLED:
            return []
        missing = int((now - self.came - STALLED) / FRAME_SECONDS) - self._put
        if missing <= 0:
            return []
        missing = min(missing, MOST_PUT)
        self._put += missing
        return [self._frame(SILENCE) for _ in range(missing)]

    def hush(self, seconds: float) -> list[AudioFrame]:
        """The line is gone, and what comes over it is silence: so much of it, at once."""
        frames = round(seconds / FRAME_SECONDS)
        self._put += frames
        return [self._frame(SILENCE) for _ in range(frames)]

    def window(self) -> Sound | None:
        """The next window, where one is complete."""
        if len(self._held) < self._size:
            return None
        window, self._held = self._held[: self._size], self._held[self._size :]
        return window

    def span(self) -> tuple[float, float]:
        """Seconds of call audio at which the window last taken begins and ends."""
        end = self.at - len(self._held) / RATE
        return max(0.0, end - self._size / RATE), max(0.0, end)

    def wall_of(self, at: float) -> float:
        """When this second of call audio came."""
        return self.came - (self.at - at)

    def _frame(self, sound: Sound) -> AudioFrame:
        self._held = joined((self._held, sound)) if len(self._held) else sound
        frame = AudioFrame(sound, self._frames * FRAME_SECONDS)
        self._frames += 1
        return frame
