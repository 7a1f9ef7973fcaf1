import pytest

from edge.speech.heard import heard


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("You", ""),
        ("you", ""),
        ("Thank you for watching!", ""),
        ("♪♪♪", ""),
        ("© transcript Emily Beynon", ""),
        ("啊啊啊", ""),
        ("...", ""),
        ("Yes.", "Yes."),
        ("Thank you.", "Thank you."),
        ("José, at   ten.", "José, at ten."),
        ("No, make it to a clock instead.", "No, make it two o'clock instead."),
        ("To-morrow at half-past ten.", "Tomorrow at half past ten."),
        ("Good-by.", "Goodbye."),
        ("Good-bye.", "Goodbye."),
        ("Two, they?", "Tuesday."),
        ("Third day.", "Thursday."),
        ("The third day.", "The third day."),
    ],
)
def test_heard(text: str, words: str) -> None:
    assert heard(text, 0.9) == words


def test_what_the_model_does_not_believe_was_not_said() -> None:
    assert heard("Falls.", 0.3) == ""
