"""Which hours can be booked."""

from datetime import date, datetime, time

import pytest

from workflows.errors import ToolError
from workflows.ports import Slot
from workflows.slots import check_bookable, nearest, slots_of

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


def test_the_nearest_free_slots_come_first() -> None:
    all_slots = slots_of("tap repair", [date(2026, 11, 24), date(2026, 11, 25)])
    assert len(all_slots) == 20
    found = nearest(all_slots, [slot(24, 11)], slot(24, 10))
    assert found[:3] == [slot(24, 9), slot(24, 8), slot(24, 12)]
    assert slot(24, 10) not in found
    assert slot(24, 11) not in found
