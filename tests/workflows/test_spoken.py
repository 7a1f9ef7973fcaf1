"""Words for the ear."""

from datetime import date, time, timedelta

import pytest

from workflows.spoken import spoken_day, spoken_list, spoken_number, spoken_ordinal, spoken_time


def test_days() -> None:
    assert spoken_day(date(2026, 11, 24)) == "Tuesday the twenty-fourth of November"
    assert spoken_day(date(2027, 1, 1)) == "Friday the first of January"
    assert spoken_day(date(2027, 5, 31)) == "Monday the thirty-first of May"


def test_every_day_of_a_year_is_said_without_digits() -> None:
    days = [spoken_day(date(2026, 1, 1) + timedelta(days=ahead)) for ahead in range(365)]
    assert not any(character.isdigit() for day in days for character in day)
    assert len(set(days)) == 365


def test_ranks() -> None:
    assert [spoken_ordinal(number) for number in (1, 2, 3, 4, 5, 8, 9, 12, 13, 20, 21, 22, 23, 30)] == (
        "first second third fourth fifth eighth ninth twelfth thirteenth twentieth twenty-first twenty-second "
        "twenty-third thirtieth"
    ).split()


def test_numbers() -> None:
    assert [spoken_number(number) for number in (0, 11, 20, 45, 59)] == [
        "zero",
        "eleven",
        "twenty",
        "forty-five",
        "fifty-nine",
    ]


def test_large_numbers() -> None:
    assert spoken_number(114) == "one hundred and fourteen"
    assert spoken_number(2104) == "two thousand one hundred and four"
    assert spoken_number(999_999).count("nine hundred and ninety-nine") == 2
    assert spoken_number(-3) == "-3"
    assert spoken_number(10_000_000) == "10000000"


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (time(10), "ten in the morning"),
        (time(12), "noon"),
        (time(0), "midnight"),
        (time(13), "one in the afternoon"),
        (time(17, 30), "half past five in the afternoon"),
        (time(9, 15), "quarter past nine in the morning"),
        (time(18, 20), "six twenty in the evening"),
        (time(0, 30), "half past twelve in the morning"),
    ],
)
def test_times(at: time, words: str) -> None:
    assert spoken_time(at) == words


def test_lists() -> None:
    assert spoken_list(["one"]) == "one"
    assert spoken_list(["one", "two"]) == "one or two"
    assert spoken_list(["one", "two", "three"], "and") == "one, two, and three"
    assert spoken_list([]) == ""
