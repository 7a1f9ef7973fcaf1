"""Which of a few things was meant."""

import pytest

from edge.dialogue.choices import Choice, match
from edge.dialogue.words import listen

SERVICES = (
    Choice("boiler", "boiler service", ("heating", "no heat", "furnace")),
    Choice("drain", "drain cleaning", ("blocked sink", "clogged")),
    Choice("electrical", "electrical check", ("electrician", "wiring")),
    Choice("tap", "tap repair", ("faucet", "leaking tap")),
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("I need a boiler service", "boiler"),
        ("My boyler is broken", "boiler"),
        ("The dreams in my kitchen are blocked", "drain"),
        ("my kitchen sink is blocked", "drain"),
        ("can you send an electrician", "electrical"),
        ("Tap repair.", "tap"),
        ("the furnace went out", "boiler"),
        ("boiler repair", "boiler"),
        ("not the boiler, the drain", "drain"),
    ],
)
def test_the_best_match(text: str, value: str) -> None:
    assert match(listen(text), SERVICES)[0].choice.value == value


@pytest.mark.parametrize(
    "text", ["I'd like a haircut", "window cleaning please", "hello", "", "a visit on Tuesday at four"]
)
def test_nothing_like_them(text: str) -> None:
    assert match(listen(text), SERVICES) == []


def test_a_shared_word_fits_all_that_share_it() -> None:
    pipes = (Choice(1, "tap repair"), Choice(2, "pipe repair"))
    assert len(match(listen("a repair"), pipes, asked=True)) == 2
