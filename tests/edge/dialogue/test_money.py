"""Sums of money."""

import pytest

from edge.dialogue.money import find_money, spoken_money
from edge.dialogue.words import listen


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("$50.20", 5020),
        ("fifty dollars", 5000),
        ("fifty dollars and twenty cents", 5020),
        ("it's 1,200 dollars", 120000),
        ("80 cents", 80),
    ],
)
def test_sums(text: str, cents: int) -> None:
    found = find_money(listen(text))
    assert found is not None
    assert found[0] == cents


def test_a_bare_number_is_a_sum_only_when_asked() -> None:
    assert find_money(listen("twelve fifty")) is None
    assert find_money(listen("twelve fifty"), asked=True) == (1250, 0, 2)


def test_spoken() -> None:
    assert spoken_money(50.0) == "50"
    assert spoken_money(50.2) == "50 20"
