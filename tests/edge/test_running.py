"""Slow tools: when the caller gets a word, and which."""

from edge.running import SLOW_AGAIN, Running

WORDS = ("I'm still working on that.", "It's taking a little longer.")


def test_a_word_each_time_later_and_in_other_words() -> None:
    running = Running(WORDS)
    running.begin("t1", 10.0, slow_after=3.0)
    told = [(at, due[1]) for at in range(10, 80) if (due := running.word(at, ()))]
    assert told == [(13, WORDS[0]), (21, WORDS[1]), (37, WORDS[0]), (61, WORDS[1])]


def test_each_word_has_a_name_of_its_own() -> None:
    running = Running(WORDS)
    running.begin("t1", 0.0, slow_after=1.0)
    names = [due[0] for at in range(40) if (due := running.word(at, ()))]
    assert names == ["slow-t1-1", "slow-t1-2", "slow-t1-3"]


def test_no_word_about_what_waits_for_the_caller_nor_at_once_when_it_goes_on() -> None:
    running = Running(WORDS)
    running.begin("t1", 0.0, slow_after=1.0)
    assert running.word(5.0, {"t1"}) is None
    running.goes_on("t1", 5.0)
    assert running.word(5.0 + SLOW_AGAIN - 0.1, ()) is None
    assert running.word(5.0 + SLOW_AGAIN, ()) == ("slow-t1-1", WORDS[0])


def test_those_without_an_outcome_run() -> None:
    running = Running(WORDS)
    running.begin("t1", 0.0)
    running.begin("t2", 0.0)
    running.end("t1")
    running.end("t1")
    assert list(running) == ["t2"]
    running.end("t2")
    assert not running


def test_an_agent_without_such_words_says_none() -> None:
    running = Running(())
    running.begin("t1", 0.0)
    assert running.word(100.0, ()) is None
