"""The few words that are heard while a card is keyed in."""

import pytest

from edge.core.wishes import wish


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("Cancel.", "cancel"),
        ("No, stop, please.", "cancel"),
        ("I don't want to pay now.", "cancel"),
        ("Never mind.", "cancel"),
        ("Hold on a second.", "wait"),
        ("Let me get my card.", "wait"),
        ("Sorry, what was that?", "again"),
        ("Can you repeat that?", "again"),
        ("Please don't cancel.", None),
        ("Four five three nine one four eight eight.", None),
        ("He said we should stop at the shop on the way back home tonight.", None),
        ("", None),
    ],
)
def test_a_wish_is_told_from_other_talk(words: str, wanted: str | None) -> None:
    assert wish(words) == wanted
