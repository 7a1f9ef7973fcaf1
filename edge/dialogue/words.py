"""What a recogniser wrote, as words; and how alike two words sound.

The recogniser's slips are of the ear ("dreams" for "drains"), so likeness is of sound first and of spelling second.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

LIMIT = 600
"""Characters of a turn that are looked at: about a minute of speech. What follows is not."""

_ASIDE = re.compile(r"[\[(<*{][^\[\](){}<>*]{0,60}[\])>*}]")
_MERIDIEM = re.compile(r"\b([ap])\.\s?m\b\.?", re.IGNORECASE)
_WORD = re.compile(r"\d++(?:[.,:]\d++)*+(?:(?:st|nd|rd|th)\b)?|[^\W\d_]++(?:'[^\W\d_]++)*+|[$€£+]", re.IGNORECASE)
_SPOKEN = str.maketrans({"’": "'", "‘": "'", "`": "'", "“": '"', "”": '"', "–": "-", "—": ", ", "…": ".", "_": " "})


@dataclass(frozen=True, slots=True)
class Word:
    """``text`` in lower case, ``raw`` as written, ``after`` the marks between it and the next word, without spaces."""

    text: str
    raw: str
    after: str = ""

    @property
    def ends(self) -> bool:
        """Whether a clause ends here."""
        return any(mark in self.after for mark in ".,;:!?")


Words = tuple[Word, ...]


def listen(text: str) -> Words:
    """The words of a turn; bracketed asides ("[laughter]"), symbols and all beyond LIMIT are left out."""
    text = unicodedata.normalize("NFKC", text[: 2 * LIMIT])[:LIMIT].translate(_SPOKEN)
    text = _MERIDIEM.sub(r"\1m ", _ASIDE.sub(" ", text))
    found = list(_WORD.finditer(text))
    ends = [match.start() for match in found[1:]] + [len(text)] * bool(found)
    return tuple(
        Word(match.group().lower(), match.group(), text[match.end() : end].replace(" ", ""))
        for match, end in zip(found, ends, strict=True)
    )


def join(words: Iterable[Word]) -> str:
    """The words in lower case with single spaces, for patterns to look at."""
    return " ".join(word.text for word in words)


STOPWORDS = frozenset(
    """a about actually again ah all also am an and any anybody anyone are as at be been but by can can't could did
    do does doesn't don't er for from get give go going good got had has have have hello hey hi how i i'd i'll
    i'm i've if in into is isn't it it's just know let let's like make maybe me mine my need needs no not now of
    oh ok okay on one or our out please put really right say see she should so some somebody someone something
    sorry sure take thank thanks that that's the their them then there there's they thing think this to too uh
    um up us want wanted wants was we we'd we'll we're we've well were what what's when which who will with
    without would yeah yes you you're your""".split()
)
"""Words that carry no subject of their own."""

CALENDAR = frozenset(
    """monday tuesday wednesday thursday friday saturday sunday today tomorrow tonight morning afternoon evening noon
    later sooner earlier week weekend month day date time""".split()
)
"""Words that are what they are: never slips of the ear for others, however alike ("Sunday", "send")."""


@lru_cache(maxsize=8192)
def stem(word: str) -> str:
    """The word without its commonest endings: "cleaning", "cleans" and "cleaned" are one."""
    word = word.removesuffix("'s")
    for ending in ("ings", "ing", "ers", "ed", "es", "er", "s", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            return word.removesuffix(ending)
    return word


_SOUNDS = str.maketrans("bpdtgkcqjzsfvmnlr", "PPTTKKKKJSSFFNNLR", "aeiouhwy'")
_SPELLINGS = (("tch", "j"), ("ch", "j"), ("sh", "j"), ("ph", "f"), ("ce", "se"), ("ci", "si"), ("gh", ""), ("x", "ks"))


@lru_cache(maxsize=8192)
def skeleton(word: str) -> str:
    """The consonants one hears, voiced and unvoiced alike, nasals alike, doubles once; a first vowel is kept as "A"."""
    first = "A" if word[:1] in "aeiou" else ""
    if word[:2] in ("wr", "kn"):
        word = word[1:]
    for spelling, sound in _SPELLINGS:
        word = word.replace(spelling, sound)
    heard = word.translate(_SOUNDS)
    return first + "".join(sound for at, sound in enumerate(heard) if at == 0 or sound != heard[at - 1])


@lru_cache(maxsize=16384)
def alike(one: str, other: str) -> float:
    """How likely the two are one word, 0..1: 1 the same, 0.95 but for the ending, 0.85 by sound or slip, 0.7 barely."""
    if one == other:
        return 1.0
    short, long = sorted((one, other), key=len)
    if len(short) < 3 or len(long) - len(short) > 4 or short.isdigit() or long.isdigit():
        return 0.0
    if one[-2:] != other[-2:] and one[0] != other[0] and one[0].translate(_SOUNDS) != other[0].translate(_SOUNDS):
        return 0.0
    if stem(one) == stem(other):
        return 0.95
    if len(short) >= 5 and long.startswith(short):
        return 0.9
    same = sounds_alike(one, other)
    if same and len(skeleton(one)) >= 3:
        return 0.85
    slips = (
        0
        if len(short) < 5 or (one[:2] != other[:2] and one[-2:] != other[-2:])
        else 2
        if len(long) >= 8 and len(short) >= 7
        else 1
    )
    if slips and distance(one, other, slips) <= slips:
        return 0.85
    return 0.7 if same and one[0] == other[0] else 0.0


def sounds_alike(one: str, other: str) -> bool:
    """One consonant for the other, endings aside, and no more than half of the letters different."""
    if abs(len(one) - len(other)) > 2 or skeleton(stem(one)) != skeleton(stem(other)):
        return False
    one, other = stem(one), stem(other)
    half = (max(len(one), len(other)) + 1) // 2
    return distance(one, other, half) <= half


def distance(one: str, other: str, limit: int) -> int:
    """Letters to insert, delete, change or swap with a neighbour; ``limit + 1`` where it is more than ``limit``."""
    if abs(len(one) - len(other)) > limit:
        return limit + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        older, before, row = before, row, [i]
        for j, b in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
    return row[-1]
