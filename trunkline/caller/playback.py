"""The carrier's playback buffer: the edge fills it, the telephone plays it, 20 ms a tick. What is played is heard."""

from collections import deque

from edge.core.audio import FRAME, MULAW_SILENCE, RATE
from trunkline.caller.errors import CallerError

LONGEST = 300
"""Seconds of audio that the buffer holds."""


class Playback:
    """µ-law audio that waits to be played, and the marks in it."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._played = 0
        self._marks: deque[tuple[int, str]] = deque()

    @property
    def waiting(self) -> float:
        """Seconds of audio not yet played."""
        return len(self._buffer) / RATE

    def append(self, payload: bytes) -> None:
        """Add audio behind what waits.

        Raises:
            CallerError: ``buffer_full``; the edge runs too far ahead of real time.
        """
        if len(self._buffer) + len(payload) > LONGEST * RATE:
            raise CallerError(
                "buffer_full", f"The edge sent more than {LONGEST} seconds of audio ahead of its playing."
            )
        self._buffer += payload

    def mark(self, name: str) -> None:
        """Remember the mark at the end of what waits."""
        self._marks.append((self._played + len(self._buffer), name))

    def tick(self) -> tuple[bytes, list[str]]:
        """(the 20 ms that play now, the marks whose audio has played before it). Where nothing waits, silence."""
        passed = []
        while self._marks and self._marks[0][0] <= self._played:
            passed.append(self._marks.popleft()[1])
        frame = bytes(self._buffer[:FRAME])
        del self._buffer[:FRAME]
        self._played += len(frame)
        return frame.ljust(FRAME, bytes([MULAW_SILENCE])), passed

    def clear(self) -> list[str]:
        """Throw away what waits; the marks in it, to be echoed now as the carrier does."""
        self._buffer.clear()
        names = [name for _, name in self._marks]
        self._marks.clear()
        return names
