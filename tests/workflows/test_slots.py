"""Which days and hours can be booked."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from workflows.errors import ToolError
from workflows.ports import Slot
from workflows.slots import Day, check_bookable, nearest, slots_of

NOW = datetime(2026, 11, 20, 14, 30)


def slot(day: int, hour: int, month: int = 11, year: int = 2026) -> Slot:
    return Slot(service="tap repair", day=date(year, month, day), time=time(hour))


@pytest.mark.parametrize("good", [slot(20, 15), slot(21, 8), slot(19, 8, 5, 2027)])
def test_what_is_to_come_can_be_booked(good: Slot) -> None:
    check_bookable(good, NOW)


@pytest.mark.parametrize(
    ("bad", "words"), [(slot(20, 14), "has passed"), (slot(19, 17), "has passed"), (slot(20, 8, 5, 2027), "too far")]
)
def test_what_is_past_or_far_cannot(bad: Slot, words: str) -> None:
    with pytest.raises(ToolError, match=words):
        check_bookable(bad, NOW)


@given(st.dates())
def test_every_day_but_sunday_is_one(day: date) -> None:
    if day.isoweekday() < 7:
        assert TypeAdapter(Day).validate_python(day) == day
    else:
        with pytest.raises(ValidationError, match="is a Sunday"):
            TypeAdapter(Day).validate_python(day)


@given(st.dates(max_value=date(9999, 12, 24)))
def test_of_a_week_from_whatever_day_six_days_are_offered(day: date) -> None:
    offered = slots_of("tap repair", [day + timedelta(days=ahead) for ahead in range(7)])
    assert len(offered) == 60
    assert all(slot.day.isoweekday() < 7 for slot in offered)


def test_after_a_saturday_that_is_taken_comes_the_monday() -> None:
    taken = slots_of("tap repair", [date(2026, 11, 28)])
    found = nearest(slots_of("tap repair", [date(2026, 11, day) for day in (28, 29, 30)]), taken, slot(28, 17))
    assert found[0] == slot(30, 8)


def test_the_nearest_free_slots_come_first() -> None:
    all_slots = slots_of("tap repair", [date(2026, 11, 24), date(2026, 11, 25)])
    assert len(all_slots) == 20
    found = nearest(all_slots, [slot(24, 11)], slot(24, 10))
    assert found[:3] == [slot(24, 9), slot(24, 8), slot(24, 12)]
    assert slot(24, 10) not in found
    assert slot(24, 11) not in found
