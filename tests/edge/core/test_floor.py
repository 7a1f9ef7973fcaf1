"""The floor while it is free: whose turn it is after which silence."""

import pytest

from edge.core import events as do
from edge.core.floor import Floor
from edge.core.manners import Manners
from edge.core.states import State
from edge.core.talk import Talk

MANNERS = Manners()


@pytest.fixture
def done() -> list[do.Action]:
    return []


@pytest.fixture
def floor(done: list[do.Action]) -> Floor:
    """Free since 10 s."""
    floor = Floor(MANNERS, Talk(MANNERS, done), done)
    floor.free(10.0, since=10.0)
    return floor


def test_silence_is_asked_about_and_then_ended(floor: Floor, done: list[do.Action]) -> None:
    assert floor.deadline == 10.0 + MANNERS.still_there_after
    floor.silent(18.0)
    assert (floor.state, floor.deadline) == (State.THINKING, 18.0 + MANNERS.reply_patience)
    floor.free(20.0, since=20.0)
    assert floor.deadline == 20.0 + MANNERS.goodbye_after
    floor.silent(32.0)
    assert [(say.cause, say.text) for say in done if isinstance(say, do.Say)] == [
        ("silence", MANNERS.still_there),
        ("goodbye", MANNERS.goodbye),
    ]


def test_what_waits_has_its_turn_after_a_gap_and_what_has_expired_leaves_the_floor_free(
    floor: Floor, done: list[do.Action]
) -> None:
    floor.announce(do.Announce("a", "It is booked.", expires=10.1), 10.0)
    assert floor.deadline == 10.0 + MANNERS.announce_gap
    floor.silent(10.4)
    assert done == [do.Settle("a", "expired")]
    assert (floor.state, floor.deadline) == (State.LISTENING, 10.0 + MANNERS.still_there_after)


def test_an_announcement_in_the_middle_of_something_else_moves_no_deadline(floor: Floor) -> None:
    floor.goes(State.HEARING, 30.0)
    floor.announce(do.Announce("a", "It is booked."), 12.0)
    assert (floor.state, floor.deadline) == (State.HEARING, 30.0)


def test_it_is_free_in_another_way_while_keys_are_captured(floor: Floor) -> None:
    floor.secure = True
    floor.free(11.0)
    assert (floor.state, floor.deadline) == (State.SECURE, 10.0 + MANNERS.patience)
