"""What callers of a trial want: its number tells the kind, and which tool is called with what. Values only."""

import re
from typing import Any, Literal

from edge.speech.spoken import spoken

Kind = Literal["order", "payment", "dispatch"]
KINDS: tuple[Kind, ...] = ("order", "payment", "dispatch")
TOOLS: dict[Kind, str] = {"order": "place_order", "payment": "pay_order", "dispatch": "send_help"}
STREET = "Harbor Street"


def kind_of(number: int) -> Kind:
    """What kind of want has this number."""
    return KINDS[number % len(KINDS)]


def number_after(latest: int, kind: Kind) -> int:
    """The next number of this kind behind ``latest``."""
    return next(number for number in range(latest + 1, latest + 1 + len(KINDS)) if kind_of(number) == kind)


def arguments(number: int) -> dict[str, Any]:
    """What its tool is called with."""
    if kind_of(number) == "dispatch":
        return {"problem": "burst pipe", "address": f"{number} {STREET}"}
    return {"number": number}


OUTCOME = re.compile(rf"Order (\d+) is (placed|paid|declined)\.|is on the way.*?(?: (\d+) {STREET}|$)")


def outcome_in(text: str) -> tuple[int, bool] | None:
    """The number whose outcome is written here, and whether it was declined."""
    found = OUTCOME.search(text)
    if found is None or not (found[1] or found[3]):
        return None
    return int(found[1] or found[3]), found[2] == "declined"


def outcome_of(number: int, heard: str) -> str | None:
    """How the outcome of this want was spoken, where it was; a dispatch is alone in its call, and has no number.

    Long numbers are read out digit by digit.
    """
    if kind_of(number) == "dispatch":
        return "done" if "is on the way" in heard else None
    found = re.search(rf"{re.escape(spoken(f'Order {number} is'))} (placed|paid|declined)", heard)
    return None if found is None else "declined" if found[1] == "declined" else "done"


def address_in(text: str) -> int | None:
    """The number of the dispatch that a question to a unit is about."""
    found = re.search(rf"(\d+) {STREET}", text)
    return None if found is None else int(found[1])
