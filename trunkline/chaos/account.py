"""What the ledger says in the end, victim by victim. Values only.

An effect is *wanted* once the model has been told that its call was accepted; one that was asked for when its edge died
may come about or not, but then once, and told. It is *done* when the world outside was asked for it, however often by
the same key: a repeat with its key is recognised, another key is an effect *doubled*.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from trunkline.chaos.ledger import Entry, Strike
from trunkline.chaos.wants import kind_of


@dataclass(slots=True)
class Order:
    """One thing that a caller wanted."""

    number: int
    asked: float = 0.0
    accepted: bool = False
    refused: bool = False
    keys: dict[str, int] = field(default_factory=dict)
    """Key of the effect → how often it was asked for."""
    done: float | None = None
    reserved: list[str] = field(default_factory=list)
    held: set[str] = field(default_factory=set)
    taken: set[str] = field(default_factory=set)
    given_back: set[str] = field(default_factory=set)
    """The gateway's payments: money set aside, taken, voided or refunded."""
    heard: bool = False
    written: int = 0
    declined: bool = False
    """Whether the caller was told that nothing was charged."""

    @property
    def charged(self) -> set[str]:
        """Payments that were taken and not given back."""
        return self.taken - self.given_back

    @property
    def happened(self) -> bool:
        return bool(self.keys or self.reserved or self.held or self.taken or self.declined)

    @property
    def wanted(self) -> bool:
        return self.accepted or self.happened

    @property
    def complete(self) -> bool:
        """Whether all of it came about: a slot and a delivery; somebody who goes; a charge with its receipt, or none.

        No money stays set aside, neither taken nor given back.
        """
        match kind_of(self.number):
            case "order":
                return bool(self.keys and self.reserved)
            case "dispatch":
                return bool(self.keys)
            case "payment":
                settled = not self.held - self.taken - self.given_back
                return settled and bool(self.charged) == bool(self.reserved) != self.declined

    @property
    def doubled(self) -> bool:
        return max(len(self.keys), len(self.reserved), len(self.charged)) > 1

    @property
    def told(self) -> bool:
        return self.heard or self.written > 0


@dataclass(slots=True)
class Row:
    """One victim, or all of them. ``recovery``: the longest time from a strike until an order asked for after it was
    done. ``calls`` and orders count for the strike that came next after they began: the one that may have hit them.
    """

    victim: str
    calls: int = 0
    kills: int = 0
    freezes: int = 0
    wanted: int = 0
    done: int = 0
    doubled: int = 0
    lost: int = 0
    repeated: int = 0
    by_voice: int = 0
    otherwise: int = 0
    untold: int = 0
    twice_told: int = 0
    recovery: float | None = None

    @property
    def ok(self) -> bool:
        return not (self.doubled or self.lost or self.untold)

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def orders(entries: Iterable[Entry]) -> dict[int, Order]:
    """Every order, from what happened to it."""
    found: dict[int, Order] = {}
    for entry in entries:
        order = found.setdefault(entry.number, Order(entry.number))
        match entry.kind:
            case "asked":
                order.asked = entry.at
            case "accepted":
                order.accepted = True
            case "refused":
                order.refused = True
            case "done":
                order.done = order.done or entry.at
                order.keys[entry.detail] = order.keys.get(entry.detail, 0) + 1
            case "reserved":
                order.reserved.append(entry.detail)
            case "held":
                order.held.add(entry.detail)
            case "taken":
                order.taken.add(entry.detail)
                order.done = order.done or entry.at
            case "given_back":
                order.given_back.add(entry.detail)
            case "declined":
                order.declined = True
            case "heard":
                order.heard = True
            case "written":
                order.written += 1
    return found


def open_orders(entries: Iterable[Entry]) -> list[Order]:
    """Those of which something is still to come."""
    return [order for order in orders(entries).values() if order.wanted and not (order.complete and order.told)]


def rows(entries: Sequence[Entry], strikes: Sequence[Strike], calls: Sequence[float]) -> list[Row]:
    """A row for each victim, in the order of their first strikes, and one for all. ``calls``: when each began.

    A call, and an order, counts for the strike that came next after its beginning: the one that may have hit it.
    """
    found = {strike.victim: Row(strike.victim) for strike in strikes}
    everything = orders(entries)
    for strike, recovery in zip(strikes, _recoveries(strikes, everything.values()), strict=True):
        row = found[strike.victim]
        row.kills += strike.frozen is None
        row.freezes += strike.frozen is not None
        if recovery is not None:
            row.recovery = max(row.recovery or 0.0, recovery)
    times = [strike.at for strike in strikes]
    for began in calls if strikes else ():
        found[strikes[_next(times, began)].victim].calls += 1
    groups: defaultdict[str, list[Order]] = defaultdict(list)
    for order in everything.values() if strikes else ():
        groups[strikes[_next(times, order.asked)].victim].append(order)
    for victim, its in groups.items():
        _count(found[victim], its)
    return [*found.values(), _total(found.values())]


def _next(times: Sequence[float], at: float) -> int:
    return min(bisect_left(times, at), len(times) - 1)


def _recoveries(strikes: Sequence[Strike], everything: Iterable[Order]) -> list[float | None]:
    """For each strike, the seconds until the first order asked for after it was done; None where there was none."""
    done = sorted((order.asked, order.done) for order in everything if order.done and order.asked)
    soonest: list[float] = []
    for _, at in reversed(done):
        soonest.append(min(at, soonest[-1]) if soonest else at)
    soonest.reverse()
    places = [bisect_left(done, (strike.at, 0.0)) for strike in strikes]
    return [
        soonest[place] - strike.at if place < len(soonest) else None
        for strike, place in zip(strikes, places, strict=True)
    ]


def _count(row: Row, its: Iterable[Order]) -> None:
    for order in its:
        if order.wanted:
            row.wanted += 1
            row.done += order.complete
            row.lost += not order.complete
            row.doubled += order.doubled
            row.repeated += sum(order.keys.values()) - len(order.keys)
            row.by_voice += order.heard
            row.otherwise += order.written > 0 and not order.heard
            row.twice_told += order.heard and order.written > 0
            row.untold += not order.told


def _total(found: Iterable[Row]) -> Row:
    total = Row("all")
    for row in found:
        for name, value in row.to_dict().items():
            if isinstance(value, int):
                setattr(total, name, getattr(total, name) + value)
        if row.recovery is not None:
            total.recovery = max(total.recovery or 0.0, row.recovery)
    return total
