"""Days, as on Friday the 20th of November 2026."""

import calendar
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.dialogue.dates import Calendar, find, spoken
from edge.dialogue.words import listen

TODAY = date(2026, 11, 20)


def read(text: str, *, bare: bool = True, ahead: bool = True) -> list[date | str]:
    return [found.value for found in find(listen(text), Calendar(TODAY, ahead=ahead), bare=bare)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("tomorrow", date(2026, 11, 21)),
        ("the day after tomorrow", date(2026, 11, 22)),
        ("today please", date(2026, 11, 20)),
        ("Tuesday", date(2026, 11, 24)),
        ("next Tuesday", date(2026, 11, 24)),
        ("this Saturday", date(2026, 11, 21)),
        ("Friday", date(2026, 11, 27)),
        ("Tuesday week", date(2026, 12, 1)),
        ("a week from Tuesday", date(2026, 12, 1)),
        ("the 24th", date(2026, 11, 24)),
        ("November 24th", date(2026, 11, 24)),
        ("24 November", date(2026, 11, 24)),
        ("the twenty fourth of november", date(2026, 11, 24)),
        ("Tuesday the twenty-fourth of November", date(2026, 11, 24)),
        ("the 3rd", date(2026, 12, 3)),
        ("January 5th", date(2027, 1, 5)),
        ("January 5th 2028", date(2028, 1, 5)),
        ("January fifth twenty twenty eight", date(2028, 1, 5)),
        ("in two weeks", date(2026, 12, 4)),
        ("in a couple of days", date(2026, 11, 22)),
        ("three days from now", date(2026, 11, 23)),
        ("2026-11-24", date(2026, 11, 24)),
        ("11/24", date(2026, 11, 24)),
        ("choose day", date(2026, 11, 24)),
        ("wensday", date(2026, 11, 25)),
        ("Tuesday, the 1st", date(2026, 12, 1)),
        ("February 29th", date(2028, 2, 29)),
        ("this weekend", date(2026, 11, 21)),
        ("this afternoon", date(2026, 11, 20)),
        ("the end of the week", date(2026, 11, 21)),
        ("in a few days", date(2026, 11, 23)),
        ("the end of next week", date(2026, 11, 27)),
        ("early next week", date(2026, 11, 23)),
        ("the first Monday in December", date(2026, 12, 7)),
        ("the second Tuesday of January", date(2027, 1, 12)),
    ],
)
def test_days_as_people_say_them(text: str, value: date) -> None:
    assert read(text) == [value]


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("the 31st of February", "impossible"),
        ("November 31st", "impossible"),
        ("yesterday", "past"),
        ("last Tuesday", "past"),
        ("November 18th", "past"),
        ("November 24th 2025", "past"),
        ("Monday, November 24th", "mismatch"),
        ("next week", "vague_week"),
    ],
)
def test_days_that_are_none(text: str, wrong: str) -> None:
    assert read(text) == [wrong]


def test_days_gone_by_where_only_they_count() -> None:
    assert read("yesterday", ahead=False) == [date(2026, 11, 19)]
    assert read("Tuesday", ahead=False) == [date(2026, 11, 17)]
    assert read("December 3rd", ahead=False) == [date(2025, 12, 3)]


@pytest.mark.parametrize(
    ("text", "saturday"),
    [("at the weekend", 21), ("this weekend", 21), ("next weekend", 28), ("any time on weekends", 21)],
)
def test_a_weekend_is_two_days(text: str, saturday: int) -> None:
    (found,) = find(listen(text), Calendar(TODAY), bare=True)
    assert (found.value, found.days) == (date(2026, 11, saturday), 2)


def test_a_weekend_that_nobody_asked_for_may_be_the_one_that_something_broke_at() -> None:
    assert read("it broke over the weekend", bare=False) == read("it broke last weekend", bare=False) == []
    assert read("can you come next weekend", bare=False) == [date(2026, 11, 28)]
    assert read("last weekend") == ["past"]


@pytest.mark.parametrize(
    "text", ["the first day you have", "the first available", "first available day", "the first you have", "first one"]
)
def test_the_first_that_there_is_is_no_first_of_a_month(text: str) -> None:
    assert read(text) == []
    assert read("the first of December") == read("the first day of December") == [date(2026, 12, 1)]


@pytest.mark.parametrize("text", ["may I have that", "the first one", "it's 24 degrees", "sunny"])
def test_what_is_no_day(text: str) -> None:
    assert read(text, bare=False) == []


def test_a_weekday_is_looked_for_in_the_week_that_was_named() -> None:
    found = find(listen("Tuesday"), Calendar(TODAY, since=date(2026, 11, 30)))
    assert found[0].value == date(2026, 12, 1)


@given(st.integers(0, 365))
def test_every_day_of_the_next_year_is_read_back_as_itself(ahead: int) -> None:
    day = TODAY + timedelta(ahead)
    month = calendar.month_name[day.month]
    year = f" {day.year}"
    for form in (
        spoken(day, TODAY),
        day.isoformat(),
        f"{month} {day.day}{year}",
        f"the {day.day}th of {month}{year}",
        f"{day:%A}, {month} {day.day}{year}",
    ):
        assert read(form, bare=False) == [day], form


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("the day after", [date(2026, 11, 25)]),
        ("the following day", [date(2026, 11, 25)]),
        ("the day before", [date(2026, 11, 23)]),
        ("Thursday, or the day after", [date(2026, 11, 26), date(2026, 11, 27)]),
        ("the day after tomorrow", [date(2026, 11, 22)]),
    ],
)
def test_the_day_after_is_after_the_one_spoken_of_last(text: str, days: list[date]) -> None:
    found = find(listen(text), Calendar(TODAY, known=date(2026, 11, 24)))
    assert [one.value for one in found] == days
    assert read("the day after") == []
