"""The agent's voice on the line of one call: what is sent of its replies, what was heard, and silence in mid-sound.

A line that can fall silent at once stands still while it does. What had left for the caller by then and was not heard
is sent again, so that what is played is behind the clock from there on.
"""

from collections.abc import Callable, Iterator
from typing import Literal

from edge.core.playout import Finished, Frame, Mark, Playout, RanDry, Track
from edge.ports import Leg


class Speaker:
    """``clock`` is the loop's; times given are its seconds."""

    def __init__(self, leg: Leg, clock: Callable[[], float]) -> None:
        self._leg = leg
        self._clock = clock
        self._playout = Playout(marks=leg.marks)
        self._behind = 0.0
        """Seconds by which what is played is behind the clock."""
        self._stands: float | None = None
        """Since when the line stands still now, by playout's own clock."""

    @property
    def playing(self) -> str | None:
        """The reply that is being played."""
        return self._playout.playing

    @property
    def paused(self) -> bool:
        """Whether nothing is sent, for now."""
        return self._playout.paused

    @property
    def proof(self) -> Literal["mark", "clock"]:
        """By what it is known what was heard."""
        return self._playout.proof

    def open(self, reply: str, *, held: bool) -> Track:
        """Where this reply's audio goes; ``held``: until ``release`` none of it is played."""
        return self._playout.open(reply, held=held)

    def release(self, reply: str) -> None:
        """It may be played."""
        self._playout.release(reply)

    def tick(self, now: float) -> Iterator[Frame | RanDry | Finished]:
        """Send what is due; tells what was sent, and what ran dry or came to its end."""
        for output in self._playout.tick(self._played(now)):
            match output:
                case Mark(name):
                    self._leg.mark(name)
                case Frame(_, sound):
                    self._leg.play(sound)
                    yield output
                case _:
                    yield output

    def returned(self, mark: str) -> None:
        """The carrier sent a mark back."""
        self._playout.returned(mark)

    def heard(self, reply: str, now: float) -> int:
        """Characters of it that have been heard."""
        return self._playout.heard(reply, self._played(now))

    def pause(self) -> None:
        """Be silent, at once where the line can."""
        self._playout.paused = True
        if self._leg.pause():
            self._stands = self._played(self._clock())

    def resume(self) -> None:
        """Go on, at the very frame."""
        self._playout.paused = False
        if self._stands is not None:
            self._goes_on(self._stands - self._leg.resume())

    def cut(self, reply: str, *, begun: bool) -> int:
        """Throw the rest of this reply away; its characters that were heard. ``begun``: some of it may have been."""
        at = self._played(self._clock())
        sent = self._stands is not None or (begun and self._playout.in_flight(at))
        unheard = self._leg.clear() if sent else 0.0
        self._goes_on(at)
        return self._playout.cut(reply, at - unheard)

    def _played(self, now: float) -> float:
        """Playout's clock: it stands still while the line does."""
        return now - self._behind if self._stands is None else self._stands

    def _goes_on(self, at: float) -> None:
        """The line is not silent any more, and playout's clock goes on from here."""
        self._stands, self._behind = None, self._clock() - at
