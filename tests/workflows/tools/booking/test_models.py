"""What a booking must be told."""

from typing import Any

import pytest
from pydantic import ValidationError

from workflows.schema import schema_of
from workflows.tools.booking.models import SYNONYMS, BookVisit

GOOD = {"service": "tap repair", "day": "2026-11-24", "time": "10:00", "name": " Anna Miller "}


def test_a_good_request() -> None:
    request = BookVisit.model_validate(GOOD)
    assert (request.day.isoformat(), request.time.hour, request.name) == ("2026-11-24", 10, "Anna Miller")


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"service": "dog walking"}, "boiler service"),
        ({"day": "2026-02-30"}, "valid date"),
        ({"day": "2026-11-29"}, "from Monday to Saturday, and 2026-11-29 is a Sunday"),
        ({"time": "10:30"}, "start on the hour"),
        ({"time": "07:00"}, "between eight in the morning and five"),
        ({"time": "18:00"}, "between eight in the morning and five"),
        ({"time": "10:00Z"}, "without a time zone"),
        ({"name": " A "}, "at least 2"),
        ({"name": "A" * 5000}, "at most 80"),
        ({"colour": "red"}, "Extra inputs"),
    ],
)
def test_a_bad_one_says_why(changed: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        BookVisit.model_validate(GOOD | changed)


def test_the_schema_has_what_a_dialogue_needs() -> None:
    properties = schema_of(BookVisit)["properties"]
    assert list(properties) == ["service", "day", "time", "name"]
    assert all(field["ask"] and field["spoken"] and field["description"] for field in properties.values())
    assert (properties["day"]["format"], properties["time"]["format"]) == ("date", "time")
    assert "Sunday" not in properties["day"]["weekdays"]
    assert (properties["time"]["earliest"], properties["time"]["latest"]) == ("08:00", "17:00")
    assert set(properties["service"]["synonyms"]) == set(properties["service"]["enum"])


def test_no_other_word_means_two_services() -> None:
    words = [word for synonyms in SYNONYMS.values() for word in synonyms]
    assert len(words) == len(set(words))
