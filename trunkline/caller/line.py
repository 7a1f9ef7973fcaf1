"""The telephone line in call time: one frame each way a tick, the caller's speech and keys, and the recording. Pure."""

from collections import deque

import numpy as np

from edge.core.audio import FRAME, FRAME_SECONDS, RATE, Pcm, from_mulaw, to_mulaw
from trunkline.caller.playback import Playback
from trunkline.caller.wire import Stream

KEY_TICKS = 10
"""Ticks from one key to the next: 200 ms."""
_NOISE_RMS = 5.0
"""16-bit units: the hiss of a quiet line, -76 dB."""


def _comfort_noise() -> list[bytes]:
    """One second of hiss in frames; the same each time, so that calls can be compared."""
    noise = np.random.default_rng(8000).normal(0.0, _NOISE_RMS, RATE).astype(np.int16)
    return [to_mulaw(noise[at : at + FRAME]) for at in range(0, RATE, FRAME)]


def ticks(seconds: float) -> int:
    """The number of frames that cover so many seconds."""
    return round(seconds / FRAME_SECONDS)


class Line:
    """What the caller's telephone sends and plays.

    Frame *k* of either side belongs to call time ``k * 20 ms``. The caller's frame is sent when it is complete, at the
    tick after it, as a real line does; the agent's frame is heard from the tick at which it leaves the buffer.
    """

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self.playback = Playback()
        self._noise = _comfort_noise()
        self._plan: deque[bytes | str] = deque()
        self._caller: list[bytes] = []
        self._agent: list[bytes] = []

    @property
    def now(self) -> float:
        """Call time of the frame that comes next."""
        return len(self._caller) * FRAME_SECONDS

    @property
    def talking(self) -> bool:
        """Whether the caller's step is not yet over."""
        return bool(self._plan)

    def perform(self, pcm: Pcm, keys: str, wait: float) -> tuple[float, float]:
        """Begin a step: wait, speak, press keys. Returns (call time of the sound's first sample, of the last
        key, or of the sound's end where there is none)."""
        begins = self.now + ticks(wait) * FRAME_SECONDS
        self._pause(ticks(wait))
        padded = np.pad(pcm, (0, -len(pcm) % FRAME))
        self._plan.extend(to_mulaw(padded[at : at + FRAME]) for at in range(0, len(padded), FRAME))
        ends = self.now + len(self._plan) * FRAME_SECONDS
        for key in keys:
            self._plan.append(key)
            self._pause(KEY_TICKS)
        if keys:
            ends += (len(keys) - 1) * KEY_TICKS * FRAME_SECONDS
        return begins, ends

    def drop(self) -> None:
        """Forget what is left of the step."""
        self._plan.clear()

    def tick(self) -> tuple[Pcm, list[str]]:
        """Let 20 ms pass: (what the agent's side plays, the messages to send)."""
        messages = []
        if self._caller:
            messages.append(self.stream.media(self._caller[-1], (len(self._caller) - 1) * 20))
        heard, marks = self.playback.tick()
        messages += [self.stream.mark(name) for name in marks]
        while self._plan and isinstance(key := self._plan[0], str):
            messages.append(self.stream.dtmf(key))
            self._plan.popleft()
        frame = self._plan.popleft() if self._plan else b""
        assert isinstance(frame, bytes)
        self._caller.append(frame or self._noise[len(self._caller) % len(self._noise)])
        self._agent.append(heard)
        return from_mulaw(heard), messages

    def clear(self) -> list[str]:
        """The edge clears the buffer: the marks to echo."""
        return [self.stream.mark(name) for name in self.playback.clear()]

    def recording(self) -> tuple[Pcm, Pcm]:
        """(caller, agent), sample-aligned to call time, as they were on the line."""
        return from_mulaw(b"".join(self._caller)), from_mulaw(b"".join(self._agent))

    def _pause(self, count: int) -> None:
        self._plan.extend([b""] * count)
