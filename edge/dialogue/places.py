"""Where somebody is: an address in running words ("there's gas at 12 Harbor Street"), and what has nothing of one."""

import re

from edge.dialogue.numbers import SMALL, TENS, cardinal
from edge.dialogue.words import STOPWORDS, Words, join

_STREETS = frozenset(
    "street st road rd avenue ave lane ln drive boulevard blvd court terrace way place square highway crescent".split()
)
_WITHIN = frozenset("apartment apt flat floor unit suite number room".split())
_MOST = 4
"""Words between the number of a house and what the street is called at its end."""
_LEAD = re.compile(
    r"^(?:(?:it's|it is|that's|that is|(?:the|my|our) address is|(?:(?:i|we)(?: am| are| live)|i'm|we're)(?: \w+)? "
    r"(?:at|in|on|near|opposite)) )+"
)
_SENTENCE = re.compile(
    r"\b(?:i|i'm|i'll|we|we're|you|he|she|they|it|there|there's|what|why|is|are|was|has|have|do|can|not|an emergency|"
    r"\w+n't|please)\b"
)


def find(words: Words) -> tuple[int, int] | None:
    """From which word to which (excluded) an address goes: a number, the street, and which door, where that is said."""
    for at in range(len(words)):
        if not _number(words, at) or (at and _number(words, at - 1)):
            continue
        street = next((one for one in range(at, len(words)) if not _number(words, one)), len(words))
        for end in range(street + 1, min(street + 1 + _MOST, len(words))):
            if any(word.text in STOPWORDS or word.ends for word in words[street:end]):
                break
            if words[end].text in _STREETS:
                return at, _door(words, end + 1)
    return None


def _door(words: Words, end: int) -> int:
    """The end of what tells the door behind a street: "apartment 5", "second floor"."""
    rest = words[end : end + 3]
    within = next((at for at, word in enumerate(rest) if word.text in _WITHIN), None)
    if within is None or within > 1:
        return end
    numbered = within == 0 and end + 1 < len(words) and not words[end].ends
    return end + within + 1 + int(numbered)


def _number(words: Words, at: int) -> bool:
    text = words[at].text
    return text[:1].isdigit() or text in SMALL or text in TENS


def once(words: Words) -> Words:
    """The words without a number that is said by itself, and then once more with its street: "fourteen! 14 Harbor"."""
    first = cardinal(words, 0)
    again = cardinal(words, first[1]) if first and words[first[1] - 1].ends else None
    return words[first[1] :] if first and again and first[0] == again[0] else words


def likely(words: Words) -> bool:
    """Whether there is anything of an address in the words: a number, or a street."""
    return any(word.text[:1].isdigit() or word.text in _STREETS - {"way", "place", "drive"} for word in words) or bool(
        find(words)
    )


def sentence(words: Words) -> bool:
    """Whether the words tell something, as no address does: "I can't find it"."""
    return bool(_SENTENCE.search(_LEAD.sub("", join(words)))) and not likely(words)
