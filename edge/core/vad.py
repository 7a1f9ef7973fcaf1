"""From probabilities of speech to its beginnings and ends: hysteresis, in seconds of call audio."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    """The caller began to make speech-like sound ``at`` seconds of call audio."""

    at: float


@dataclass(frozen=True, slots=True)
class SpeechStopped:
    """The caller's last speech-like sound ended ``at`` seconds of call audio."""

    at: float


@dataclass(frozen=True, slots=True)
class Hysteresis:
    """When probabilities count. Seconds are of call audio.

    Onset needs ``onset_seconds`` above ``onset``; the end needs ``release_seconds`` below ``release``. The release is
    just long enough to skip the stops inside words: whether the caller has finished is not decided here.
    """

    onset: float = 0.5
    release: float = 0.35
    onset_seconds: float = 0.064
    release_seconds: float = 0.128


class Voicing:
    """One caller's hysteresis: scores go in, at most one event comes out of each."""

    def __init__(self, rule: Hysteresis | None = None) -> None:
        self._rule = rule or Hysteresis()
        self.speaking = False
        self._since: float | None = None
        """Start of the run of scores that argues for a change."""

    def score(self, probability: float, start: float, end: float) -> SpeechStarted | SpeechStopped | None:
        """Take the probability of speech in [start, end]."""
        rule = self._rule
        for_change = probability < rule.release if self.speaking else probability >= rule.onset
        if not for_change:
            self._since = None
            return None
        if self._since is None:
            self._since = start
        needed = rule.release_seconds if self.speaking else rule.onset_seconds
        if end - self._since < needed - 1e-6:
            return None
        at, self._since = self._since, None
        self.speaking = not self.speaking
        return SpeechStarted(at) if self.speaking else SpeechStopped(at)
