"""What is said not to be, in its own clause only: "it's no emergency", "not a drip, it's a flood"."""

import re
from functools import lru_cache

from edge.dialogue.words import STOPWORDS, Word, Words, join

_DENIES = re.compile(
    r"(?:^|\s)(?P<no>no|not|nothing|never|without|cannot|\w+n't)"
    r"(?: (?:think|believe|say|saying|mean)(?: that)?(?: (?:it's|it is|that's|that is|this is|there's|there is))?)?"
    r"(?P<between>(?: (?:a|an|the|any|any kind of|really|actually|exactly|very|so|too|that|all that|at all|such|quite|"
    r"big|real|smell|see|hear|have|got|had|be|been|even|need|want))*)"
    r"(?: (?P<kind>[a-z']+))?$"
)
"""The words before what is denied. A ``kind`` belongs to it: "no hot water", "no gas smell"."""


_URGENT = frozenset("emergency emergencies urgent urgently danger dangerous".split())


def denied(words: Words, at: int, *, answering: bool = False) -> bool:
    """Whether the word is said not to be. ``answering``: a "no" that opens the turn may be an answer, and denies none.

    Words that only may belong to a denial do not: "I can't stop the water" says that there is water.
    """
    begins = next((index + 1 for index in range(at - 1, -1, -1) if words[index].ends), 0)
    found = _DENIES.search(join(words[begins:at]))
    if found is None or (answering and begins + found.start() == 0 and found["no"] == "no"):
        return False
    if found["no"] == "no" and found["between"]:  # "No, the drain": an answer, whose comma was not heard.
        return False
    kinds = found["no"] == "no" or found["between"].endswith(" any")
    return found["kind"] is None or (kinds and found["kind"] not in STOPWORDS)


@lru_cache(maxsize=512)
def meant(words: Words) -> Words:
    """The same with nothing in the place of each word that is denied."""
    return tuple(blank(word) if denied(words, at, answering=True) else word for at, word in enumerate(words))


@lru_cache(maxsize=512)
def plain(words: Words) -> Words:
    """The same without words of urgency that are denied, in an answer too: "No emergency, I just want a service"."""
    return tuple(blank(word) if word.text in _URGENT and denied(words, at) else word for at, word in enumerate(words))


@lru_cache(maxsize=512)
def missing(words: Words) -> Words:
    """Only those words that are denied: of "I have no hot water" the "hot water"."""
    return tuple(word if denied(words, at) else blank(word) for at, word in enumerate(words))


def blank(word: Word) -> Word:
    """Nothing in the place of a word; a clause ends where it did."""
    return Word("", "", word.after)
