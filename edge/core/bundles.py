"""While a caller is silent, their audio goes to a vendor in larger pieces: 20 ms cost as much to send as 100.

A frame that is not quiet goes out at once, with what was held; so words are heard no later. A vendor that refuses
such short messages gets it with the next few.
"""

from edge.core.audio import FRAME, codes_up_to

QUIET = 132
"""Magnitude of 16-bit samples, -48 dB of full scale, up to which all of a quiet frame's are."""
AWAKE = 50
"""Quiet frames, a second, before anything is held: until then somebody waits for the end of a turn."""
HELD = 5
"""Frames in a piece."""

_CODES = codes_up_to(QUIET)


class Bundles:
    """One call's audio on its way out, µ-law. ``least``: frames in the smallest piece that the vendor takes."""

    def __init__(self, least: int = 1) -> None:
        self._least = least
        self._quiet = 0
        self._held: list[bytes] = []

    @property
    def held(self) -> int:
        """Samples that wait."""
        return len(self._held) * FRAME

    def add(self, mulaw: bytes) -> bytes:
        """Take a frame; what is to go out now, which may be nothing."""
        self._quiet = 0 if mulaw.translate(None, _CODES) else self._quiet + 1
        self._held.append(mulaw)
        return self.rest() if self._quiet <= AWAKE or len(self._held) >= HELD else b""

    def rest(self) -> bytes:
        """All that waits, to go out now; nothing where it is too little."""
        if len(self._held) < self._least:
            return b""
        held, self._held = self._held, []
        return b"".join(held)
