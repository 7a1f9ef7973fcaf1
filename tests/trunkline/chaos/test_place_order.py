"""The tool of a trial: its slots, and that a worker which is told of its package finds it."""

from hypothesis import given
from hypothesis import strategies as st

from trunkline.chaos.tools.place_order import number_of, slot_of
from workflows.catalog import scan, scan_all


@given(st.integers(1, 1_000_000))
def test_each_order_has_a_slot_of_its_own(number: int) -> None:
    assert number_of(slot_of(number)) == number


def test_it_is_found_in_its_package_and_nowhere_else() -> None:
    assert "place_order" not in [tool.name for tool in scan().tools]
    both = scan_all(["workflows.tools", "trunkline.chaos.tools"])
    assert not both.problems
    assert {"book_visit", "place_order"} <= {tool.name for tool in both.tools}


def test_a_package_that_is_not_there_is_a_problem_of_its_own() -> None:
    found = scan_all(["no.such.package", "trunkline.chaos.tools"])
    assert [tool.name for tool in found.tools] == ["pay_order", "place_order"]
    assert "TRUNKLINE_TOOL_PACKAGES" in found.problems[0].message
