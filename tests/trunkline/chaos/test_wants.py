"""Numbers, tools and outcomes of what callers want."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.speech.spoken import spoken
from trunkline.chaos.wants import KINDS, address_in, arguments, kind_of, number_after, outcome_in, outcome_of


@given(st.integers(0, 10**6), st.sampled_from(KINDS))
def test_a_number_tells_its_kind_and_is_never_given_twice(latest: int, kind: str) -> None:
    number = number_after(latest, kind)  # type: ignore[arg-type]
    assert number > latest
    assert kind_of(number) == kind


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("Order 1017 is placed.", (1017, False)),
        ("Order 1018 is declined.", (1018, True)),
        ("Nina is on the way, and will be with you soon. It is for: burst pipe, 1019 Harbor Street.", (1019, False)),
        ("Nina is on the way, and will be with you soon.", None),
        ("Urgent: burst pipe at 1019 Harbor Street. Can you go? You have 45 seconds.", None),
    ],
)
def test_an_outcome_that_was_written(text: str, outcome: object) -> None:
    assert outcome_in(text) == outcome


def test_an_outcome_that_was_spoken() -> None:
    assert outcome_of(1017, "Noted 1017. Order 1017 is placed.") == "done"
    assert outcome_of(1017, "Noted 1017. Order 1018 is placed") is None
    assert outcome_of(1018, "Order 1018 is declined") == "declined"
    assert outcome_of(1019, "Unit 3 is on the way") == "done"
    assert outcome_of(1019, "Noted 1019.") is None
    assert address_in(f"Alex: burst pipe at {arguments(1019)['address']}. Do you take it?") == 1019


@given(st.integers(0, 10**6).filter(lambda number: kind_of(number) != "dispatch"))
def test_an_outcome_is_understood_however_its_number_is_read_out(number: int) -> None:
    assert outcome_of(number, spoken(f"Order {number} is placed. Is there anything else?")) == "done"
