"""Which of the original words each moment of synthesised audio belongs to."""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

Timed = tuple[str, float]
"""A word as it was read out, and the time at which it ends."""

_WORD = re.compile(r"\S+")


def word_ends(original: str, read: Sequence[Timed]) -> list[tuple[int, float]]:
    """For each word of ``original``: its last character's offset plus one, and when it has been read out.

    The words read out are others where a number or an abbreviation was spelt; between words that are in both, the time
    is shared by length.
    """
    words = [(match.end(), _key(match.group())) for match in _WORD.finditer(original)]
    ends: list[tuple[int, float]] = []
    now = 0.0
    matcher = SequenceMatcher(None, [key for _, key in words], [_key(word) for word, _ in read], autojunk=False)
    for kind, i1, i2, j1, j2 in matcher.get_opcodes():
        until = read[j2 - 1][1] if j2 > j1 else now
        if kind == "equal":
            ends += [(words[i1 + k][0], read[j1 + k][1]) for k in range(i2 - i1)]
        elif i2 > i1:
            ends += _shared(words[i1:i2], now, until)
        elif ends:
            ends[-1] = (ends[-1][0], until)
        now = until
    return ends


def _shared(words: Sequence[tuple[int, str]], start: float, end: float) -> list[tuple[int, float]]:
    total = sum(len(key) for _, key in words) or 1
    done, ends = 0, []
    for offset, key in words:
        done += len(key)
        ends.append((offset, start + (end - start) * done / total))
    return ends


def _key(word: str) -> str:
    return "".join(letter for letter in word.lower() if letter.isalnum())
