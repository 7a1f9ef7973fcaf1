import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.speech.spoken import sentences, spoken


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Call 555-0142.", "Call five five five, zero one four two."),
        ("(212) 555-0142", "two one two, five five five, zero one four two"),
        ("+12125550142", "plus one, two one two, five five five, zero one four two"),
        ("Order 10042", "Order one zero zero, four two"),
        ("Your code is HX-2204.", "Your code is H X, two two zero four."),
        ("Flat 4B", "Flat four B"),
        ("Tue, Nov 24", "Tuesday, Nov 24"),
        ("Wed 3 March", "Wednesday 3 March"),
        ("I sat down in the sun.", "I sat down in the sun."),
        ("**Monday** at _ten_", "Monday at ten"),
        ("Done! 😀", "Done!"),
        ("info@harbor-home.com", "info at harbor dash home dot com"),
        ("the card ending in 4242.", "the card ending in four two four two."),
        ("Your PIN is 0042.", "Your PIN is zero zero four two."),
        ("order number 007", "order number zero zero seven"),
        ("It is $45.5, or 45.50 USD.", "It is $45.50, or $45.50."),
        ("That is USD 1,250.50.", "That is $1,250.50."),
        ("It is $50-$100, or $50 – $90.", "It is $50 to $100, or $50 to $90."),
        ("Mon-Fri 8 to 6, Sat – Sun 9 to 1", "Monday to Friday 8 to 6, Saturday to Sunday 9 to 1"),
        ("2026-12-01T14:30:00-05:00", "2026-12-01 at 2:30 PM"),
        ("from 2026-12-01T10:30.", "from 2026-12-01 at 10:30."),
        ("### Options", "Options"),
        ("# Options", "Options"),
        ("$2.5 million", "$2.5 million"),
        ("on 24.11.2026", "on November 24, 2026"),
        ("at 14:30 or 20:00, not at 00:15", "at 2:30 PM or 8 PM, not at 12:15 AM"),
        ("at 14:30 PM", "at 14:30 PM"),
        ("zip code 94107", "zip code nine four one, zero seven"),
        # What the synthesiser reads well is left to it.
        ("$45.50 at 10:30 on 2026-11-24", "$45.50 at 10:30 on 2026-11-24"),
        ("1,250 people, the 3rd, 2PM, 3-5 pm", "1,250 people, the 3rd, 2PM, 3-5 pm"),
        ("in 2026", "in 2026"),
        ("", ""),
    ],
)
def test_spoken(text: str, said: str) -> None:
    assert spoken(text) == said


@given(st.text(max_size=300))
def test_any_text_can_be_spoken(text: str) -> None:
    assert spoken(text) == " ".join(spoken(text).split())


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Hello. How are you? Fine!", ["Hello. ", "How are you? ", "Fine!"]),
        ("Mr. Smith comes at 10 a.m. On Monday.", ["Mr. Smith comes at 10 a.m. On Monday."]),
        ("It is $45.50 now", ["It is $45.50 now"]),
        ("", []),
    ],
)
def test_sentences(text: str, parts: list[str]) -> None:
    assert [text[start:end] for start, end in sentences(text)] == parts


def test_a_long_sentence_is_cut_at_a_comma() -> None:
    text = "one two three four five, " * 20

    parts = [text[start:end] for start, end in sentences(text, longest=100)]

    assert all(part.endswith(", ") for part in parts)


@given(st.text(alphabet="aB.,!? \n", max_size=500), st.integers(4, 60))
def test_sentences_cover_the_text(text: str, longest: int) -> None:
    spans = sentences(text, longest)

    assert "".join(text[start:end] for start, end in spans) == text
    assert all(0 < end - start <= longest for start, end in spans)
