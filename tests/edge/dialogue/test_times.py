"""Times of day."""

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.dialogue.times import find, part_of_day, spoken
from edge.dialogue.words import listen


def read(text: str, *, bare: bool = True, part: str | None = None) -> list[time]:
    return [found.value for found in find(listen(text), bare=bare, part=part)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("10", time(10)),
        ("10:30", time(10, 30)),
        ("ten", time(10)),
        ("half past two", time(14, 30)),
        ("10 a.m.", time(10)),
        ("noon", time(12)),
        ("two in the afternoon", time(14)),
        ("7 in the evening", time(19)),
        ("tomorrow morning at ten", time(10)),
        ("quarter to three", time(14, 45)),
        ("a quarter past nine", time(9, 15)),
        ("ten to four", time(15, 50)),
        ("two oh five", time(14, 5)),
        ("11 o'clock", time(11)),
        ("eleven a clock", time(11)),
        ("14:30", time(14, 30)),
        ("10.30", time(10, 30)),
        ("4pm", time(16)),
        ("at to o'clock", time(14)),
        ("twelve", time(12)),
        ("half eleven", time(11, 30)),
        ("Three thirty PM.", time(15, 30)),
        ("after lunch", time(13)),
        ("first thing", time(8)),
        ("last thing on Friday", time(18)),
        ("at the end of the day", time(18)),
        ("around lunch", time(12)),
        ("noonish", time(12)),
        ("tenish", time(10)),
        ("move it from ten please", time(10)),
    ],
)
def test_times_as_people_say_them(text: str, value: time) -> None:
    assert read(text) == [value]


@pytest.mark.parametrize(
    "text",
    [
        "in two weeks",
        "three pizzas please",
        "I am one of them",
        "number four",
        "good morning",
        "one of these days",
        "the first thing I need is help",
    ],
)
def test_a_number_alone_is_no_time_unless_one_is_asked_for(text: str) -> None:
    assert read(text, bare=False) == []


def test_a_number_after_at_or_make_it_is_a_time() -> None:
    assert read("make it eleven", bare=False) == [time(11)]
    assert read("Tuesday at ten", bare=False) == [time(10)]


def test_a_part_of_the_day_said_before_settles_an_ambiguous_time() -> None:
    assert read("seven", part="evening") == [time(19)]
    assert part_of_day(listen("good morning, some time in the afternoon")) == "afternoon"


def test_a_part_of_the_day_that_is_not_wanted_is_none() -> None:
    assert part_of_day(listen("Tuesday, but not in the morning")) is None
    assert part_of_day(listen("not in the morning, in the afternoon")) == "afternoon"
    assert part_of_day(listen("no, in the morning")) == "morning"


@pytest.mark.parametrize("text", ["in June 2028", "in 2028", "twenty five o'clock", "at twenty five", "25", "25:00"])
def test_what_no_clock_shows(text: str) -> None:
    assert read(text) == []


def test_opening_hours_settle_the_rest() -> None:
    assert find(listen("seven"), bare=True, opens=time(6), closes=time(12))[0].value == time(7)
    assert find(listen("seven"), bare=True, opens=time(12), closes=time(22))[0].value == time(19)


@given(st.times())
def test_the_spoken_form_is_read_as_the_same_minute(value: time) -> None:
    value = value.replace(second=0, microsecond=0)
    assert read(spoken(value), bare=False) == [value]


@pytest.mark.parametrize("text", ["can we do eleven instead", "move it to eleven", "I'd rather have eleven", "eleven"])
def test_a_time_that_is_wished_for(text: str) -> None:
    assert read(text, bare=text == "eleven") == [time(11)]


def test_from_ten_to_eleven_are_two_times() -> None:
    assert read("from ten to eleven", bare=False) == [time(10), time(11)]
    assert read("at ten to eleven", bare=False) == [time(10, 50)]
