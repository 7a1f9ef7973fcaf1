"""The caller's sound from RTP packets to 8 kHz frames: ordered, decoded, and concealed where it is lost.

aiortc's own way, a buffer of four to sixteen packets and a thread, adds 80 ms, and 200 ms more for the rest of the call
at the first loss. ``listen`` puts this in the buffer's place, so nothing of it is left but the bookkeeping for RTCP.
"""

import asyncio
from collections.abc import Callable
from typing import Any

import numpy as np
from aiortc import RTCRtpReceiver

from edge.core.audio import FRAME, RATE, Pcm
from edge.core.jitter import Jitter, Lost, Packet, Piece
from edge.webrtc.opus import LONGEST, Decoder, OpusError

CLOCK_RATIO = 48_000 // RATE
LARGEST = 1500
"""Bytes of a packet."""
LONGEST_PAUSE = RATE
"""Samples of silence put in where the sender left some out (DTX): a second."""
CONCEALED = 5
"""Packets in a row that are made up; after that the voice has faded, and silence is as good."""


class Hearing:
    """One caller's. ``hear`` takes the sound, ``count`` the name of a fault."""

    def __init__(self, hear: Callable[[Pcm], None], count: Callable[[str], None], clock: Callable[[], float]) -> None:
        self.jitter = Jitter()
        self._hear = hear
        self._count = count
        self._clock = clock
        self._decoder = Decoder()
        self._timer: asyncio.TimerHandle | None = None
        self._size = FRAME
        """Samples of the packet before."""
        self._after: int | None = None
        """The timestamp that comes next, where nothing is left out."""
        self._concealed = 0

    def listen(self, receiver: RTCRtpReceiver) -> None:
        """Take this receiver's packets from now on."""
        name = "_RTCRtpReceiver__jitter_buffer"
        if not hasattr(receiver, name):
            raise RuntimeError("aiortc's receiver has changed: its jitter buffer is not where it was.")
        setattr(receiver, name, self)

    def add(self, packet: Any) -> tuple[bool, None]:
        """In aiortc's words: a packet came; no picture is asked for, and no frame is handed out."""
        now = self._clock()
        if len(packet.payload) > LARGEST or not packet.payload:
            self._count("bad_packet")
        else:
            self._take(self.jitter.put(packet.sequence_number, packet.timestamp, packet.payload, now))
        return False, None

    def close(self) -> None:
        """No more of it."""
        self._hear = lambda pcm: None
        if self._timer:
            self._timer.cancel()

    def _take(self, pieces: list[Piece]) -> None:
        for piece in pieces:
            try:
                if isinstance(piece, Packet):
                    self._packet(piece)
                else:
                    self._lost(piece)
            except OpusError:
                self._count("bad_opus")
        self._arm()

    def _packet(self, packet: Packet) -> None:
        pcm = self._decoder.decode(packet.payload)
        if self._after is not None:
            left_out = ((packet.timestamp - self._after) & 0xFFFFFFFF) // CLOCK_RATIO
            if 0 < left_out <= 60 * RATE:
                self._hear(np.zeros(min(left_out, LONGEST_PAUSE), np.int16))
        self._after = packet.timestamp + len(pcm) * CLOCK_RATIO
        self._size, self._concealed = len(pcm), 0
        self._hear(pcm)

    def _lost(self, lost: Lost) -> None:
        self._concealed += 1
        size = min(self._size, LONGEST)
        if lost.following is not None:
            pcm = self._decoder.recover(lost.following, size)
        elif self._concealed <= CONCEALED:
            pcm = self._decoder.conceal(size)
        else:
            pcm = np.zeros(size, np.int16)
        if self._after is not None:
            self._after += len(pcm) * CLOCK_RATIO
        self._hear(pcm)

    def _arm(self) -> None:
        deadline = self.jitter.deadline
        if self._timer:
            self._timer.cancel()
            self._timer = None
        if deadline is not None:
            wait = max(0.0, deadline - self._clock())
            self._timer = asyncio.get_running_loop().call_later(wait, self._expire)

    def _expire(self) -> None:
        self._timer = None
        self._take(self.jitter.expire(self._clock()))
