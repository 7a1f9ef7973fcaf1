"""The account of a trial: what counts as wanted, done, doubled, lost and told."""

import random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from trunkline.chaos.account import Row, open_orders, rows
from trunkline.chaos.ledger import Entry, Strike

WELL: list[tuple[Any, str]] = [("asked", ""), ("accepted", ""), ("done", "k"), ("reserved", "k"), ("heard", "")]


def life(number: int, *kinds: tuple[Any, str], at: float = 10.0) -> list[Entry]:
    return [Entry(at + count, kind, number, detail) for count, (kind, detail) in enumerate(kinds)]


def all_of(entries: list[Entry]) -> Row:
    return rows(entries, [Strike(5.0, "nats"), Strike(12.0, "edge")], [])[-1]


def test_an_order_done_and_heard_is_well() -> None:
    total = all_of(life(3, *WELL))
    assert (total.wanted, total.done, total.by_voice, total.ok) == (1, 1, 1, True)


def test_an_accepted_order_that_was_not_done_is_lost_and_untold() -> None:
    total = all_of(life(3, *WELL[:2]))
    assert (total.lost, total.untold, total.ok) == (1, 1, False)


def test_half_an_order_is_lost() -> None:
    assert all_of(life(3, *WELL[:3], WELL[4])).lost == 1
    assert all_of(life(3, *WELL[:2], *WELL[3:])).lost == 1


def test_an_order_that_was_never_accepted_is_not_wanted_unless_it_came_about() -> None:
    assert all_of(life(3, ("asked", ""))).wanted == 0
    total = all_of(life(3, ("asked", ""), ("done", "k"), ("reserved", "k")))
    assert (total.wanted, total.untold) == (1, 1)


def test_a_repeat_by_the_same_key_is_recognised_and_another_key_is_a_double() -> None:
    total = all_of(life(3, *WELL, ("done", "k")))
    assert (total.repeated, total.doubled, total.ok) == (1, 0, True)
    assert all_of(life(3, *WELL, ("done", "other"))).doubled == 1
    assert all_of(life(3, *WELL, ("reserved", "other"))).doubled == 1


def test_what_was_written_counts_where_nothing_was_heard() -> None:
    total = all_of(life(3, *WELL[:4], ("written", "m")))
    assert (total.by_voice, total.otherwise, total.untold) == (0, 1, 0)
    assert all_of(life(3, *WELL, ("written", "m"))).twice_told == 1


def test_an_order_counts_for_the_strike_that_came_next() -> None:
    strikes = [Strike(5.0, "nats"), Strike(12.0, "edge"), Strike(30.0, "nats", frozen=1.0)]
    entries = life(3, *WELL, at=4.0) + life(6, *WELL, at=6.0) + life(9, *WELL, at=40.0)
    found = {row.victim: row for row in rows(entries, strikes, [4.0, 13.0])}
    assert (found["nats"].wanted, found["edge"].wanted) == (2, 1)
    assert (found["nats"].kills, found["nats"].freezes, found["edge"].kills) == (1, 1, 1)
    assert (found["nats"].calls, found["all"].calls) == (2, 2)
    # Until order 6, asked for after the first strike, was done; and for the last one order 9.
    assert found["nats"].recovery == max(8.0 - 5.0, 42.0 - 30.0)


def test_without_a_strike_there_is_nothing_to_tell() -> None:
    assert rows(life(3, *WELL), [], [1.0]) == [Row("all")]


@given(st.lists(st.sampled_from([*WELL, ("done", "other"), ("written", "m")]), max_size=12), st.integers(0, 99))
def test_an_order_is_open_exactly_where_the_account_finds_something_missing(
    kinds: list[tuple[Any, str]], seed: int
) -> None:
    entries = life(3, *kinds)
    random.Random(seed).shuffle(entries)
    total = all_of(entries)
    assert bool(open_orders(entries)) == bool(total.lost or total.untold)
    assert total.wanted == total.done + total.lost == total.by_voice + total.otherwise + total.untold


PAID: list[tuple[Any, str]] = [("accepted", ""), ("held", "p"), ("taken", "p"), ("reserved", "k"), ("heard", "")]


def test_a_payment_is_taken_once_with_a_receipt_or_nothing_is_charged_and_said_so() -> None:
    assert all_of(life(4, *PAID)).ok
    assert all_of(life(4, ("accepted", ""), ("declined", ""), ("heard", ""))).ok
    assert all_of(life(4, *PAID[:3], ("given_back", "p"), ("declined", ""), ("heard", ""))).ok
    assert all_of(life(4, *PAID, ("held", "q"), ("given_back", "q"))).ok


def test_money_that_stays_set_aside_or_was_taken_without_a_receipt_is_a_loss() -> None:
    assert all_of(life(4, *PAID[:2], ("heard", ""), ("declined", ""))).lost == 1
    assert all_of(life(4, *PAID[:3], ("heard", ""))).lost == 1
    assert all_of(life(4, *PAID, ("held", "q"))).lost == 1
    assert all_of(life(4, *PAID, ("declined", ""))).lost == 1


def test_money_that_was_taken_twice_is_a_double() -> None:
    assert all_of(life(4, *PAID, ("held", "q"), ("taken", "q"))).doubled == 1
    assert all_of(life(4, *PAID, ("held", "q"), ("taken", "q"), ("given_back", "q"))).doubled == 0


def test_a_dispatch_sends_one_unit() -> None:
    sent: list[tuple[Any, str]] = [("accepted", ""), ("done", "offer 1"), ("heard", "")]
    assert all_of(life(5, *sent)).ok
    assert all_of(life(5, *sent, ("done", "offer 2"))).doubled == 1
    assert all_of(life(5, *sent[::2])).lost == 1
