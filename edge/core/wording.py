"""The words a streaming recogniser has sent of one caller, by call time, and which of them belong to a question."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

EARLY = 0.10
"""Seconds by which a detector is late for a word's middle, at most; a word belongs where its middle is."""
PAUSE = 1.4
"""Silence, in seconds, that parts words nobody has asked for yet: longer than any that a turn is waited for in
(``Waits.longest``), or the second half of a telephone number would be taken for all of it."""
KEPT = 512
"""Words that are remembered."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word, in seconds of call audio."""

    text: str
    start: float
    end: float

    @property
    def middle(self) -> float:
        return (self.start + self.end) / 2


class Wording:
    """Final words, and those that may still be revised."""

    def __init__(self) -> None:
        self._final: deque[Word] = deque(maxlen=KEPT)
        self._open: tuple[Word, ...] = ()
        self._asked: float | None = None
        self.final_to = 0.0
        """Up to where words will not be revised, seconds of call audio."""
        self.heard_to = 0.0
        """Up to where the recogniser has heard."""
        self._told_to = 0.0

    def settle(self, words: Sequence[Word], upto: float) -> None:
        """These words are final, and so is the silence after them."""
        self._final.extend(words)
        self._open = ()
        self.final_to = max(self.final_to, upto)
        self.heard_to = max(self.heard_to, upto)

    def suppose(self, words: Sequence[Word], upto: float) -> None:
        """These words, after the final ones, may be revised."""
        self._open = tuple(words)
        self.heard_to = max(self.heard_to, upto)

    def ask(self, start: float) -> None:
        """The turn under way begins here."""
        self._asked = start

    def since(self, start: float) -> str:
        """The words from ``start`` on."""
        return " ".join(word.text for word in (*self._final, *self._open) if word.middle > start - EARLY)

    def latest(self) -> tuple[float, str]:
        """Where the turn under way begins, as far as is known, and its words; no words where there are none."""
        words = [*self._final, *self._open]
        if not words:
            return 0.0, ""
        first = len(words) - 1
        while first and words[first].start - words[first - 1].end < PAUSE:
            first -= 1
        if self._asked is not None and words[first].middle - PAUSE < self._asked < words[-1].middle + EARLY:
            return self._asked, self.since(self._asked)
        return words[first].middle, " ".join(word.text for word in words[first:])

    def stamp(self, upto: float) -> float:
        """The end of a transcript that covers ``upto``: later than that of any told before, so that it replaces it."""
        self._told_to = max(upto, self._told_to + 1e-3)
        return self._told_to
