"""What is to be done to a thing, and whether it is what a choice does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.dialogue import jobs
from edge.dialogue.words import listen

SERVICE = ("boiler", "service", "heating")


def another(text: str, name: tuple[str, ...] = SERVICE) -> bool:
    words = listen(text)
    return jobs.another(words, [at for at, word in enumerate(words) if word.text in name], name)


@pytest.mark.parametrize(
    "text",
    ["a boiler replacement", "my boiler replaced", "replace the old boiler", "a new boiler", "a new gas boiler",
     "the boiler needs to be replaced", "boiler installation on Tuesday", "I want to sell my boiler", "boiler removal",
     "replacement of my boiler", "boiler replacement service", "boiler insurance", "install a boiler"],
)  # fmt: skip
def test_another_job_on_the_same_thing(text: str) -> None:
    assert another(text)


@pytest.mark.parametrize(
    "text",
    ["a boiler service", "the boiler is broken", "boiler repair", "check my boiler", "my new boiler is leaking",
     "my boiler was replaced last year and is noisy", "a boiler service, not a replacement", "boiler", "",
     "I don't want a new boiler", "not replace the boiler", "my boiler. I also need a replacement for it",
     "my boiler needs a new part",
     "a boiler that we would very much like to have replaced"],
)  # fmt: skip
def test_the_same_job_or_none(text: str) -> None:
    assert not another(text)


def test_who_replaces_is_not_asked_to_service() -> None:
    replaces = ("boiler", "replacement")
    assert not another("a boiler replacement", replaces)
    assert not another("I need my boiler replaced", replaces)
    assert another("a boiler repair", replaces)


def test_a_synonym_takes_a_job_in() -> None:
    assert not another("a new boiler", (*SERVICE, "new", "boiler"))


@pytest.mark.parametrize(
    ("text", "thing"),
    [("clean my windows", "windows"), ("a check of my car", "car"), ("repair the roof", "roof"), ("a new car", "car"),
     ("a new one", None), ("clean", None), ("a repair on Tuesday", None), ("a check for my house", None),
     ("cleaning. My windows", None), ("my windows", None)],
)  # fmt: skip
def test_the_thing_that_a_job_is_done_to(text: str, thing: str | None) -> None:
    words = listen(text)
    found = [word for at in range(len(words)) if (word := jobs.upon(words, at)) is not None]
    assert [word.text for word in found] == ([thing] if thing else [])


SAID = st.lists(
    st.sampled_from("boiler replacement new service my not . , replaced was the check a sell of needs".split()),
    max_size=9,
).map(" ".join)


@given(SAID, st.data())
def test_a_choice_that_names_no_job_does_any(text: str, data: st.DataObject) -> None:
    words = listen(text)
    at = data.draw(st.lists(st.integers(0, max(0, len(words) - 1)), max_size=len(words), unique=True))
    assert not jobs.another(words, at if words else [], ("margherita", "boiler"))


@given(SAID)
def test_another_sentence_changes_nothing(text: str) -> None:
    said = text.replace("boiler", "tap").replace("service", "check")
    assert another(f"A boiler replacement. {said}")
    assert not another(f"A boiler service. {said}")
