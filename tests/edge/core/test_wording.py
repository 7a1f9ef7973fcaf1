"""Which words belong to which question."""

from edge.core.endpointing import Waits
from edge.core.wording import EARLY, PAUSE, Word, Wording


def words(text: str, at: float) -> list[Word]:
    return [Word(word, at + 0.3 * number, at + 0.3 * number + 0.3) for number, word in enumerate(text.split())]


def test_supposed_words_follow_final_ones_and_give_way_to_them() -> None:
    wording = Wording()
    wording.suppose(words("I would lick", 1.0), 1.9)
    assert wording.since(1.0) == "I would lick"
    wording.settle(words("I would like", 1.0), 1.9)
    wording.suppose(words("a tap", 1.9), 2.5)
    assert wording.since(1.0) == "I would like a tap"
    assert (wording.final_to, wording.heard_to) == (1.9, 2.5)


def test_a_word_belongs_where_its_middle_is() -> None:
    wording = Wording()
    wording.settle(words("that is all", 1.0), 2.0)
    assert wording.since(1.1) == "that is all"
    assert wording.since(1.5) == "is all"
    assert wording.since(2.0) == ""


def test_words_nobody_asked_for_begin_after_a_pause() -> None:
    wording = Wording()
    assert wording.latest() == (0.0, "")
    wording.settle(words("yes please", 1.0), 1.6)
    wording.suppose(words("and also", 4.0), 4.6)
    assert wording.latest() == (4.15, "and also")


def test_words_of_a_turn_that_was_asked_about_begin_with_it() -> None:
    wording = Wording()
    wording.ask(0.9)
    wording.settle(words("yes please", 1.0), 1.6)
    assert wording.latest() == (0.9, "yes please")
    wording.suppose(words("and also", 5.0), 5.6)
    assert wording.latest() == (5.15, "and also")


def test_so_do_those_that_follow_the_longest_pause_in_a_turn() -> None:
    assert Waits().longest + EARLY < PAUSE
    wording = Wording()
    wording.ask(0.9)
    wording.settle(words("415 555", 1.0), 1.6)
    wording.suppose(words("0142", 1.6 + Waits().longest), 3.1)
    assert wording.latest() == (0.9, "415 555 0142")


def test_each_transcript_ends_later_than_the_one_before() -> None:
    wording = Wording()
    ends = [wording.stamp(upto) for upto in (1.0, 1.0, 0.5, 2.0)]
    assert ends == sorted(set(ends))
    assert ends[-1] == 2.0
