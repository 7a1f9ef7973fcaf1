"""How a name is written, told by one of its letters: "Lopes with an s", "Miller with two l's", "with a z, not an s"."""

import re

from edge.dialogue.names import LETTERS, Found, find
from edge.dialogue.words import Words, join

_MANY = "an?|the|one|single|two|double"
_NAMED = rf"([a-z]|{'|'.join(sorted(LETTERS))})(?:'?e?s)?(?= |$)"
_LETTER = rf"(?:{_MANY}) {_NAMED.replace('(', '(?:', 1)}"
_TOLD = re.compile(
    rf"\b(?:spelled |spelt |written )?with (?:just |only )?({_LETTER}(?: and (?:with )?{_LETTER})*)"
    rf"(?: at the (?:end|beginning))?(?: (?:and )?not (?:with )?{_LETTER})?(?= |$)"
)
_EACH = re.compile(rf"\b({_MANY}) {_NAMED}")
_ALIKE = ("sz", "ck", "iy", "fp", "vw", "gj", "td", "mn", "ae", "eio", "ou", "kq", "sc", "ij")
"""Letters that are taken for each other, the likeliest first."""


def explained(words: Words, *, asked: bool, before: str | None) -> Found | None:
    """The name in words that tell of its letters; ``before`` put right where they name none."""
    text = join(words)
    told = _TOLD.search(text)
    if told is None:
        return None
    start = text[: told.start()].count(" ")
    rest = words[:start] + words[start + told[0].count(" ") + 1 :]
    found = find(rest, asked=asked) if rest else None
    if found is None and (before is None or not asked):
        return None
    parts = (found.value if found else str(before)).split()
    at = len(parts) - 1
    for many, said in _EACH.findall(told[1]):
        letter = LETTERS.get(said, said)
        at = max((at for at, part in enumerate(parts) if _near(part, letter) is not None), default=at)
        parts[at] = written(parts[at], letter, many)
    return Found(" ".join(parts), 0, len(words), parts[at])


def written(name: str, letter: str, many: str = "a") -> str:
    """A single name with this letter in the place of one that is taken for it, if there is any; doubled where ``many``
    is "two", once where it is "one"."""
    low = name.lower()
    near = _near(low, letter)
    if near is None:
        return name
    low = low[:near] + letter + low[near + 1 :]
    if many in ("two", "double") and 2 * letter not in low:
        low = low[:near] + letter + low[near:]
    if many in ("one", "single"):
        low = low.replace(2 * letter, letter)
    return name if low == name.lower() else low.capitalize()


def _near(name: str, letter: str) -> int | None:
    """Where the letter is in the name, or the last that is taken for it."""
    low = name.lower()
    if letter in low:
        return low.rindex(letter)
    rivals = (set(group) for group in _ALIKE if letter in group)
    places = ([at for at, one in enumerate(low) if one in group] for group in rivals)
    return next((at[-1] for at in places if at), None)
