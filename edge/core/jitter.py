"""Packets of a caller's sound as the network brings them, put in order; what is lost is said to be lost.

Nobody listens to this sound through a loudspeaker: voice detection and recognition take it as it comes. So there is no
playout delay at all. A packet that is next goes on at once; only behind a gap is something held, until the missing
packet comes or is given up. How long that takes is learnt from packets that did come late, and forgotten again, so that
a bad minute of the network does not cost the rest of the call. ``now`` is seconds of any steady clock.
"""

from dataclasses import dataclass

FIRST_PATIENCE = 0.020
SHORTEST_PATIENCE = 0.010
LONGEST_PATIENCE = 0.080
"""Seconds that a gap is held open: at first, and between what limits it moves."""
FORGETTING = 5.0
"""Seconds in which the patience above the shortest halves, while nothing comes late."""
MARGIN = 1.25
"""What a late packet took, times this, is waited for the next."""
MOST_HELD = 32
"""Packets held behind a gap; more than that, and it is given up."""
LONGEST_GAP = 50
"""Packets missing at once, a second of sound, past which the stream is taken for a new one."""


@dataclass(frozen=True, slots=True)
class Packet:
    """The next packet. ``timestamp``: of its first sample, in the sender's clock."""

    payload: bytes
    timestamp: int
    came: float


@dataclass(frozen=True, slots=True)
class Lost:
    """A packet that did not come. ``following``: the one right behind it, which may hold a rough copy."""

    following: bytes | None


Piece = Packet | Lost


class Jitter:
    """One stream's."""

    def __init__(self) -> None:
        self.patience = FIRST_PATIENCE
        """Seconds that a gap is held open now."""
        self.deadline: float | None = None
        """When to call ``expire``; None while nothing is held."""
        self.lost = self.late = self.repeated = 0
        """Packets that never came, came too late to be used, came again."""
        self._next: int | None = None
        """The sequence number that goes on next, counted on past 16 bits."""
        self._held: dict[int, Packet] = {}
        self._gave_up: dict[int, float] = {}
        """Numbers given up, and when their gap was seen."""
        self._eased = 0.0
        """Up to when the patience has been forgotten."""

    def put(self, sequence: int, timestamp: int, payload: bytes, now: float) -> list[Piece]:
        """Take a packet, by its 16-bit number; what goes on now, in order."""
        self._ease(now)
        number = self._unwrapped(sequence)
        packet = Packet(payload, timestamp, now)
        if self._next is None or not -LONGEST_GAP <= number - self._next <= LONGEST_GAP:
            return self._anew(number, packet)
        if number < self._next:
            self._too_late(number, now)
            return []
        if number in self._held:
            self.repeated += 1
            return []
        if number == self._next and self._held:
            self._learn(now - self._since)
        self._held[number] = packet
        out = self._in_order(now)
        while len(self._held) > MOST_HELD:
            out += self._give_up(now)
        return out

    def expire(self, now: float) -> list[Piece]:
        """The deadline has passed: what is missing is lost."""
        out: list[Piece] = []
        while self.deadline is not None and now >= self.deadline - 1e-9:
            out += self._give_up(now)
        return out

    def _unwrapped(self, sequence: int) -> int:
        if self._next is None:
            return sequence
        return self._next + ((sequence - self._next + 0x8000) & 0xFFFF) - 0x8000

    def _anew(self, number: int, packet: Packet) -> list[Piece]:
        """The first packet, or one so far from the others that the sender has begun again."""
        held = [self._held[one] for one in sorted(self._held)]
        self._held.clear()
        self._gave_up.clear()
        self._next, self.deadline = number + 1, None
        return [*held, packet]

    def _in_order(self, now: float) -> list[Piece]:
        assert self._next is not None
        out: list[Piece] = []
        while packet := self._held.pop(self._next, None):
            out.append(packet)
            self._next += 1
        self.deadline = self._since + self.patience if self._held else None
        return out

    @property
    def _since(self) -> float:
        """Since when something is held: none is held longer than the patience, however many gaps are before it."""
        return min(packet.came for packet in self._held.values())

    def _give_up(self, now: float) -> list[Piece]:
        """Everything before the first packet that is held did not come."""
        assert self._next is not None
        first, since = min(self._held), self._since
        out: list[Piece] = []
        for number in range(self._next, first):
            self.lost += 1
            self._gave_up[number] = since
            out.append(Lost(self._held[first].payload if number == first - 1 else None))
        while len(self._gave_up) > MOST_HELD:
            del self._gave_up[next(iter(self._gave_up))]
        self._next = first
        return out + self._in_order(now)

    def _too_late(self, number: int, now: float) -> None:
        since = self._gave_up.pop(number, None)
        if since is None:
            self.repeated += 1
            return
        self.late += 1
        self._learn(now - since)

    def _learn(self, lateness: float) -> None:
        self.patience = min(LONGEST_PATIENCE, max(self.patience, lateness * MARGIN))

    def _ease(self, now: float) -> None:
        if self._eased:
            above = self.patience - SHORTEST_PATIENCE
            self.patience = SHORTEST_PATIENCE + above * 0.5 ** ((now - self._eased) / FORGETTING)
        self._eased = now
