"""Sums of money as people say them: "$50.20", "fifty dollars and twenty cents", "twelve fifty"."""

from edge.dialogue.numbers import cardinal
from edge.dialogue.words import Words

_WHOLE = frozenset("dollar dollars buck bucks euro euros pound pounds quid".split())
_CENTS = frozenset("cent cents penny pence".split())
_SIGNS = frozenset("$€£")


def find_money(words: Words, *, asked: bool = False) -> tuple[int, int, int] | None:
    """(cents, start, end) of the first sum. Unless ``asked``, a currency must be named."""
    for at in range(len(words)):
        signed = words[at].text in _SIGNS
        number = _number(words, at + signed)
        if number is None:
            continue
        cents, end = number
        named = end < len(words) and words[end].text in _WHOLE | _CENTS
        if not (signed or named or asked):
            continue
        if named and words[end].text in _CENTS:
            return cents // 100, at, end + 1
        end += named
        return _with_cents(words, cents, at, end, named)
    return None


def _number(words: Words, at: int) -> tuple[int, int] | None:
    """Hundredths, and the index after them."""
    text = words[at].text.replace(",", "") if at < len(words) else ""
    whole, point, part = text.partition(".")
    if point and whole.isdecimal() and part.isdecimal():
        return int(whole[:12]) * 100 + int(part[:2].ljust(2, "0")), at + 1
    number = cardinal(words, at)
    return (number[0] * 100, number[1]) if number else None


def _with_cents(words: Words, cents: int, start: int, end: int, named: bool) -> tuple[int, int, int]:
    after = end + (end < len(words) and words[end].text == "and")
    rest = cardinal(words, after)
    if rest and 0 < rest[0] < 100 and cents % 100 == 0:
        if rest[1] < len(words) and words[rest[1]].text in _CENTS:
            return cents + rest[0], start, rest[1] + 1
        if not named and after == end and rest[0] >= 10:
            return cents + rest[0], start, rest[1]
        if named and after == end:
            return cents + rest[0], start, rest[1]
    return cents, start, end


def spoken_money(value: float) -> str:
    """A sum for the ear, without a currency's name."""
    cents = round(value * 100)
    return str(cents // 100) if cents % 100 == 0 else f"{cents // 100} {cents % 100:02d}"
