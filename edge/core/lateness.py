"""How late a process is with what it has to do every few milliseconds, and whether that is too late for one call more.

Lateness is noted at every tick. Its 95th percentile over the last second or so, smoothed, is what callers begin to hear
as slow answers. Past ``Limits.late`` the process is late; it is in time again only once it has been below
``Limits.in_time`` for a while, so that it does not flap. Times are seconds of any steady clock.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds."""

    late: float = 0.040
    """Lateness, p95, past which no call more is taken. Playout is 60 ms ahead: past that, callers hear gaps."""
    in_time: float = 0.015
    """Lateness, p95, below which calls are taken again, after ``calm``."""
    calm: float = 3.0
    every: float = 0.25
    """How often the percentile is taken."""
    kept: int = 100
    """Ticks that it is taken of."""
    smoothing: float = 0.5
    """The part of the old value that stays."""


class Lateness:
    """One process's."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self.p95 = 0.0
        """Seconds, smoothed."""
        self.late = False
        self._ticks: list[float] = [0.0] * self.limits.kept
        self._next = 0
        self._due: float | None = None
        self._calm_since: float | None = None

    def note(self, late: float, now: float) -> bool:
        """A tick came ``late`` seconds after it was due. True where the percentile was taken anew."""
        self._ticks[self._next] = late
        self._next = (self._next + 1) % len(self._ticks)
        if self._due is None:
            self._due = now + self.limits.every
        if now < self._due:
            return False
        self._due = now + self.limits.every
        p95 = sorted(self._ticks)[int(0.95 * len(self._ticks))]
        self.p95 = self.limits.smoothing * self.p95 + (1 - self.limits.smoothing) * p95
        self._judge(now)
        return True

    def _judge(self, now: float) -> None:
        if self.p95 > self.limits.late:
            self.late, self._calm_since = True, None
        elif self.p95 > self.limits.in_time:
            self._calm_since = None
        elif self.late:
            self._calm_since = now if self._calm_since is None else self._calm_since
            self.late = now - self._calm_since < self.limits.calm
