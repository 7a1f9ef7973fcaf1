"""Days and times of a request."""

from typing import Any

import pytest

from edge.dialogue.reading import Context
from edge.dialogue.schema import read
from edge.dialogue.slots import gather
from edge.dialogue.words import listen
from tests.edge.dialogue.talk import NOW

SLOTS = read(
    {
        "required": ["at"],
        "properties": {
            "at": {"type": "string", "format": "time", "earliest": "08:00", "latest": "17:00", "step_minutes": 60}
        },
    }
)
MOMENT = read({"properties": {"when": {"type": "string", "format": "date-time"}}, "required": ["when"]})


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
