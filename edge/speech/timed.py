"""Audio that is cut where its words end, as far as a voice has told when that is."""

import re
from collections import deque
from collections.abc import Sequence

from edge.core.audio import RATE
from edge.speech.alignment import word_ends
from edge.speech.spoken import spoken

_SILENT = re.compile(r"[^\w\s]*")
"""Punctuation behind a word, which a voice may leave out of it."""


class Words:
    """Where in the audio each word of the text ends, whose numbers are read out in words of their own.

    Times count from ``begin`` samples before the text's own audio.
    """

    def __init__(self, text: str, begin: int) -> None:
        self._begin = begin
        self._text = spoken(text)
        read = [match.end() for match in re.finditer(r"\S+", self._text)]
        timed = [(word, float(end)) for word, end in zip(self._text.split(), read, strict=True)]
        self._told = [(until, chars) for chars, until in word_ends(text, timed)]
        """(offset in what is read, offset in the text that it brings the listener to), in order."""
        self._found = 0
        self._ends: deque[tuple[int, int]] = deque()

    def add(self, words: Sequence[str], ends: Sequence[float]) -> None:
        """Take words and when they end, in seconds. A word that is not in the text is skipped: the next one that is
        says as much."""
        for word, end in zip(words, ends, strict=False):
            at = self._text.find(word, self._found)
            if word and at >= 0:
                self._found = at + len(word)
                self._ends.append((int(end * RATE) - self._begin, self._reached()))

    def _reached(self) -> int:
        """How far in the text the words found so far bring the listener."""
        silent = _SILENT.match(self._text, self._found)
        assert silent is not None
        return max((chars for until, chars in self._told if until <= silent.end()), default=0)

    def cut(self, sound: bytes, played: int) -> list[tuple[bytes, int]]:
        """This audio, after ``played`` samples, in parts; and how many characters each part completes."""
        parts: list[tuple[bytes, int]] = []
        start = chars = 0
        while self._ends and self._ends[0][0] <= played + len(sound):
            sample, chars = self._ends.popleft()
            if sample - played > start:
                parts.append((sound[start : sample - played], chars))
                start = sample - played
        if start < len(sound):
            parts.append((sound[start:], chars))
        return parts
