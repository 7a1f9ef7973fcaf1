"""Words fit into their boxes, whatever they are, and say so where some are left out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunkline.replay.lettering import fitted, width

SIZE = 11.0


def test_wide_letters_are_wider_and_a_bold_line_too() -> None:
    assert width("WWW", SIZE) > width("aaa", SIZE) > width("iii", SIZE)
    assert width("中文", SIZE) > width("ab", SIZE)
    assert width("e\u0301", SIZE) == width("e", SIZE), "An accent stands above its letter."
    assert width("400 ms", SIZE, bold=True) > width("400 ms", SIZE)


@pytest.mark.parametrize(
    ("text", "room", "lines"),
    [
        ("Yes, please.", 100, ["Yes, please."]),
        ("Yes, please.", 50, ["Yes,", "please."]),
        ("Goodbye.", 40, ["Goo…"]),
        ("Goodbye.", 10, []),
        ("one two three four", 40, ["one", "two", "thre…"]),
        ("one two three four", 45, ["one", "two", "three …"]),
        ("I want to book a visit on Tuesday at ten", 60, ["I want to", "book a", "visit on …"]),
        ("… …", 100, []),
        ("", 100, []),
    ],
)
def test_words_in_a_box(text: str, room: float, lines: list[str]) -> None:
    assert fitted(text, room, SIZE, 3) == lines


@given(st.text(), st.floats(0, 300), st.integers(1, 4))
def test_no_line_is_wider_than_its_room_and_none_is_one_too_many(text: str, room: float, most: int) -> None:
    lines = fitted(text, room, SIZE, most)
    assert len(lines) <= most
    assert all(width(line, SIZE) <= room for line in lines)


@given(st.lists(st.text("abc", min_size=1, max_size=6), min_size=1), st.integers(1, 4))
def test_what_is_left_out_is_marked_and_nothing_else(words: list[str], most: int) -> None:
    text = " ".join(words)
    lines = fitted(text, 80.0, SIZE, most)
    assert (" ".join(lines) == text) == ("…" not in "".join(lines))
