"""What one level of one system gave, and the figures in it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from benchmarks.figures import quantile

SATURATED = 1.0
"""Seconds of p95 overhead above which a system is saturated."""
FAILED = 0.05
"""Share of turns without an answer, or of calls that broke, from which on it is saturated too."""
LATE = 0.020
"""Seconds of p99 lateness of the callers' own ticker from which on a level was disturbed."""
NOISY = 0.100
"""Seconds of p95 overhead of the control group from which on it was, too."""
FLAT = 0.100
"""Seconds: a p95 overhead up to here has not doubled, however small it was at one call."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What the callers of one group met in the window. Seconds.

    ``plain``: overhead of turns without a tool; ``tool``: of those with one; both are voice to voice without what the
    vendors take. ``stops``: barge-in. ``unstopped``: interruptions that did not meet the agent talking, or a stop after
    which it went on. ``mute``: turns without an answer; ``early``: turns into which it talked.
    """

    plain: list[float] = field(default_factory=list)
    tool: list[float] = field(default_factory=list)
    stops: list[float] = field(default_factory=list)
    mute: int = 0
    early: int = 0
    calls: int = 0
    dropped: int = 0
    refused: int = 0
    gaps: float = 0.0
    talk: float = 0.0

    @property
    def overhead(self) -> list[float]:
        return self.plain + self.tool

    @property
    def turns(self) -> int:
        return len(self.plain) + len(self.tool) + self.mute


@dataclass(frozen=True, slots=True)
class Level:
    """One system under so many calls at once. ``cpu``: seconds a call-minute. Memory in bytes: before the first call,
    and at the end of the window. ``control``: the floor's calls on the other core meanwhile. ``late``: p99 of the
    callers' own ticker, ``harness``: share of its core that the harness took."""

    system: str
    calls: int
    seconds: float
    sample: Sample
    control: Sample
    cpu: float
    busy: float
    """Share of its core that the system took."""
    memory_before: int
    memory_during: int
    late: float
    harness: float
    faults: list[str] = field(default_factory=list)
    """Why calls ended that did not end well, some of them."""
    day: str = ""

    @property
    def disturbed(self) -> bool:
        """Whether the machine or the harness was too busy with other things for its tail to be trusted."""
        control = self.control.overhead
        return self.late > LATE or (len(control) > 2 and quantile(control, 0.95) > NOISY)

    @property
    def saturated(self) -> bool:
        """Whether it was past what it can carry."""
        sample = self.sample
        if not sample.overhead:
            return True
        failed = sample.mute > FAILED * sample.turns or sample.dropped > FAILED * max(1, sample.calls)
        return failed or quantile(sample.overhead, 0.95) > SATURATED


def doubled(level: Level, alone: Level) -> bool:
    """Whether p95 overhead is twice what it was at one call, and more than ``FLAT``."""
    if level.saturated:
        return True
    return quantile(level.sample.overhead, 0.95) > max(FLAT, 2 * quantile(alone.sample.overhead, 0.95))


def before_doubling(levels: Sequence[Level]) -> int:
    """The most calls of a level whose p95 overhead, and that of all smaller ones, has not doubled; 0 where none."""
    most = 0
    for level in sorted(levels, key=lambda one: one.calls):
        if doubled(level, min(levels, key=lambda one: one.calls)):
            break
        most = level.calls
    return most


def memory_a_call(levels: Sequence[Level]) -> float | None:
    """Bytes for each further call: the slope from the smallest level to the largest that was not saturated."""
    fit = sorted((level for level in levels if not level.saturated), key=lambda one: one.calls)
    if len(fit) < 2:
        return None
    first, last = fit[0], fit[-1]
    return (last.memory_during - first.memory_during) / (last.calls - first.calls)
