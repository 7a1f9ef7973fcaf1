"""What comes of comparing a call with other rules: decisions alike, and points where they diverge."""

from dataclasses import dataclass, field
from typing import Literal

from trunkline.replay.decisions import Decision

Verdict = Literal["cut_in", "split", "spared", "joined", "taken", "kept", "other"]


@dataclass(frozen=True, slots=True)
class Matched:
    """A decision that both made. ``shift``: seconds by which today's comes later."""

    recorded: Decision
    today: Decision
    shift: float
    cut_in: float | None = None
    """After so many seconds the caller spoke on: both cut in. None where neither did."""


@dataclass(frozen=True, slots=True)
class Divergence:
    """A decision that only one of them made, or each in another way; and until when nothing can be said."""

    at: float
    verdict: Verdict
    recorded: Decision | None
    today: Decision | None
    gap: float | None = None
    """Seconds from the commit to the caller's next sound, where that is what it is about."""
    until: float | None = None
    """Seconds of the recording; None where it never was comparable again."""
    skipped: int = 0
    """Recorded decisions in between."""


@dataclass(slots=True)
class Outcome:
    """One call under other rules."""

    call: str
    decisions: int = 0
    """Recorded ones."""
    matched: list[Matched] = field(default_factory=list)
    divergences: list[Divergence] = field(default_factory=list)
