"""What people in danger say beside what they are asked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.dialogue.distress import about, beside, beyond
from edge.dialogue.words import join, listen


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Please hurry, I have kids here", "hurry"),
        ("oh my god oh my god", "hurry"),
        ("i'm scared", "hurry"),
        ("Should I call the gas company too?", "call"),
        ("do i need to call 911", "call"),
        ("should I call anybody else", "call"),
        ("Should I stay in the house?", "do"),
        ("What should I do until then?", "do"),
        ("is it safe to stay here", "do"),
        ("can I use the lights", "do"),
        ("Is it dangerous?", "dangerous"),
        ("could it explode", "dangerous"),
        ("How long will it take?", "long"),
        ("is anybody coming", "long"),
        ("have you reached somebody", "long"),
        ("OK, we're out", "done"),
        ("I'm outside now", "done"),
        ("everybody is out of the house", "done"),
        ("i turned the water off", "done"),
        ("Oh wait, I think I found the valve, it stopped", "done"),
        ("the fire department is here", "done"),
    ],
)
def test_what_it_is_about(text: str, kind: str) -> None:
    assert about(listen(text)) == kind


@pytest.mark.parametrize(
    "text", ["12 Harbor Street", "yes", "we're not out yet", "Anna Miller", "I'm still in the house", ""]
)
def test_nothing_of_it(text: str) -> None:
    assert about(listen(text)) is None


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("12 Harbor Street, please hurry", ["12 harbor street"]),
        ("12 harbor street please hurry i have two kids here", ["12 harbor street", "i have two", "here"]),
        ("we're outside already, 12 Harbor Street", ["12 harbor street"]),
        ("yes but should i call the gas company", ["yes", "the"]),
        ("ok please hurry", []),
    ],
)
def test_the_other_words(text: str, rest: list[str]) -> None:
    assert [join(piece) for piece in beside(listen(text)) if piece] == rest


@pytest.mark.parametrize("text", ["there's a fire in my kitchen", "the boiler is on fire", "my wife is unconscious"])
def test_what_nobody_is_sent_to(text: str) -> None:
    assert beyond(listen(text))


@pytest.mark.parametrize("text", ["there's a gas fire in my room", "the fire alarm is broken", "I got fired"])
def test_what_only_sounds_like_it(text: str) -> None:
    assert not beyond(listen(text))


@given(st.text(max_size=80))
def test_the_other_words_are_words_of_the_turn(text: str) -> None:
    words = listen(text)
    assert all(word in words for piece in beside(words) for word in piece)
