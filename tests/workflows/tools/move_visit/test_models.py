"""What a move must be told."""

import pytest
from pydantic import ValidationError

from workflows.tools.move_visit.models import MoveVisit

GOOD = {"day": "2026-11-24", "new_day": "2026-11-26", "new_time": "10:00", "name": "Anna Miller"}


def test_nobody_comes_on_a_sunday() -> None:
    with pytest.raises(ValidationError, match="2026-11-29 is a Sunday"):
        MoveVisit.model_validate(GOOD | {"new_day": "2026-11-29"})


def test_what_is_booked_may_be_moved_from_whatever_day_it_is_on() -> None:
    assert MoveVisit.model_validate(GOOD | {"day": "2026-11-29"}).day.isoweekday() == 7
