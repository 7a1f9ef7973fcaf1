"""Days and times of a request."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.dialogue.reading import Context
from edge.dialogue.schema import read
from edge.dialogue.slots import gather
from edge.dialogue.words import listen
from tests.edge.dialogue.talk import NOW, Caller

SLOTS = read(
    {
        "required": ["at"],
        "properties": {
            "at": {"type": "string", "format": "time", "earliest": "08:00", "latest": "17:00", "step_minutes": 60}
        },
    }
)
MOMENT = read({"properties": {"when": {"type": "string", "format": "date-time"}}, "required": ["when"]})
NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def day(text: str, weekdays: tuple[str, ...] = NAMES[:6], now: datetime = NOW, since: date | None = None) -> Any:
    """The day that is taken, as on Friday the 20th; or what is wrong with it."""
    slots = read(
        {
            "required": ["day"],
            "properties": {"day": {"type": "string", "format": "date", "weekdays": list(weekdays)}},
        }
    )
    found = gather(listen(text), slots, Context(now, frozenset({"day"}), since=since))
    return found.values.get("day") or found.problems["day"].code


def at(text: str, **context: Any) -> Any:
    found = gather(listen(text), SLOTS, Context(NOW, frozenset({"at"}), **context))
    return found.values.get("at") or found.problems["at"].code


@pytest.mark.parametrize(
    ("text", "value"),
    [("two", "14:00:00"), ("half past two", "off_step"), ("seven in the evening", "too_late"), ("6 a.m.", "too_early")],
)
def test_bounds_and_steps(text: str, value: str) -> None:
    assert at(text) == value


def test_one_of_the_times_that_were_offered() -> None:
    assert at("the first one", offered=("10:00:00", "11:00:00")) == "10:00:00"
    assert at("the later one", offered=("10:00:00", "11:00:00")) == "11:00:00"
    assert at("one", offered=("10:00:00", "11:00:00")) == "13:00:00"


def test_any_time_will_do() -> None:
    assert at("any time", part="afternoon") == "14:00:00"


def test_a_day_and_a_time_make_a_moment() -> None:
    asked = Context(NOW, frozenset({"when"}))
    assert gather(listen("Tuesday at ten"), MOMENT, asked).values == {"when": "2026-11-24T10:00:00-05:00"}
    first = gather(listen("on Tuesday"), MOMENT, asked)
    assert first.problems["when"].code == "no_hour"
    then = gather(listen("half past nine"), MOMENT, Context(NOW, frozenset({"when"}), since=first.since))
    assert then.values == {"when": "2026-11-24T09:30:00-05:00"}


@pytest.mark.parametrize(
    "text", ["Sunday", "on Sundays", "next Sunday", "the 22nd", "the day after tomorrow", "Sunday week", "in nine days"]
)
def test_a_day_of_the_week_that_is_closed_is_told_so(text: str) -> None:
    assert day(text) == "closed"
    assert day(text, NAMES).startswith("2026-11-2")


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("Sunday or Monday", "2026-11-23"),
        ("I can't do Sunday, Monday is fine", "2026-11-23"),
        ("Saturday, or else Sunday", "2026-11-21"),
        ("not on a Sunday, on Monday", "2026-11-23"),
        ("Monday, no sorry, Sunday", "closed"),
        ("Sunday, or some time next week", "vague_week"),
        ("not Sunday", "denied"),
    ],
)
def test_of_several_days_it_is_the_one_that_is_possible(text: str, taken: str) -> None:
    assert day(text) == taken


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("any day", "2026-11-21"),
        ("the first day you have", "2026-11-21"),
        ("any day but Saturday", "2026-11-23"),
        ("any day accept the weekend", "2026-11-23"),
        ("I don't mind, just not tomorrow", "2026-11-23"),
        ("at the weekend", "2026-11-21"),
        ("next weekend", "2026-11-28"),
    ],
)
def test_where_any_will_do_it_is_the_first_that_is_possible(text: str, taken: str) -> None:
    assert day(text) == taken


def test_any_day_of_a_week_that_was_named_is_of_that_week() -> None:
    assert day("any day", ("Wednesday",), since=date(2026, 11, 30)) == "2026-12-02"


def test_of_a_weekend_it_is_the_day_that_is_possible_and_none_where_both_are_closed() -> None:
    assert day("at the weekend", ("Sunday",)) == "2026-11-22"
    assert day("at the weekend", NAMES[:5]) == "closed"


@given(
    st.sampled_from(
        ["any day", "at the weekend", "tomorrow", "as soon as possible", "Sunday", "the 5th", "next Monday"]
    ),
    st.sets(st.sampled_from(NAMES), min_size=1),
    st.integers(0, 400),
)
def test_no_other_day_is_ever_taken(text: str, weekdays: set[str], ahead: int) -> None:
    taken = day(text, tuple(weekdays), now=NOW + timedelta(ahead))
    assert taken == "closed" or f"{date.fromisoformat(taken):%A}" in weekdays


def test_an_hour_makes_no_moment_of_a_day_that_is_closed() -> None:
    moment = {"type": "string", "format": "date-time", "weekdays": list(NAMES[:6])}
    slots = read({"properties": {"when": moment}, "required": ["when"]})
    found = gather(listen("Sunday at ten"), slots, Context(NOW, frozenset({"when"}), since=date(2026, 11, 24)))
    assert (found.values, found.problems["when"].code) == ({}, "closed")


BOTH = read(
    {
        "required": ["day", "at"],
        "properties": {
            "day": {"type": "string", "format": "date"},
            "at": {"type": "string", "format": "time", "earliest": "08:00", "latest": "17:00", "step_minutes": 60},
        },
    }
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("in an hour or two", "13:00:00"),
        ("in half an hour", "13:00:00"),
        ("in about two hours", "14:00:00"),
        ("within a couple of hours", "14:00:00"),
        ("in three hours", "15:00:00"),
    ],
)
def test_hours_from_now_are_rounded_up_to_what_is_possible(text: str, value: str) -> None:
    found = gather(listen(text), BOTH, Context(NOW.replace(minute=0), frozenset({"day", "at"})))
    assert found.values == {"day": "2026-11-20", "at": value}


def test_hours_from_now_may_be_too_late() -> None:
    found = gather(listen("in two hours"), BOTH, Context(NOW.replace(hour=16), frozenset({"day", "at"})))
    assert found.problems["at"].code == "too_late"


def test_the_day_after_is_after_the_one_that_is_known() -> None:
    known = Context(NOW, frozenset({"at"}), known={"day": "2026-11-24"})
    assert gather(listen("no, the day after"), BOTH, known).values == {"day": "2026-11-25"}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("I work until three and then I pick up my daughter, so it would have to be at four", "16:00:00"),
        ("I'm in a meeting till about eleven, so at noon", "12:00:00"),
        ("I'm not home until three", "15:00:00"),
        ("I can't until three", "15:00:00"),
    ],
)
def test_when_something_else_ends_is_no_time_of_the_visit(text: str, value: str) -> None:
    assert gather(listen(text), SLOTS, Context(NOW, frozenset({"at"}))).values == {"at": value}


@pytest.mark.parametrize("text", ["Maybe sometime next week, Wednesday or Thursday", "next week, maybe on a Wednesday"])
def test_a_day_in_a_week_that_was_named_is_of_that_week(text: str) -> None:
    assert day(text, now=NOW.replace(day=17)) == "2026-11-25"


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("Tuesday before noon.", "11:00:00"),
        ("Tuesday before four, please.", "15:00:00"),
        ("Tuesday, not before ten.", "10:00:00"),
        ("Tuesday, but I can't before two.", "14:00:00"),
        ("Tuesday after four.", "16:00:00"),
        ("Tuesday at two, sorry, three.", "15:00:00"),
        ("Tuesday, as early as possible.", "08:00:00"),
    ],
)
def test_times_as_they_are_meant(demo: Caller, text: str, at: str) -> None:
    demo.say("I need a boiler service.")
    assert demo.say(text).state.slots["time"] == at


def test_the_day_after_tomorrow_keeps_its_part_of_the_day(demo: Caller) -> None:
    demo.now += timedelta(3)
    demo.say("I need a boiler service.")
    reply = demo.say("The day after tomorrow morning.")
    assert (reply.state.slots["day"], "in the morning" in reply.text) == ("2026-11-25", True)


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("Boiler service Tuesday ten.", "10:00:00"),
        ("Boiler service, Tuesday ten, Anna Miller.", "10:00:00"),
        ("Boiler service Tuesday two people.", None),
        ("Boiler service on the 24th, 14 Harbor Street.", None),
    ],
)
def test_a_number_behind_a_day_is_a_time(text: str, time: str | None, caller: Caller) -> None:
    assert caller.say(text).state.slots.get("time") == time
