"""Test cards: what happens to a payment is decided by the card. Values only.

A sandbox that took real cards would one day be given one, so every other number is refused.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

Behaviour = Literal[
    "approve", "decline", "insufficient_funds", "capture_declined", "lost_answer", "late_answer", "busy", "twice"
]

CARDS: dict[str, tuple[str, Behaviour]] = {
    "4242424242424242": ("visa", "approve"),
    "4539148803436467": ("visa", "approve"),
    "5555555555554444": ("mastercard", "approve"),
    "378282246310005": ("amex", "approve"),
    "4000000000000002": ("visa", "decline"),
    "4000000000009995": ("visa", "insufficient_funds"),
    "4000000000000341": ("visa", "capture_declined"),
    "4000000000006975": ("visa", "lost_answer"),
    "4000000000000259": ("visa", "late_answer"),
    "4000000000000119": ("visa", "busy"),
    "4000000000000077": ("visa", "twice"),
}
"""Number → network, behaviour.

``lost_answer``: the first request for each effect has its effect, and the line drops before the answer.
``late_answer``: the same, but the answer comes after LATE seconds. ``busy``: the first request for each effect has
none, and is answered with 503. ``twice``: every answer is written twice.
"""
LATE = 15.0
"""Seconds; longer than any client of ours waits."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is kept of a card."""

    last4: str
    brand: str
    behaviour: Behaviour


def known(number: str, month: str, year: str, code: str | None, today: date) -> Known | None:
    """What is kept of this card; None where it is no test card, has expired, or its code has the wrong length."""
    found = CARDS.get(number)
    if found is None or not (month.isdecimal() and year.isdecimal() and len(month) == 2 and len(year) == 4):
        return None
    brand, behaviour = found
    valid = 1 <= int(month) <= 12 and (int(year), int(month)) >= (today.year, today.month)
    if not valid or (code is not None and (not code.isdecimal() or len(code) != (4 if brand == "amex" else 3))):
        return None
    return Known(number[-4:], brand, behaviour)
