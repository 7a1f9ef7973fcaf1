"""Which of a few things was meant."""

import pytest

from edge.dialogue.choices import Choice, another_thing, hinted, match, near
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
    "text",
    ["I'd like a haircut", "window cleaning please", "hello", "", "a visit on Tuesday at four", "clean my windows",
     "I'd like to check my account balance", "repair my roof", "a repair", "I need a check", "a boiler replacement"],
)  # fmt: skip
def test_nothing_like_them(text: str) -> None:
    assert match(listen(text), SERVICES) == []


def test_a_shared_word_fits_all_that_share_it() -> None:
    pipes = (Choice(1, "tap repair"), Choice(2, "pipe repair"))
    assert len(match(listen("a repair"), pipes, asked=True)) == 2


def test_a_job_alone_is_enough_where_it_was_asked_for() -> None:
    assert match(listen("the cleaning, please"), SERVICES, asked=True)[0].choice.value == "drain"
    assert match(listen("clean my windows"), SERVICES, asked=True) == []
    assert hinted(listen("I need a repair"), SERVICES)[0].choice.value == "tap"


@pytest.mark.parametrize(
    ("text", "value"),
    [("a boiler replacement", "boiler"), ("can you install a new tap", "tap"), ("a new furnace", "boiler"),
     ("I need my drains replaced", "drain")],
)  # fmt: skip
def test_what_comes_nearest_to_something_else(text: str, value: str) -> None:
    assert [one.choice.value for one in near(listen(text), SERVICES)] == [value]
    assert match(listen(text), SERVICES, asked=True) == []


def test_a_replacement_that_is_offered_is_the_one_that_is_meant() -> None:
    both = (*SERVICES, Choice("new boiler", "boiler replacement"))
    for text in ("a boiler replacement", "I need my boiler replaced", "a new boiler"):
        assert [one.choice.value for one in match(listen(text), both)] == ["new boiler"], text
    assert match(listen("a boiler service"), both)[0].choice.value == "boiler"


def test_another_thing_than_theirs() -> None:
    for text in ("window cleaning", "repair my roof", "a health check"):
        assert another_thing(listen(text), SERVICES), text
    for text in ("drain cleaning", "a repair", "the check, please", "I'd like a haircut", ""):
        assert not another_thing(listen(text), SERVICES), text


DANGERS = (
    Choice("gas", "gas smell", ("gas",), beside=("gas bill", "gas boiler")),
    Choice("cold", "no heating", ("no hot water", "heating is out")),
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a gasmail in here", "gas"),
        ("guess male in here", "gas"),
        ("my gas boiler leaks gas", "gas"),
        ("we have no heating", "cold"),
        ("we haven't got any hot water", "cold"),
        ("the heating is out", "cold"),
    ],
)
def test_what_is_missing_and_what_was_misheard(text: str, value: str) -> None:
    assert match(listen(text), DANGERS)[0].choice.value == value


@pytest.mark.parametrize(
    "text", ["my heating makes a noise", "the gas bill", "there is no gas", "hot water", "by mail"]
)
def test_a_word_of_another_thing_or_one_that_is_denied_is_no_match(text: str) -> None:
    assert match(listen(text), DANGERS) == []
