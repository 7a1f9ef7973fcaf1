"""Sounds over the agent's speech: which took the floor, how soon the agent was silent, what false pauses cost."""

import random
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.figures import quantile
from benchmarks.turns.calls import GRID, LINE_NOISE
from benchmarks.turns.drive import Drive, Log, Replies
from benchmarks.turns.models import Models
from benchmarks.turns.overheard import Overheard
from benchmarks.turns.sound import Samples, telephone
from edge.core import events as do
from edge.core.audio import RATE, Pcm, level_of
from edge.core.manners import Manners
from edge.core.playout import LEAD

EARLIEST, LATEST = 1.6, 3.2
"""Seconds of the agent's speech after which the sound begins, at random."""
AFTER = 3.5
"""Seconds of line after the sound; the decision must have come by then."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One sound over the agent, and what became of it. Seconds."""

    what: Overheard
    taken: bool
    """The agent gave up the floor."""
    stop: float | None
    """From the natural onset until the agent was silent: the first pause, and the audio already sent."""
    again: float
    """Of an interruption: how long the agent could be heard again, between that and the decision, since it took the
    first words for a backchannel."""
    cost: float
    """Silence of the agent that turned out to be for nothing, as heard, of all its pauses."""
    longest: float
    """The longest of them."""
    decided: float | None
    """From the onset to the decision to give up the floor."""
    words: tuple[str, ...]
    """What the recogniser made of it until then."""


def trials(models: Models, sounds: Sequence[Overheard], manners: Manners | None = None) -> list[Trial]:
    """Each sound in a call of its own, over a reply that would go on for a minute.

    The caller has spoken before, as callers have by then: how loud they usually are is known.
    """
    placed = [_track(sound, zlib.crc32(f"{sound.kind} {sound.name}".encode())) for sound in sounds]
    usual = _usual([pcm for sound, (pcm, _) in zip(sounds, placed, strict=True) if sound.takes])
    scores = models.scores([pcm for pcm, _ in placed])
    out = []
    for sound, (pcm, onset), score in zip(sounds, placed, scores, strict=True):
        drive = Drive(
            models,
            pcm,
            score,
            manners or Manners(),
            Replies(greeting=60.0),
            expects=lambda at, profile=sound.profile: None if profile == "open" else profile,  # type: ignore[misc]
            usual=usual,
        )
        out.append(_trial(sound, onset, drive.run()))
    return out


def _usual(tracks: Sequence[Pcm]) -> float | None:
    """The level of the callers' voices in these tracks, of 32 ms windows within 12 dB of each one's loudest."""
    found = []
    for pcm in tracks:
        levels = [level_of(pcm[start : start + 256]) for start in range(0, len(pcm) - 255, 256)]
        found += [level for level in levels if level > max(levels) - 12]
    return float(np.median(found)) if found else None


def _track(sound: Overheard, seed: int) -> tuple[Pcm, float]:
    """The caller's side: silence, the sound, silence; and when the sound begins."""
    at = random.Random(seed).uniform(EARLIEST, LATEST)
    start = round(at / GRID) * GRID
    samples: Samples = np.zeros(int((start + len(sound.samples) / RATE + AFTER) * RATE), dtype=np.float32)
    first = round(start * RATE)
    samples[first : first + len(sound.samples)] = sound.samples
    noise = np.random.default_rng(seed).standard_normal(len(samples)) * 10 ** (LINE_NOISE / 20)
    return telephone((samples + noise).astype(np.float32)), start + sound.sound.start


def _trial(sound: Overheard, onset: float, log: Log) -> Trial:
    paused: float | None = None
    stop = decided = None
    cost = longest = again = 0.0
    resumed: float | None = None
    words: list[str] = []
    for done in log.done:
        match done.what:
            case do.Pause():
                again += done.at + LEAD - resumed if resumed is not None else 0.0
                paused, resumed = done.at, None
                stop = done.at + LEAD - onset if stop is None else stop
            case do.Resume() if paused is not None:
                cost += max(0.0, done.at - paused - LEAD)
                longest = max(longest, done.at - paused - LEAD)
                paused, resumed = None, done.at
            case do.Heard(text):
                words.append(text)
            case do.Flush():
                again += done.at + LEAD - resumed if resumed is not None else 0.0
                stop = done.at + LEAD - onset if stop is None else stop
                decided = done.at - onset
                break
            case _:
                pass
    return Trial(sound, decided is not None, stop, again, cost, longest, decided, tuple(words))


@dataclass(frozen=True, slots=True)
class Share:
    """Some trials of one kind in figures; seconds."""

    name: str
    count: int
    taken: float
    stop_p50: float
    stop_p95: float
    again: float
    """Part of those taken in which the agent was heard again before it gave up the floor."""
    again_p95: float
    """For how long, of all taken."""
    paused: float
    """Part of them that made the agent pause for nothing."""
    cost_p50: float
    cost_p95: float
    cost_most: float
    longest: float
    """The longest single pause of them."""


def share(name: str, some: Sequence[Trial]) -> Share:
    """Sums up. Stops are of those taken; costs of those that paused the agent and did not take the floor."""
    gave_up = [trial for trial in some if trial.taken]
    stops = [trial.stop for trial in gave_up if trial.stop is not None] or [float("nan")]
    again = [trial.again for trial in gave_up] or [float("nan")]
    costs = [trial.cost for trial in some if trial.cost > 0 and not trial.taken]
    padded = costs or [float("nan")]
    taken = sum(trial.taken for trial in some) / max(1, len(some))
    return Share(
        name,
        len(some),
        taken,
        quantile(stops, 0.50),
        quantile(stops, 0.95),
        sum(seconds > 0 for seconds in again) / len(again),
        quantile(again, 0.95),
        len(costs) / max(1, len(some)),
        quantile(padded, 0.50),
        quantile(padded, 0.95),
        max(padded),
        max((trial.longest for trial in some if trial.cost > 0 and not trial.taken), default=float("nan")),
    )


def shares(all_of_them: Sequence[Trial], *, takes: bool) -> list[Share]:
    """By kind, then by source, then all."""
    some = [trial for trial in all_of_them if trial.what.takes is takes]
    kinds = sorted({trial.what.kind for trial in some})
    rows = [share(kind, [trial for trial in some if trial.what.kind == kind]) for kind in kinds]
    if takes:
        human = [trial for trial in some if "(human)" in trial.what.kind]
        rows.append(share("all human", human))
    else:
        voices = [t for t in some if t.what.kind.startswith(("backchannel", "mhm"))]
        rows.append(share("all backchannels", voices))
        rows.append(share("all but backchannels", [t for t in some if t not in voices]))
    return [*rows, share("all", some)]
