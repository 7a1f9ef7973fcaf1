"""Business takes long: a word, then another only after seconds and in other words; never over the caller."""

from edge.core import events as do
from edge.core.states import State
from edge.running import SLOW_AGAIN, Running
from tests.edge.core.stage import Stage, greeted

WORDS = ("I'm still working on that.", "It's taking a little longer than usual.")


class Waiting:
    """A stage on which a tool runs since 3 s; each word about it is heard for a second."""

    def __init__(self) -> None:
        self.stage = greeted()
        self.stage.at(3.0, do.Busy(True))
        self.running = Running(WORDS)
        self.running.begin("t1", 3.0, slow_after=2.0)
        self.said: list[tuple[float, str]] = []

    def until(self, end: float) -> Stage:
        stage = self.stage
        for tick in range(round(stage.now * 10), round(end * 10)):
            said = [action for action in stage.at(tick / 10) if isinstance(action, do.Say)]
            for say in said:
                self.said.append((tick / 10, say.text))
                stage.plays(tick / 10, tick / 10 + 1.0)
            if stage.state() is State.LISTENING and (due := self.running.word(stage.now, ())):
                stage.at(stage.now, do.Announce(*due, "filler", expires=stage.now + 1.5))
        return stage


def test_a_word_and_another_only_after_seconds_in_other_words() -> None:
    waiting = Waiting()
    waiting.until(32.0)
    first, second, third = waiting.said
    assert [text for _, text in waiting.said] == [WORDS[0], WORDS[1], WORDS[0]]
    assert 5.0 <= first[0] <= 5.5
    assert second[0] - first[0] >= SLOW_AGAIN - 0.1
    assert third[0] - second[0] >= 2 * SLOW_AGAIN - 0.1


def test_no_word_while_the_caller_speaks_and_none_once_it_is_done() -> None:
    waiting = Waiting()
    stage = waiting.until(6.5)
    stage.says("Take your time, I am not in a hurry at all.", 12.8, 15.8)
    stage.at(16.4)
    stage.plays(16.5, 17.5)
    waiting.until(18.5)
    second = waiting.said[1]
    assert second[0] > 17.5, "It was due while they spoke."
    waiting.running.end("t1")
    stage.at(18.6, do.Busy(False))
    waiting.until(26.0)
    assert len(waiting.said) == 2
