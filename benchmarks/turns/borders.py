"""Where in what is said a pause falls: in mid-clause, at a comma, or after a sentence that is finished.

Only the first can be told from words: what is said before a comma may well stand alone, and after a finished sentence
nobody knows whether another will come. What was put together is known; in what was recorded as one piece, the words
before the pause are found in its text, which has the punctuation of whoever wrote it down.
"""

import re
from collections.abc import Sequence
from typing import Literal

from benchmarks.turns.calls import Placed, Track
from benchmarks.turns.endings import Case
from benchmarks.turns.models import Models
from benchmarks.turns.sound import Span

Border = Literal["mid-clause", "comma", "finished"]

ALIKE: dict[str, Border] = {
    "sentence, then another": "finished",
    "unfinished, then more": "mid-clause",
    "number": "mid-clause",
}
"""The kinds of which all pauses are alike."""
AROUND = 0.1
"""Seconds of sound around the words that are looked for."""
_WORD = re.compile(r"[a-z0-9']+")


class Borders:
    """The pauses of these tracks."""

    def __init__(self, models: Models, tracks: Sequence[Track]) -> None:
        self._of: dict[tuple[str, int], Border] = {}
        for track in tracks:
            for placed in track.placed:
                for pause in placed.pauses:
                    self._of[_key(placed, pause)] = _border(models, track, placed, pause)

    def of(self, case: Case) -> Border | None:
        """Where the case's pause falls; None where it is an end."""
        return None if case.pause is None else self._of[_key(case.what, case.pause)]


def _key(placed: Placed, pause: Span) -> tuple[str, int]:
    return placed.what.name, round(100 * (pause.start - placed.at))


def _border(models: Models, track: Track, placed: Placed, pause: Span) -> Border:
    if (known := ALIKE.get(placed.what.kind)) is not None:
        return known
    start = placed.at + placed.what.spans[0].start - AROUND
    text = placed.what.text or models.words(track.pcm, start, placed.end + AROUND)
    return border_after(text, models.words(track.pcm, start, pause.start + AROUND))


def border_after(text: str, said: str) -> Border:
    """What is behind ``said`` in ``text``, of which a recogniser has heard it as the beginning."""
    words = text.split()
    place = _reaches([_plain(word) for word in words], _WORD.findall(said.lower()))
    last = words[place - 1].rstrip("\"')") if place else ""
    if last.endswith((".", "?", "!", ":", ";")):
        return "finished"
    return "comma" if last.endswith(",") else "mid-clause"


def _plain(word: str) -> str:
    return "".join(_WORD.findall(word.lower()))


def _reaches(words: Sequence[str], said: Sequence[str]) -> int:
    """How many of the words were said, by the least edit distance between what was said and a beginning of them."""
    row = [float(count) for count in range(len(words) + 1)]
    for heard in said:
        above, row = row, [row[0] + 1.0]
        for index, word in enumerate(words):
            differs = 0.0 if word == heard else 0.5 if word[:3] == heard[:3] else 1.0
            row.append(min(above[index] + differs, above[index + 1] + 1.0, row[index] + 1.0))
    return min(range(len(row)), key=lambda place: (row[place], place))
