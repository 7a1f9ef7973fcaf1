"""Turns that were taken for ended while the caller spoke, in no pause that is counted: no table of pauses has them.

They hang on how quickly a decode comes: on a quick machine the words are there before the voice detector knows that the
caller has gone on, or has only closed the lips.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.figures import quantile
from benchmarks.turns.calls import Track
from benchmarks.turns.drive import Drive
from benchmarks.turns.endings import Decision, decisions
from benchmarks.turns.models import Models, Pace
from edge.core.manners import Manners

JUST = 0.2
"""Seconds after a pause in which the caller has only just gone on."""
AUDIBLE = 0.1
"""Seconds of the agent's voice that anybody notices: it begins with a few hundredths of silence."""


@dataclass(frozen=True, slots=True)
class Within:
    """One such decision. ``since``: seconds for which the caller had been going on after a pause; None: they had not
    paused. ``heard``: seconds of the reply until it paused."""

    since: float | None
    heard: float


@dataclass(frozen=True, slots=True)
class Figures:
    """Of all turns of some calls."""

    turns: int
    found: tuple[Within, ...]

    @property
    def going_on(self) -> int:
        """Those in which the caller had only just gone on."""
        return sum(one.since is not None and one.since < JUST for one in self.found)

    @property
    def noticed(self) -> int:
        """Those in which the reply could be noticed."""
        return sum(one.heard >= AUDIBLE for one in self.found)

    def heard(self, part: float) -> float:
        """How long the replies were heard, at this quantile, in seconds."""
        return quantile([one.heard for one in self.found], part) if self.found else 0.0


def within(models: Models, laid: Sequence[Track], pace: Pace) -> Figures:
    """Play the calls to the core, with decodes that take so long."""
    found: list[Within] = []
    for track, scores in zip(laid, models.scores([track.pcm for track in laid]), strict=True):
        log = Drive(models, track.pcm, scores, Manners(), expects=track.expects, pace=pace).run()
        for decided in decisions(log):
            since = spoken_since(track, decided)
            if since is not None:
                heard = next((s.length for s in log.audible if s.end > decided.at and decided.audible is not None), 0.0)
                found.append(Within(since if since >= 0 else None, heard))
    return Figures(sum(len(track.placed) for track in laid), tuple(found))


def spoken_since(track: Track, decided: Decision) -> float | None:
    """For how long the caller had gone on since a pause; below 0 where none was before; None: they did not speak."""
    turn = next((placed for placed in track.placed if placed.at <= decided.at < placed.end), None)
    if turn is None or any(gap.start <= decided.at < gap.end for gap in turn.pauses):
        return None
    return min((decided.at - gap.end for gap in turn.pauses if gap.end <= decided.at), default=-1.0)
