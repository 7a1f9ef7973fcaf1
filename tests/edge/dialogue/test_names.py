"""Names, told, bare or spelled."""

import pytest

from edge.dialogue import names
from edge.dialogue.words import listen
from tests.edge.dialogue.talk import Caller


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("my name is john miller", "John Miller"),
        ("My name is John Miller and I'd like a visit.", "John Miller"),
        ("Hi, this is Anna Schmidt, I need help", "Anna Schmidt"),
        ("the name's Bond, James Bond", "Bond"),
        ("my name is John Miller M I L L E R", "John Miller"),
        ("My name is Jon Meyer, M E I E R.", "Jon Meier"),
        ("book it under the name of Sarah O'Connor", "Sarah O'Connor"),
    ],
)
def test_a_name_that_is_introduced(text: str, name: str) -> None:
    found = names.find(listen(text))
    assert found is not None
    assert found.value == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("It's John Miller.", "John Miller"),
        ("john miller please", "John Miller"),
        ("um, Lee", "Lee"),
        ("it's Miller, John Miller", "John Miller"),
        ("M U L L E R", "Muller"),
        ("M. U. double L. E. R.", "Muller"),
        ("S as in Sam, A, M", "Sam"),
        ("S-i-o-b-h-a-n", "Siobhan"),
        ("s i o b h a n", "Siobhan"),
        ("capital S, i, o, b, h, a, n", "Siobhan"),
        ("Siobhan, capital S, i, o, b, h, a, n", "Siobhan"),
        ("M for Mary, I for India, L for Lima, O for Oscar", "Milo"),
        ("It's M as in Mary, double L, E. R.", "Mller"),
        ("Smith, S M Y T H", "Smyth"),
        ("you can call me Bob", "Bob"),
        ("Will Smith", "Will Smith"),
        ("McCoy", "McCoy"),
        ("Charlie, Victor,", "Charlie Victor"),
        ("Charlie. Victor.", "Charlie Victor"),
        ("It's Charlie, Victor.", "Charlie Victor"),
    ],
)
def test_a_name_that_was_asked_for(text: str, name: str) -> None:
    found = names.find(listen(text), asked=True)
    assert found is not None
    assert found.value == name


@pytest.mark.parametrize(
    "text",
    [
        "I don't know",
        "why do you need that?",
        "what?",
        "is it done yet?",
        "hold on",
        "",
        "yes",
        "Tuesday at ten",
        "how long does it take",
        "Tuesday. Ten.",
        "Charlie, how much is it?",
        "Well, sorry.",
    ],
)
def test_what_is_no_name(text: str) -> None:
    assert names.find(listen(text), asked=True) is None


def test_a_corrected_last_name_leaves_the_first() -> None:
    muller = names.find(listen("the name is Muller, M U L L E R"))
    assert muller is not None
    assert muller.spelled
    assert names.amend("John Miller", muller) == "John Muller"


def test_a_whole_new_name_replaces_the_old() -> None:
    assert names.amend("John Miller", names.Found("Anna Schmidt", 0, 2)) == "Anna Schmidt"
    assert names.amend("John Miller", names.Found("Ivanov", 0, 1)) == "Ivanov"


def test_letters_for_the_ear() -> None:
    assert names.spoken_letters("Muller") == "M, U, L, L, E, R"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Hi, this is Anna Miller.", "Anna Miller"),
        ("Hello, my name is John Smith.", "John Smith"),
        ("Hi, I'm Peter Brown.", "Peter Brown"),
        ("This is about my boiler.", None),
        ("I'm calling about the bill.", None),
        ("I'm in Boston and it's urgent.", None),
        ("It's Tuesday.", None),
        ("", None),
    ],
)
def test_who_introduces_themselves(text: str, name: str | None) -> None:
    assert names.introduced(listen(text)) == name


def test_what_is_no_name_is_asked_for_again_and_then_spelled(caller: Caller) -> None:
    caller.say("A boiler service on Tuesday at ten.")
    assert "name" in caller.say("You know what it is.").text
    assert "spell it" in caller.say("You know what it is.").text
    assert "for Miller, spelled M, I, L, L, E, R" in caller.say("M I L L E R").text


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("My name is Sam, Sam Hill.", "Sam Hill"),
        ("It's for Sam, Sam Hill.", "Sam Hill"),
        ("Sam. Sam Hill.", "Sam Hill"),
        ("On a Miller.", "Anna Miller"),
    ],
)
def test_a_name_however_it_is_begun(text: str, name: str) -> None:
    found = names.find(listen(text), asked=True)
    assert found is not None
    assert found.value == name
