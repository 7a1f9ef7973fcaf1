"""From probabilities of speech to its beginnings and ends: hysteresis, in seconds of call audio."""

import math
from dataclasses import dataclass

from edge.core.audio import Sound, codes_up_to, level_of, samples

_FAINT = codes_up_to(40)
"""µ-law of samples so small that a window of nothing else is below -58 dB."""


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    """The caller began to make speech-like sound ``at`` seconds of call audio."""

    at: float


@dataclass(frozen=True, slots=True)
class SpeechStopped:
    """The caller's last speech-like sound ended ``at`` seconds of call audio."""

    at: float


@dataclass(frozen=True, slots=True)
class SpeechStirred:
    """Soon after the caller's last sound there is something ``at`` these seconds that may be speech again, or not."""

    at: float


@dataclass(frozen=True, slots=True)
class Hysteresis:
    """When probabilities count. Seconds are of call audio, levels in dB of full scale.

    Onset needs ``onset_seconds`` above ``onset``; the end needs ``release_seconds`` below ``release``. The release is
    just long enough to skip the stops inside words: whether the caller has finished is not decided here.
    """

    onset: float = 0.5
    release: float = 0.35
    onset_seconds: float = 0.064
    release_seconds: float = 0.096
    sure: float = 0.6
    """One window above this is an onset over the agent, where a stop must come at once, and just after a stop of the
    caller's, whose turn must not be taken for ended."""
    just: float = 0.75
    """Seconds after its end in which a sound is taken up again so."""
    stir: float = 0.05
    """A window above this, after one below, may be the beginning of a sound. Where the caller had just gone on when
    their turn was taken for ended, two in three of the last windows were; at true ends one in a hundred."""
    lately: float = 1.5
    """Seconds after the last sound in which that is of interest: longer than any turn's end is waited for."""
    aside: float = 9.0
    """Over the agent, sound that is quieter by this than the caller usually is, is not meant for it: side talk, a
    television, the agent's own echo."""
    voiced: float = 0.8
    """Windows above this tell how loud the caller usually is."""
    silence: float = -58.0
    """Below this nothing can be speech: a telephone's quietest step is at -72, its quietest talker near -45."""
    asleep: float = 0.2
    """Seconds of such silence, and of scores below ``unlikely``, after which the model need not be asked about more. Of
    27 onsets on recorded speech one came a window later for it, none was lost; after 0.64 s it is asked 20 % more."""
    unlikely: float = 0.1
    memory: float = 0.97
    """How much of the usual level each such window leaves as it was: about a second."""


class Voicing:
    """One caller's hysteresis: scores go in, at most one event comes out of each."""

    def __init__(self, rule: Hysteresis | None = None, usual: float | None = None) -> None:
        self._rule = rule or Hysteresis()
        self.speaking = False
        self._since: float | None = None
        """Start of the run of scores that argues for a change."""
        self._awake = 0.0
        """When there last was anything that could have been speech."""
        self._calm = True
        """Whether the last window was below ``stir``."""
        self._stopped = -math.inf
        """Where the last sound ended."""
        self._usual = usual
        """How loud the caller usually is, in dB of full scale; None until they have spoken."""

    def score(
        self, probability: float, start: float, end: float, level: float = 0.0, *, over_agent: bool = False
    ) -> SpeechStarted | SpeechStopped | SpeechStirred | None:
        """Take the probability of speech in [start, end], and its level; ``over_agent``: the agent has the floor."""
        rule = self._rule
        calm, self._calm = self._calm, probability < rule.stir
        stirs = calm and not self._calm and not over_agent and start - self._stopped <= rule.lately
        if changed := self._change(probability, start, end, level, over_agent):
            return changed
        return SpeechStirred(start) if stirs and not self.speaking else None

    def _change(
        self, probability: float, start: float, end: float, level: float, over_agent: bool
    ) -> SpeechStarted | SpeechStopped | None:
        """What this window makes of silence, or of speech; None: nothing else than it was."""
        rule = self._rule
        if level >= rule.silence or probability >= rule.unlikely:
            self._awake = end
        if self.speaking:
            changes = probability < rule.release
            if not over_agent and probability >= rule.voiced:
                self._learn(level)
        else:
            changes = probability >= rule.onset and not (over_agent and self._aside(level))
        if not changes:
            self._since = None
            return None
        if self._since is None:
            self._since = start
        at_once = over_agent or start - self._stopped <= rule.just
        sure = at_once and not self.speaking and probability >= rule.sure
        needed = rule.release_seconds if self.speaking else 0.0 if sure else rule.onset_seconds
        if end - self._since < needed - 1e-6:
            return None
        at, self._since = self._since, None
        self.speaking = not self.speaking
        if self.speaking:
            return SpeechStarted(at)
        self._stopped = at
        return SpeechStopped(at)

    @property
    def hushed(self) -> bool:
        """Whether the last window held no speech although the caller counts as speaking: a pause may have begun."""
        return self.speaking and self._since is not None

    def asleep(self, now: float, window: Sound) -> bool:
        """Whether this window, ending now, is silence after silence: then the model need not be asked about it."""
        return not self.speaking and now - self._awake > self._rule.asleep and self._silent(window)

    def _silent(self, window: Sound) -> bool:
        """Whether it is below ``silence``; of most windows of µ-law that is seen at a glance."""
        faint = isinstance(window, bytes) and not window.translate(None, _FAINT)
        return faint or level_of(samples(window)) < self._rule.silence

    def _aside(self, level: float) -> bool:
        return self._usual is not None and level < self._usual - self._rule.aside

    def _learn(self, level: float) -> None:
        memory = self._rule.memory
        self._usual = level if self._usual is None else memory * self._usual + (1 - memory) * level
