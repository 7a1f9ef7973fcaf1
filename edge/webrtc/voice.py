"""The agent's voice on its way to a browser: one Opus packet every 20 ms, silence between replies.

The stream never stops, so the far end's buffer stays as it is, a listener can tell a dead line within a second, and
each frame has a known place in the RTP clock: what the browser says it has played is known to the frame. So the
browser may fall silent at once, whatever its buffers hold: what it did not play is sent again when it is to go on.
"""

import asyncio
from collections import deque
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
from aiortc import MediaStreamTrack, RTCRtpSender
from av.packet import Packet

from edge.core.audio import FRAME, FRAME_SECONDS, Pcm
from edge.webrtc.opus import Encoder

CLOCK = 48_000
"""Hz of RTP timestamps, whatever rate Opus runs at."""
STEP = int(CLOCK * FRAME_SECONDS)
MOST_WAITING = 50
"""Frames that wait to be sent: a second. Playout keeps three."""
MOST_SENT = 100
"""Frames that are remembered until the browser says that it has played them: two seconds, after which playout believes
its clock rather than a browser."""
BEHIND = 0.1
"""Seconds of a stall of our own after which silence is left out rather than sent late."""
_SILENCE: Pcm = np.zeros(FRAME, np.int16)


@dataclass(slots=True)
class _Frame:
    pcm: Pcm
    marks: list[str] = field(default_factory=list)
    """Names that are reached when it has been played."""
    end: int = 0
    """The timestamp behind it, once it is sent."""


class Voice(MediaStreamTrack):
    """The track that aiortc's sender reads: encoded packets, in real time."""

    kind = "audio"

    def __init__(self) -> None:
        super().__init__()
        self._encoder = Encoder()
        self._frames: deque[_Frame] = deque()
        self._sent: deque[_Frame] = deque(maxlen=MOST_SENT)
        """What the browser has not said to have played, oldest first; no silence."""
        self._due: float | None = None
        self._timestamp = 0
        """Of the next packet, without the sender's random origin."""
        self._origin: int | None = None
        self._sender: RTCRtpSender | None = None
        self._late = 0
        """By so much the browser's loudspeaker was behind this line when it last told."""
        self._stopped: int | None = None
        """The timestamp up to which was heard before the caller's loudspeaker fell silent; None while it has not."""
        self._silent = 0
        """The timestamp of the first packet that was sent to no ear, at the last stop."""

    def sent_by(self, sender: RTCRtpSender) -> None:
        """This is who sends it."""
        self._sender = sender

    def put(self, pcm: Pcm) -> None:
        """Append 20 ms of the agent."""
        if len(self._frames) < MOST_WAITING:
            self._frames.append(_Frame(pcm))

    def mark(self, name: str) -> None:
        """Remember that ``name`` is reached when everything put so far has been played."""
        if frames := self._frames or self._sent:
            frames[-1].marks.append(name)

    def reached(self, rtp: int) -> list[str]:
        """The names that are reached when the packet with this RTP timestamp has been played."""
        played = self._played(rtp)
        if played is None:
            return []
        self._late = self._timestamp - played
        if self._stopped is not None:
            played = min(played, self._stopped)  # What the browser plays since then, nobody hears.
        names: list[str] = []
        while self._sent and self._sent[0].end <= played:
            names += self._sent.popleft().marks
        return names

    def _played(self, rtp: int) -> int | None:
        """What is behind that packet, by our timestamps."""
        if self._origin is None:
            return None
        back = (self._origin + self._timestamp - rtp - STEP) & 0xFFFFFFFF
        # None that was sent: whoever says so is not believed.
        return self._timestamp - back if back < self._timestamp else None

    # -- falling silent -----------------------------------------------------------------------------------------------

    def stop(self) -> None:
        """The caller's loudspeaker falls silent: nothing is sent but silence until ``go_on`` or ``clear``."""
        if self._stopped is None:
            self._silent, self._stopped = self._timestamp, self._timestamp - self._late

    def stopped_at(self, rtp: int) -> None:
        """The browser says with what packet it fell silent, which was a guess until now."""
        played = self._played(rtp)
        if self._stopped is not None and played is not None:
            self._stopped = played

    def go_on(self) -> float:
        """Send what was not heard, and then what waits; seconds of what had been sent unheard."""
        unheard = self._unheard()
        self._stopped = None
        for _ in range(unheard):
            self._frames.appendleft(self._sent.pop())
        return unheard * FRAME_SECONDS

    def clear(self) -> float:
        """Throw away what was not heard, and its marks; seconds of what had been sent unheard."""
        self.stop()
        unheard = self._unheard()
        self._stopped = None
        self._frames.clear()
        for _ in range(unheard):
            self._sent.pop()
        return unheard * FRAME_SECONDS

    def _unheard(self) -> int:
        """Frames that were sent before the loudspeaker fell silent, and not heard."""
        return sum(self._stopped is not None and frame.end > self._stopped for frame in self._sent)

    @property
    def audible(self) -> int | None:
        """The RTP timestamp of the packet from which on all is to be heard again: silence first, and then what is sent
        after the last stop. None before there was a packet."""
        return None if self._origin is None else (self._origin + self._silent) & 0xFFFFFFFF

    # -- sending ------------------------------------------------------------------------------------------------------

    async def recv(self) -> "Packet[Any]":
        """The next packet, when it is due."""
        await self._wait()
        packet = Packet(self._encoder.encode(self._next()))
        packet.pts, packet.time_base = self._timestamp, Fraction(1, CLOCK)
        self._timestamp += STEP
        return packet

    @property
    def _sounds(self) -> bool:
        return bool(self._frames) and self._stopped is None

    def _next(self) -> Pcm:
        if not self._sounds:
            return _SILENCE
        frame = self._frames.popleft()
        frame.end = self._timestamp + STEP
        self._sent.append(frame)
        return frame.pcm

    async def _wait(self) -> None:
        now = asyncio.get_running_loop().time()
        if self._due is None:
            self._due = now
            return
        if self._origin is None and self._sender is not None:
            # aiortc keeps its random origin to itself; the timestamp it sent last gives it away.
            last: int = self._sender._RTCRtpSender__rtp_timestamp  # type: ignore[attr-defined]
            self._origin = (last - (self._timestamp - STEP)) & 0xFFFFFFFF
        self._due += FRAME_SECONDS
        if now < self._due:
            await asyncio.sleep(self._due - now)
        elif now > self._due + BEHIND and not self._sounds:
            missed = int((now - self._due) / FRAME_SECONDS)
            self._due += missed * FRAME_SECONDS
            self._timestamp += missed * STEP
