"""Numbers in what a caller says: how much of one that was asked for is there, and whether more of it follows."""

from collections.abc import Sequence

from edge.core.conversation import Profile
from edge.core.grammar import LEADS_ON, opened

OF_LENGTH: dict[int, Profile] = {3: "three_digits", 4: "four_digits", 5: "five_digits", 6: "six_digits"}
"""How a number is listened to of which it is known how many digits it has."""
_EXPECTED: dict[Profile, int] = {
    **{profile: length for length, profile in OF_LENGTH.items()},
    "digits": 7,
    "card": 15,
    "address": 1,
}
"""Digits, at least, of what was asked for."""
_SPELT = frozenset("zero oh one two three four five six seven eight nine".split())
_SAID = _SPELT | frozenset(
    "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen "
    "twenty thirty forty fifty sixty seventy eighty ninety".split()
)
"""Spoken as numbers are: "twelve Oak Street", "twenty one"."""
_BEFORE_PRONOUN = frozenset(
    "have haven't got get give need want no any this that the another other new which last isn't same either".split()
)
_BEFORE_DIGITS = frozenset("double triple code".split())
_BEFORE_NUMBER = frozenset("apartment apt unit suite flat".split())
"""Of an address: "twelve Oak Street, apartment …"."""


def number_goes_on(words: list[str], profile: Profile) -> bool:
    """Whether the words end within a number, or in front of one, by what was asked; or within one nobody asked for."""
    digits, expected = _digits(words), _EXPECTED.get(profile, 0)
    if profile == "address":
        return not digits or words[-1] in _BEFORE_NUMBER
    if digits < expected:
        return digits > 0 or words[-1] in _BEFORE_DIGITS
    unasked = profile == "yes_no" or "number" in words
    return unasked and digits < _EXPECTED["digits"] and _ends_in_digits(words)


def no_number(words: list[str], profile: Profile) -> bool:
    """Whether a number was asked for and there is none: "I don't know it"."""
    return not _digits(words) and profile in _EXPECTED


def only_a_number(words: list[str]) -> bool:
    """Whether nothing else is said: "it's twelve"."""
    return all(word in _SAID or word[0].isdigit() or word in LEADS_ON for word in opened(words))


def pronoun(words: Sequence[str], at: int) -> bool:
    """Whether the "one" at ``at`` stands for a thing: "I don't have one", "this one", but not "one one two"."""
    around = {*words[max(0, at - 1) : at], *words[at + 1 : at + 2]}
    return words[at] == "one" and at > 0 and words[at - 1] in _BEFORE_PRONOUN and not around & _SAID


def _digits(words: list[str]) -> int:
    """At least so many."""
    numbers = [word for at, word in enumerate(words) if not pronoun(words, at)]
    return sum(1 if word in _SAID else sum(char.isdigit() for char in word) for word in numbers)


def _ends_in_digits(words: list[str]) -> bool:
    """ "No, it's 415", where "may we call you on this number?" was asked."""
    last = words[-3:]
    return (last[-1].isdigit() and len(last[-1]) >= 3) or (len(last) == 3 and _SPELT.issuperset(last))
