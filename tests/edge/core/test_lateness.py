"""A loop that is late is late at once, and in time again only once it has been so for a while."""

from hypothesis import given
from hypothesis import strategies as st

from edge.core.lateness import Lateness, Limits

TICK = 0.01


class Clock:
    """Notes ticks of a given lateness, for so many seconds."""

    def __init__(self) -> None:
        self.lateness = Lateness()
        self.now = 0.0
        self.changes = 0

    def run(self, late: float, seconds: float) -> None:
        until = self.now + seconds
        while self.now < until:
            before = self.lateness.late
            self.now += TICK
            self.lateness.note(late, self.now)
            self.changes += before is not self.lateness.late


def test_a_loop_in_time_is_not_late() -> None:
    clock = Clock()
    clock.run(0.002, 5.0)
    assert not clock.lateness.late
    assert 0.0019 < clock.lateness.p95 <= 0.002


def test_one_stall_is_not_lateness() -> None:
    clock = Clock()
    clock.run(0.001, 2.0)
    clock.run(0.5, 0.03)
    clock.run(0.001, 2.0)
    assert clock.changes == 0


def test_a_loop_that_is_late_is_known_within_two_seconds() -> None:
    clock = Clock()
    clock.run(0.001, 5.0)
    clock.run(0.09, 2.0)
    assert clock.lateness.late


def test_it_is_in_time_only_after_a_calm_while() -> None:
    clock = Clock()
    clock.run(0.09, 3.0)
    clock.run(0.001, Limits().calm)
    assert clock.lateness.late
    clock.run(0.001, 3.0)
    assert not clock.lateness.late


@given(st.lists(st.sampled_from([0.001, 0.02, 0.039, 0.09]), min_size=20, max_size=60))
def test_it_does_not_flap(lates: list[float]) -> None:
    clock = Clock()
    for late in lates:
        clock.run(late, 0.5)
    assert clock.changes <= 1 + 2 * clock.now / Limits().calm


def test_between_the_bounds_it_stays_as_it_is() -> None:
    clock = Clock()
    clock.run(0.025, 10.0)
    assert not clock.lateness.late
    clock.run(0.09, 3.0)
    clock.run(0.025, 10.0)
    assert clock.lateness.late
