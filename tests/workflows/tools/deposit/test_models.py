"""What a booking with a deposit must be told."""

from typing import Any

import pytest
from pydantic import ValidationError

from workflows.tools.deposit.models import BookReplacement

GOOD = {"day": "2026-11-24", "time": "08:00", "name": "Anna Miller"}


def test_a_good_request() -> None:
    assert BookReplacement.model_validate(GOOD).time.hour == 8


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"day": "2026-11-29"}, "2026-11-29 is a Sunday. Ask for another day."),
        ({"time": "10:00"}, "at eight in the morning or at one in the afternoon"),
    ],
)
def test_a_bad_one_says_why(changed: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        BookReplacement.model_validate(GOOD | changed)
