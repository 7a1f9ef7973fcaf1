"""What a business says of itself."""

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.core.facts import days_of, hours_of, together

DAY, SHORT = (time(8), time(18)), (time(9), time(12))


def test_days_and_hours_are_read() -> None:
    assert list(days_of("monday-friday")) == [0, 1, 2, 3, 4]
    assert list(days_of("Sunday")) == [6]
    assert hours_of("08:00-18:00") == DAY


@pytest.mark.parametrize("text", ["", "-", "friday-monday", "someday", "monday-"])
def test_what_are_no_days_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="day of the week"):
        days_of(text)


@pytest.mark.parametrize("text", ["", "08:00", "18:00-08:00", "08:00-08:00", "8-6", "25:00-26:00"])
def test_what_are_no_hours_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="hours of a day"):
        hours_of(text)


def test_days_with_the_same_hours_are_said_together() -> None:
    assert together({0: DAY, 1: DAY, 3: DAY, 4: SHORT}) == [(0, 1, DAY), (3, 3, DAY), (4, 4, SHORT)]


@given(st.dictionaries(st.integers(0, 6), st.sampled_from([DAY, SHORT])))
def test_no_day_is_lost(hours: dict[int, tuple[time, time]]) -> None:
    assert {day: at for first, last, at in together(hours) for day in range(first, last + 1)} == hours
