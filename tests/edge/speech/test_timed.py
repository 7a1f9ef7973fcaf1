"""Audio cut where its words end."""

from edge.core.audio import RATE
from edge.core.history import cut_to_words
from edge.speech.timed import Words


def test_numbers_are_read_out_in_words_and_what_was_heard_is_told_in_the_text() -> None:
    text = "It is 415 555 0137, a cell."
    words, said = Words(text, 0), "It is four one five five five five zero one three seven a cell".split()
    words.add(said, [float(number) for number in range(1, len(said) + 1)])
    told = words.cut(bytes(len(said) * RATE), 0)
    heard = {f"{number} {word}": cut_to_words(text, told[number][1]) for number, word in enumerate(said)}
    assert heard["3 one"] == "It is", "Nobody has heard 415 yet."
    assert heard["7 five"] == "It is 415"
    assert heard["11 seven"] == "It is 415 555 0137,"
    assert heard["13 cell"] == text
