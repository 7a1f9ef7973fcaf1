"""One call from the caller's side, with a clock of our own and agents of a few lines."""

from collections.abc import Callable

from benchmarks.load.conversation import Line
from benchmarks.load.playback import Playback
from benchmarks.load.talk import QUIET, Talk

TICK = 0.020
LOUD = b"\x80" * 160
HISS = ("h",)


def line(frames: int, *, over: float | None = None) -> Line:
    return Line(("q", *("s" * frames), "q"), 1, 1 + frames, over=over)


def run(lines: list[Line], agent: Callable[[str, float, Playback], None], seconds: float = 60.0) -> Talk:
    playback, now = Playback(), 100.0
    talk = Talk(lines, HISS, playback, 1, now)
    while not talk.over and now < 100 + seconds:
        now += TICK
        agent(talk.tick(now), now, playback)
    return talk


class Agent:
    """Greets, answers ``wait`` seconds after a sound has ended, for ``length``; is silent ``stop`` after one begins."""

    def __init__(self, wait: float, length: float = 1.0, stop: float | None = None) -> None:
        self.wait, self.length, self.stop = wait, length, stop
        self.due: float | None = 100.5
        self.heard = self.onset = 0.0

    def __call__(self, frame: str, now: float, playback: Playback) -> None:
        if frame == "s":
            if not self.heard:
                self.onset = now - TICK
            self.heard, self.due = now, None
            if self.stop is not None and playback.sounding(now) and now >= self.onset + self.stop:
                playback.clear(now)
        elif self.heard:
            self.due, self.heard = self.heard + self.wait, 0.0
        if self.due is not None and now >= self.due:
            for _ in range(round(self.length / TICK)):
                playback.append(LOUD, self.due)
            self.due = None


def test_each_line_waits_for_the_agent_and_its_wait_is_measured_to_the_ear() -> None:
    talk = run([line(20), line(30)], Agent(0.6))
    assert talk.over
    assert [turn.line for turn in talk.turns] == [0, 1]
    for turn in talk.turns:
        assert turn.wait is not None
        assert abs(turn.wait - 0.6) < 1e-6
        assert turn.stop is None
        assert not turn.early
    assert talk.turns[1].at - talk.turns[0].at > 0.6 + 1.0 + QUIET


def test_a_line_over_the_agent_measures_how_soon_it_is_silent() -> None:
    talk = run([line(20), line(40, over=1.5)], Agent(0.6, length=8.0, stop=0.3))
    assert talk.over
    stop = talk.turns[1].stop
    assert stop is not None
    assert abs(stop - 0.3) < 0.021


def test_an_agent_that_does_not_stop_is_seen_to_go_on() -> None:
    talk = run([line(20), line(40, over=1.5)], Agent(0.6, length=4.0))
    stop = talk.turns[1].stop
    assert stop is not None
    assert stop > 2.0


def test_a_mute_agent_is_given_up_line_by_line() -> None:
    talk = run([line(20), line(20)], lambda *_: None)
    assert talk.over
    assert [turn.wait for turn in talk.turns] == [None, None]


def test_an_agent_that_talks_into_a_line_is_noticed() -> None:
    def interrupts(frame: str, now: float, playback: Playback) -> None:
        if frame == "s" and not playback.sounding(now):
            playback.append(LOUD, now)

    talk = run([line(40)], interrupts)
    assert talk.turns[0].early
