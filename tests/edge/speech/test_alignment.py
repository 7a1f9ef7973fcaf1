from hypothesis import given
from hypothesis import strategies as st

from edge.speech.alignment import word_ends


def test_words_that_are_read_as_they_are_written() -> None:
    assert word_ends("Yes, at ten.", [("Yes,", 1.0), ("at", 2.0), ("ten.", 3.0)]) == [(4, 1.0), (7, 2.0), (12, 3.0)]


def test_a_number_ends_with_the_last_word_it_is_read_as() -> None:
    read = [("At", 1.0), ("ten", 2.0), ("thirty", 3.0), ("on", 4.0), ("Tuesday.", 5.0)]

    assert word_ends("At 10:30 on Tuesday.", read) == [(2, 1.0), (8, 3.0), (11, 4.0), (20, 5.0)]


def test_what_is_not_read_takes_no_time() -> None:
    assert word_ends("Yes — no", [("Yes", 1.0), ("no", 2.0)]) == [(3, 1.0), (5, 1.0), (8, 2.0)]
    assert word_ends("— —", []) == [(1, 0.0), (3, 0.0)]


@given(st.lists(st.sampled_from(["a", "b", "10", "—"]), max_size=12), st.lists(st.sampled_from(["a", "b", "ten"])))
def test_offsets_and_times_never_go_back(original: list[str], read: list[str]) -> None:
    text = " ".join(original)
    ends = word_ends(text, [(word, float(at)) for at, word in enumerate(read, 1)])

    assert len(ends) == len(original)
    assert [chars for chars, _ in ends] == sorted(chars for chars, _ in ends)
    assert [time for _, time in ends] == sorted(time for _, time in ends)
