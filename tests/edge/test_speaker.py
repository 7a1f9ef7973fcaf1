"""The agent's voice on a line that can fall silent in mid-sound, and on one that cannot: in time made here."""

import pytest

from edge.core.audio import SILENCE
from edge.core.playout import Frame
from edge.speaker import Speaker
from tests.edge.test_replies import Line


class Talk:
    """A speaker with one reply of two seconds of sound, 100 characters."""

    def __init__(self, *, stops: bool) -> None:
        self.now = 0.0
        self.line = Line()
        self.line.stops = stops
        self.speaker = Speaker(self.line, lambda: self.now)
        track = self.speaker.open("r1", held=False)
        for number in range(1, 101):
            track.add(SILENCE, number)
        track.finish()

    def plays(self, seconds: float) -> int:
        """Frames that were sent meanwhile."""
        frames = 0
        for _ in range(round(seconds / 0.01)):
            self.now += 0.01
            frames += sum(isinstance(output, Frame) for output in self.speaker.tick(self.now))
        return frames


@pytest.mark.parametrize("stops", [False, True])
def test_while_it_pauses_nothing_is_sent_and_no_frame_is_lost(stops: bool) -> None:
    talk = Talk(stops=stops)
    before = talk.plays(0.5)
    talk.speaker.pause()
    assert talk.speaker.paused
    assert talk.plays(1.0) == 0
    talk.speaker.resume()
    assert before + talk.plays(3.0) == 100 == talk.line.frames


def test_what_was_not_heard_before_a_pause_comes_later_and_so_does_all_that_follows() -> None:
    steady, stood = Talk(stops=True), Talk(stops=True)
    stood.line.unheard = 0.3
    for talk in (steady, stood):
        talk.plays(0.5)
        talk.speaker.pause()
        talk.plays(1.0)
        talk.speaker.resume()
        talk.plays(0.2)
    assert stood.speaker.heard("r1", stood.now) < steady.speaker.heard("r1", steady.now)


def test_of_a_reply_that_is_cut_only_what_had_left_and_was_heard_counts() -> None:
    left, held = Talk(stops=False), Talk(stops=False)
    held.line.unheard = 0.2
    for talk in (left, held):
        talk.plays(0.6)
    heard, less = left.speaker.cut("r1", begun=True), held.speaker.cut("r1", begun=True)
    assert 0 < less < heard <= 40
    assert left.line.cleared == held.line.cleared == 1


def test_what_was_never_played_leaves_no_trace_on_the_line() -> None:
    talk = Talk(stops=True)
    assert talk.speaker.cut("r1", begun=False) == 0
    assert talk.line.cleared == 0
