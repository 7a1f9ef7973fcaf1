"""The agent's voice on its way to a browser: one Opus packet every 20 ms, silence between replies.

The stream never stops, so the far end's buffer stays as it is, a listener can tell a dead line within a second, and
each frame has a known place in the RTP clock: what the browser says it has played is known to the frame.
"""

import asyncio
from collections import deque
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
BEHIND = 0.1
"""Seconds of a stall of our own after which silence is left out rather than sent late."""
_SILENCE: Pcm = np.zeros(FRAME, np.int16)


class Voice(MediaStreamTrack):
    """The track that aiortc's sender reads: encoded packets, in real time."""

    kind = "audio"

    def __init__(self) -> None:
        super().__init__()
        self._encoder = Encoder()
        self._frames: deque[Pcm] = deque()
        self._marks: deque[tuple[int, str]] = deque()
        """Names, and the timestamp up to which must be played for each; in order."""
        self._due: float | None = None
        self._timestamp = 0
        """Of the next packet, without the sender's random origin."""
        self._origin: int | None = None
        self._sender: RTCRtpSender | None = None

    def sent_by(self, sender: RTCRtpSender) -> None:
        """This is who sends it."""
        self._sender = sender

    def put(self, pcm: Pcm) -> None:
        """Append 20 ms of the agent."""
        if len(self._frames) < MOST_WAITING:
            self._frames.append(pcm)

    def mark(self, name: str) -> None:
        """Remember that ``name`` is reached when everything put so far has been played."""
        self._marks.append((self._timestamp + STEP * len(self._frames), name))

    def clear(self) -> None:
        """Throw away what was not sent, and its marks."""
        self._frames.clear()
        while self._marks and self._marks[-1][0] > self._timestamp:
            self._marks.pop()

    def reached(self, rtp: int) -> list[str]:
        """The names that are reached when the packet with this RTP timestamp has been played."""
        if self._origin is None:
            return []
        played = (rtp - self._origin + STEP) & 0xFFFFFFFF
        if not 0 < played <= self._timestamp & 0xFFFFFFFF:
            return []  # None that was sent: whoever says so is not believed.
        names = []
        while self._marks and self._marks[0][0] <= played:
            names.append(self._marks.popleft()[1])
        return names

    async def recv(self) -> "Packet[Any]":
        """The next packet, when it is due."""
        await self._wait()
        packet = Packet(self._encoder.encode(self._frames.popleft() if self._frames else _SILENCE))
        packet.pts, packet.time_base = self._timestamp, Fraction(1, CLOCK)
        self._timestamp += STEP
        return packet

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
        elif now > self._due + BEHIND and not self._frames:
            missed = int((now - self._due) / FRAME_SECONDS)
            self._due += missed * FRAME_SECONDS
            self._timestamp += missed * STEP
