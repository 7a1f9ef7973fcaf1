"""Pauses and ends: what a rule decided in each, and what that comes to."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from benchmarks.figures import quantile
from benchmarks.turns.calls import Placed, Track
from benchmarks.turns.drive import Done, Drive, Log
from benchmarks.turns.models import Models
from benchmarks.turns.sound import Span
from edge.core import events as do
from edge.core.endpointing import Waits
from edge.core.manners import Manners

LATEST = 4.0
"""Seconds after an end until which an answer counts as one to it."""


ASKED_AGAIN = "asked again"
"""Why a turn was taken for ended whose words the agent had not caught."""


def scaled(waits: Waits, factor: float) -> Waits:
    """The aggressiveness setting: every wait times the factor."""
    return replace(waits, **{name: getattr(waits, name) * factor for name in Waits.__dataclass_fields__})


@dataclass(frozen=True, slots=True)
class Decision:
    """A turn was taken for ended. ``audible``: when the reply to it would be heard; None where it never was."""

    at: float
    audible: float | None
    why: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """One pause or one end, and what was decided in it."""

    what: Placed
    pause: Span | None
    """None: the utterance's true end."""
    decision: Decision | None
    cut_in: bool = False
    """The decision's reply was heard before the speaker went on."""
    too_early: bool = False
    """It was decided before the speaker went on, heard or not."""

    @property
    def delay(self) -> float | None:
        """Seconds from the true end to the decision."""
        return self.decision.at - self.what.end if self.decision and self.pause is None else None

    @property
    def first_audio(self) -> float | None:
        """Seconds from the true end to the reply's first audio."""
        heard = self.decision.audible if self.decision and self.pause is None else None
        return None if heard is None else heard - self.what.end


@dataclass(frozen=True, slots=True)
class Result:
    """All cases of one rule."""

    rule: str
    cases: tuple[Case, ...]

    def only(self, *kinds: str) -> "Result":
        return Result(self.rule, tuple(case for case in self.cases if case.what.what.kind in kinds))

    @property
    def in_pauses(self) -> list[Case]:
        return [case for case in self.cases if case.pause is not None]

    @property
    def at_ends(self) -> list[Case]:
        return [case for case in self.cases if case.pause is None]

    @property
    def cut_ins(self) -> float:
        """Part of the pauses, 0..1, in which the agent was heard before the speaker went on."""
        return sum(case.cut_in for case in self.in_pauses) / max(1, len(self.in_pauses))

    @property
    def too_early(self) -> float:
        return sum(case.too_early for case in self.in_pauses) / max(1, len(self.in_pauses))

    @property
    def unanswered(self) -> int:
        return sum(case.decision is None for case in self.at_ends)

    @property
    def delays(self) -> list[float]:
        """Of every answered end, in seconds."""
        return [case.delay for case in self.at_ends if case.delay is not None]

    @property
    def mean(self) -> float:
        return sum(self.delays) / max(1, len(self.delays))

    def delay(self, part: float) -> float:
        return quantile(self.delays, part) if self.delays else float("nan")


def ours(models: Models, tracks: Sequence[Track], factor: float = 1.0, manners: Manners | None = None) -> Result:
    """The real core, its waits times the factor."""
    manners = manners or Manners()
    manners = replace(manners, waits=scaled(manners.waits, factor))
    cases: list[Case] = []
    for track, scores in zip(tracks, models.scores([track.pcm for track in tracks]), strict=True):
        log = Drive(models, track.pcm, scores, manners, expects=track.expects).run()
        cases += judged(track, decisions(log))
    return Result(f"Trunkline ×{factor:g}" if factor != 1.0 else "Trunkline", tuple(cases))


def decisions(log: Log) -> list[Decision]:
    """Every Commit, and every time that the agent asked what was said; and when that was heard."""
    out = []
    for done in log.of(do.Commit, do.Say):
        match done.what:
            case do.Commit(reply, text=text, why=why):
                pass
            case do.Say(reply, "silence", text) if text == Manners().go_on:
                why = ASKED_AGAIN
            case _:
                continue
        over = min((o.at for o in log.of(do.Flush, do.Spoken) if _reply(o) == reply), default=float("inf"))
        heard = min((s.start for s in _after(log.audible, done.at) if s.start < over), default=None)
        out.append(Decision(done.at, heard, why, text))
    return out


def _reply(done: Done) -> str:
    return str(getattr(done.what, "reply", ""))


def _after(audible: Iterable[Span], at: float) -> Iterable[Span]:
    return (Span(max(span.start, at), span.end) for span in audible if span.end > at + 1e-6)


def judged(track: Track, decided: Sequence[Decision]) -> list[Case]:
    """Every pause and end of the track, with the decisions made in it."""
    cases: list[Case] = []
    for index, placed in enumerate(track.placed):
        following = track.placed[index + 1].at if index + 1 < len(track.placed) else float("inf")
        gaps = placed.pauses
        for gap, until in zip(gaps, [*(gap.start for gap in gaps[1:]), placed.end][: len(gaps)], strict=True):
            first = next((d for d in decided if gap.start <= d.at < until), None)
            early = first is not None and first.at < gap.end
            heard = first.audible if first else None
            cut_in = early and heard is not None and heard < gap.end
            cases.append(Case(placed, gap, first, cut_in=cut_in, too_early=early or first is not None))
        latest = min(following, placed.end + LATEST)
        cases.append(Case(placed, None, next((d for d in decided if placed.end <= d.at < latest), None)))
    return cases
