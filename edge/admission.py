"""Whether a process takes one call more. Those in progress go first: a call that would spoil theirs is refused.

There are two bounds: a number of calls, measured at the start or set, and the lateness of the loop, which knows about
everything else that keeps the machine busy. A webhook that is answered with "connect" has a place promised to it for
some seconds, so that a burst of webhooks is not told of the same place.
"""

from collections import deque
from typing import Literal

from edge.core.lateness import Lateness, Limits
from edge.metrics import Metrics

PROMISED = 5.0
"""Seconds for which a place is kept for a call whose webhook was answered; the carrier mostly takes less than one."""
MARGIN = 0.05
"""The part of the calls that must have gone before a full process calls itself ready again."""

Reason = Literal["draining", "full", "late"]
WHY: dict[Reason, str] = {
    "draining": "This edge is about to stop and takes no new calls; try another.",
    "full": "This edge carries its {calls} calls already; try another.",
    "late": "This edge is too busy for another call just now; try another.",
}


class Admission:
    """One process's. ``capacity``: calls that it carries at most."""

    def __init__(self, capacity: int, metrics: Metrics, limits: Limits | None = None) -> None:
        self.capacity = capacity
        self.calls = 0
        self.draining = False
        self.lateness = Lateness(limits)
        self._metrics = metrics
        self._promises: deque[float] = deque()
        """When each lapses."""
        self._full = False
        metrics.capacity.set(capacity)

    def tick(self, late: float, now: float) -> None:
        """The ticker came so many seconds late."""
        if self.lateness.note(late, now):
            self._metrics.loop_lag.set(self.lateness.p95)
            self._metrics.accepting.set(self.unready() is None)

    def count(self, calls: int) -> None:
        """So many calls are in progress now."""
        if calls > self.calls and self._promises:
            self._promises.popleft()
        self.calls = calls
        self._metrics.calls_active.set(calls)
        if calls >= self.capacity:
            self._full = True
        elif calls <= self.capacity - max(1, int(self.capacity * MARGIN)):
            self._full = False

    def refusal(self) -> Reason | None:
        """Why a call that is at the door now is not taken; None where it is."""
        if self.draining:
            return "draining"
        if self.calls >= self.capacity:
            return "full"
        return "late" if self.lateness.late else None

    def promise(self, now: float) -> Reason | None:
        """Keep a place for a call that comes in a moment; why not, where there is none."""
        if (reason := self.refusal()) is not None:
            return reason
        if self.calls + self.promised(now) >= self.capacity:
            return "full"
        self._promises.append(now + PROMISED)
        return None

    def promised(self, now: float) -> int:
        """Places that are kept."""
        while self._promises and self._promises[0] <= now:
            self._promises.popleft()
        return len(self._promises)

    def unready(self) -> Reason | None:
        """Why a load balancer had better send calls elsewhere; slower to change its mind than ``refusal``."""
        return self.refusal() or ("full" if self._full else None)

    def why(self, reason: Reason) -> str:
        """The refusal in a sentence."""
        return WHY[reason].format(calls=self.capacity)

    def refuse(self, reason: str) -> None:
        """A call was refused."""
        self._metrics.calls_refused.labels(reason).inc()
