"""Playout in a steady clock's seconds: never far ahead, paused at a frame, and true about what was heard."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from edge.core.audio import FRAME, FRAME_SECONDS, Pcm, samples
from edge.core.playout import LEAD, Finished, Frame, Mark, Output, Playout


def sound(frames: float, value: int = 1) -> Pcm:
    return np.full(int(frames * FRAME), value, np.int16)


class Carrier:
    """Plays frames in real time and sends marks back when all before them has been played."""

    def __init__(self, playout: Playout) -> None:
        self.playout = playout
        self.played: list[int] = []
        self.queue: list[Output] = []
        self.finished: list[str] = []
        self.now = 0.0

    def run(self, until: float) -> None:
        while self.now < until - 1e-9:
            for output in self.playout.tick(self.now):
                if isinstance(output, Finished):
                    self.finished.append(output.reply)
                else:
                    self.queue.append(output)
            assert sum(isinstance(o, Frame) for o in self.queue) * FRAME_SECONDS <= LEAD + 1e-9
            self.now += FRAME_SECONDS
            if self.queue:
                frame = self.queue.pop(0)
                assert isinstance(frame, Frame)
                self.played.append(int(samples(frame.sound)[0]))
            while self.queue and isinstance(self.queue[0], Mark):
                mark = self.queue.pop(0)
                assert isinstance(mark, Mark)
                self.playout.returned(mark.name)


def test_a_reply_is_played_whole_and_then_finished() -> None:
    playout = Playout(marks=True)
    carrier = Carrier(playout)
    track = playout.open("r1")
    track.add(sound(2.5), 5)
    track.add(sound(7.0), 11)
    track.finish()
    carrier.run(1.0)
    assert len(carrier.played) == 10
    assert carrier.finished == ["r1"]


def test_a_held_reply_is_silent_until_it_is_released() -> None:
    playout = Playout(marks=True)
    carrier = Carrier(playout)
    playout.open("r1", held=True).add(sound(5), 5)
    carrier.run(0.5)
    assert carrier.played == []
    playout.release("r1")
    carrier.run(1.0)
    assert len(carrier.played) == 5


def test_it_resumes_at_the_very_frame() -> None:
    playout = Playout(marks=True)
    carrier = Carrier(playout)
    track = playout.open("r1")
    for value in range(1, 31):
        track.add(sound(1, value), value)
    track.finish()
    carrier.run(0.2)
    playout.paused = True
    carrier.run(1.0)
    assert len(carrier.played) <= 10 + int(LEAD / FRAME_SECONDS)
    playout.paused = False
    carrier.run(2.0)
    assert carrier.played == list(range(1, 31))
    assert carrier.finished == ["r1"]


def test_a_cut_reply_is_over_and_the_next_can_begin() -> None:
    playout = Playout(marks=True)
    carrier = Carrier(playout)
    playout.open("r1").add(sound(50), 50)
    carrier.run(0.2)
    playout.cut("r1", carrier.now)
    carrier.queue.clear()
    track = playout.open("r2")
    track.add(sound(3, 7), 3)
    track.finish()
    carrier.run(1.0)
    assert carrier.played[-3:] == [7, 7, 7]
    assert carrier.finished == ["r2"]


def test_marks_that_come_back_after_a_cut_prove_nothing() -> None:
    playout = Playout(marks=True)
    track = playout.open("r1")
    track.add(sound(2), 10)
    track.add(sound(2), 20)
    marks = [output.name for output in playout.tick(0.0) if isinstance(output, Mark)]
    playout.returned(marks[0])
    assert playout.cut("r1", 0.05) == 10
    playout.returned("r1:20")
    assert playout.heard("r1", 1.0) == 0


def test_marks_of_strangers_are_ignored() -> None:
    playout = Playout(marks=True)
    playout.open("r1").add(sound(2), 10)
    for name in ("", "r1", "r1:", "r1:x", "r1:²", "r9:4", "r1:" + "9" * 400):
        playout.returned(name)
    assert playout.heard("r1", 1.0) == 0


def test_without_marks_the_clock_tells_what_was_heard() -> None:
    playout = Playout(marks=False)
    carrier = Carrier(playout)
    track = playout.open("r1")
    for chars in range(1, 21):
        track.add(sound(1), chars)
    carrier.run(0.2)
    assert playout.heard("r1", carrier.now) == 10
    assert not any(isinstance(output, Mark) for output in carrier.queue)


def test_a_word_of_which_most_was_played_is_heard_and_one_that_had_just_begun_is_not() -> None:
    for marks in (True, False):
        playout = Playout(marks=marks)
        track = playout.open("r1")
        track.add(sound(10), 5)
        track.add(sound(10), 11)
        for tick in range(40):
            playout.tick(tick * 0.01)
        assert playout.heard("r1", 0.14) == 0
        assert playout.heard("r1", 0.16) == 5, "Less than 50 ms of it are missing."
        assert playout.heard("r1", 0.30) == 5
        assert playout.heard("r1", 0.36) == 11


def test_lost_marks_delay_the_end_but_do_not_prevent_it() -> None:
    playout = Playout(marks=True)
    track = playout.open("r1")
    track.add(sound(1), 4)
    track.finish()
    assert not any(isinstance(output, Finished) for output in playout.tick(0.0))
    assert not playout.tick(0.5)
    assert playout.tick(2.0) == [Finished("r1", 4)]


def test_a_carrier_that_has_sent_marks_is_not_taken_at_the_clock_s_word() -> None:
    playout = Playout(marks=True)
    track = playout.open("r1")
    for chars in (5, 10, 15):
        track.add(sound(10), chars)
    track.finish()
    for tick in range(100):
        playout.tick(tick * 0.01)
    playout.returned("r1:5")
    assert playout.heard("r1", 1.0) == 15, "The others may be on their way."
    assert playout.tick(2.39) == []
    assert playout.heard("r1", 2.41) == 5
    assert playout.tick(2.61) == [Finished("r1", 5, unproved=True)]


def test_a_carrier_whose_marks_stay_away_for_good_is_taken_at_the_clock_s_word_again() -> None:
    playout = Playout(marks=True)
    finished: list[Finished] = []
    for number in range(6):
        track = playout.open(f"r{number}")
        track.add(sound(10), 5)
        track.finish()
        for tick in range(300):
            finished += [each for each in playout.tick(number * 3 + tick * 0.01) if isinstance(each, Finished)]
            if number == 0 and tick == 50:
                playout.returned("r0:5")
    assert [each.unproved for each in finished] == [False, True, True, True, False, False]
    assert playout.proof == "clock"


def test_a_late_mark_proves_what_was_in_doubt() -> None:
    playout = Playout(marks=True)
    track = playout.open("r1")
    for chars in (5, 10):
        track.add(sound(10), chars)
    track.finish()
    for tick in range(60):
        playout.tick(tick * 0.01)
    playout.returned("r1:5")
    playout.returned("r1:10")
    assert playout.tick(0.6) == [Finished("r1", 10)]


def test_a_reply_cut_on_a_line_that_stands_holds_what_was_proved() -> None:
    playout = Playout(marks=True)
    track = playout.open("r1")
    for chars in range(5, 205, 5):
        track.add(sound(10), chars)
    for tick in range(300):
        playout.tick(tick * 0.01)
        if tick == 50:
            playout.returned("r1:10")
    assert playout.cut("r1", 3.0) == 10, "The clock says 75."


@given(
    st.lists(st.tuples(st.floats(0.1, 4), st.integers(0, 9)), min_size=1, max_size=12),
    st.lists(st.tuples(st.floats(0.02, 0.4), st.booleans()), max_size=6),
)
def test_pauses_lose_nothing_and_heard_only_grows(
    pieces: list[tuple[float, int]], pauses: list[tuple[float, bool]]
) -> None:
    playout = Playout(marks=True)
    carrier = Carrier(playout)
    track = playout.open("r1")
    chars = 0
    for frames, more in pieces:
        chars += more
        track.add(sound(frames), chars)
    track.finish()
    heard = 0
    for seconds, paused in pauses:
        playout.paused = paused
        carrier.run(carrier.now + seconds)
        now = playout.heard("r1", carrier.now) if "r1" not in carrier.finished else chars
        assert heard <= now <= chars
        heard = now
    playout.paused = False
    carrier.run(carrier.now + 3.0)
    assert carrier.finished == ["r1"]
    assert len(carrier.played) == -(-sum(int(frames * FRAME) for frames, _ in pieces) // FRAME)
