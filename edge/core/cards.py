"""What can be told of a payment card from its digits. Digits are bytes of ASCII in arrays that can be wiped."""

from dataclasses import dataclass, field
from datetime import date

LONGEST = 19
"""Digits of a card's number at most (ISO/IEC 7812)."""
FARTHEST = 20
"""Years ahead that a card can be valid; further ones were mistyped."""


@dataclass(slots=True)
class Card:
    """A card as it was keyed in. Nothing of it shows in its ``repr``; ``wipe`` it as soon as it was handed on."""

    number: bytearray = field(repr=False)
    expiry: bytearray = field(repr=False)
    """MMYY."""
    code: bytearray = field(repr=False)
    """Empty where it was not asked for."""

    def wipe(self) -> None:
        """Overwrite every digit."""
        for digits in (self.number, self.expiry, self.code):
            wipe(digits)


def wipe(digits: bytearray) -> None:
    """Overwrite and empty."""
    digits[:] = bytes(len(digits))
    digits.clear()


@dataclass(frozen=True, slots=True)
class Network:
    """Whose card it is: the name, how long its numbers are, the usual length first, and its security code's length."""

    name: str
    lengths: tuple[int, ...]
    code: int = 3


_ANY = Network("card", (16, *(length for length in range(12, LONGEST + 1) if length != 16)))
_NETWORKS: tuple[tuple[Network, tuple[tuple[int, int], ...]], ...] = (
    (Network("amex", (15,), code=4), ((34, 34), (37, 37))),
    (Network("visa", (16, 13, 19)), ((4, 4),)),
    (Network("mastercard", (16,)), ((51, 55), (2221, 2720))),
    (Network("discover", (16, 17, 18, 19)), ((6011, 6011), (644, 649), (65, 65))),
    (Network("diners", (14, 16, 17, 18, 19)), ((300, 305), (36, 36), (38, 39))),
    (Network("jcb", (16, 17, 18, 19)), ((3528, 3589),)),
    (Network("unionpay", (16, 17, 18, 19)), ((62, 62), (81, 81))),
    (Network("maestro", (16, 12, 13, 14, 15, 17, 18, 19)), ((50, 50), (56, 58), (6304, 6304), (67, 67))),
)
"""Issuer number ranges by their first digits, as the networks publish them."""


def network(number: bytearray) -> Network:
    """The network that a number's first digits belong to."""
    for found, ranges in _NETWORKS:
        for low, high in ranges:
            width = len(str(low))
            if len(number) >= width and low <= int(number[:width]) <= high:
                return found
    return _ANY


def luhn(number: bytearray) -> bool:
    """Whether the last digit checks the others (ISO/IEC 7812-1, annex B)."""
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = digit - 48
        total += value if place % 2 == 0 else value * 2 - 9 * (value > 4)
    return total % 10 == 0 and len(number) > 1


def number_fits(number: bytearray) -> bool:
    """Whether this can be a card's number."""
    return len(number) in network(number).lengths and luhn(number)


def expiry_fits(expiry: bytearray, today: date) -> bool:
    """Whether MMYY is a month in which a card may end that is valid ``today``; it is valid through its last day."""
    if len(expiry) != 4:
        return False
    month, year = int(expiry[:2]), 2000 + int(expiry[2:])
    return 1 <= month <= 12 and (today.year, today.month) <= (year, month) <= (today.year + FARTHEST, 12)


def code_fits(code: bytearray, number: bytearray) -> bool:
    """Whether the security code has the length that this card's has."""
    return len(code) == network(number).code
