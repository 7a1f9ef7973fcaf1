"""A stage for TurnTaker: its shell played by hand, and random scripts to play on it."""

from collections.abc import Callable
from random import Random

from hypothesis import strategies as st

from edge.core import events as do
from edge.core.manners import Manners
from edge.core.transitions import DEADLINE
from edge.core.turntaker import WAITS, State, TurnTaker
from edge.core.vad import SpeechStarted, SpeechStopped


class Stage:
    """A TurnTaker with its shell played by hand: keeps the log of actions, and what a careful shell would know."""

    def __init__(self, manners: Manners | None = None) -> None:
        self.taker = TurnTaker(manners)
        self.now = 0.0
        self.log: list[do.Action] = []
        self.live: dict[str, bool] = {}
        """Replies that are under way: id → committed."""
        self.paused: str | None = None
        self.announced: set[str] = set()
        self.settled: list[str] = []
        self.closed_at: int | None = None
        self.moves: set[tuple[State, str, State]] = set()
        """From which state to which other, and by what."""

    def at(self, now: float, *events: do.Input) -> list[do.Action]:
        """Let time run to ``now``, expiring deadlines on the way, and then hand over the events."""
        before = len(self.log)
        for _ in range(1000):
            if self.taker.deadline is None or self.taker.deadline > now:
                break
            self.now = max(self.now, self.taker.deadline)
            self.obey(self.feed(None))
        else:
            raise AssertionError("Deadlines do not come to an end.")
        self.now = max(self.now, now)
        for event in events:
            if isinstance(event, do.Announce):
                self.announced.add(event.announcement)
            self.obey(self.feed(event))
        return self.log[before:]

    def feed(self, event: do.Input | None) -> list[do.Action]:
        """Hand over an event, or a deadline that has passed; remember where it led."""
        taker, before = self.taker, self.taker.state
        actions = taker.expire(self.now) if event is None else taker.receive(event, self.now)
        if taker.state is not before:
            self.moves.add((before, DEADLINE if event is None else type(event).__name__, taker.state))
        return actions

    def obey(self, actions: list[do.Action]) -> None:
        for action in actions:
            self.log.append(action)
            self.check(action)
        assert (self.taker.deadline is not None) == (self.taker.state in WAITS), self.taker.state

    def check(self, action: do.Action) -> None:
        assert self.closed_at is None or isinstance(action, do.Settle | do.Flush | do.Discard | do.HangUp), action
        match action:
            case do.Begin(reply, _, _, speculative):
                assert not self.live, "Two replies at once."
                self.live[reply] = not speculative
            case do.Say(reply):
                assert not self.live, "Two replies at once."
                self.live[reply] = True
            case do.Commit(reply):
                assert reply in self.live
                self.live[reply] = True
            case do.Discard(reply):
                assert self.live.pop(reply) is False, "A committed reply was discarded without trace."
            case do.Flush(reply):
                assert self.live.pop(reply) is True, "A speculative reply was flushed: it cannot have been heard."
                self.paused = None
                self.obey(self.feed(do.Cut(reply, 0.5)))
            case do.Pause(reply):
                assert reply in self.live
                assert self.paused is None
                self.paused = reply
            case do.Resume(reply):
                assert self.paused == reply
                self.paused = None
            case do.Settle(announcement):
                self.settled.append(announcement)
            case _:
                pass
        if self.taker.state is State.CLOSED:
            self.closed_at = len(self.log)

    def state(self) -> State:
        """Read anew each time: the type checker would take it for unchanged between two looks."""
        return self.taker.state

    def spoken(self, reply: str, heard: float = 1.0) -> None:
        """The shell says that a reply is over; an uncommitted one cannot be."""
        if self.live.get(reply):
            del self.live[reply]
            self.paused = None
            self.obey(self.feed(do.Spoken(reply, heard)))


TEXTS = ["", "Yes.", "Mhm.", "I want to", "Book a boiler service on Tuesday.", "No, wait.", "Hold on a second."]

Step = Callable[[Stage], None]


def _newest(stage: Stage, *, committed: bool | None = None) -> str:
    return next((reply for reply, state in stage.live.items() if committed in (None, state)), "r0")


def _start(stage: Stage) -> None:
    stage.at(stage.now, SpeechStarted(max(0.0, stage.now - 0.07)))


def _stop(stage: Stage) -> None:
    stage.at(stage.now, SpeechStopped(max(0.0, stage.now - 0.13)))


def _ready(stage: Stage) -> None:
    stage.at(stage.now, do.Ready(_newest(stage)))


def _spoken(stage: Stage) -> None:
    stage.spoken(_newest(stage, committed=True))


def _broken(stage: Stage) -> None:
    stage.spoken(_newest(stage, committed=True), heard=0.4)


def _dry(stage: Stage) -> None:
    stage.at(stage.now, do.Dry(_newest(stage)))


def _busy(stage: Stage) -> None:
    stage.at(stage.now, do.Busy(not stage.announced))


def _secure(stage: Stage) -> None:
    stage.at(stage.now, do.Secure(True))


def _open(stage: Stage) -> None:
    stage.at(stage.now, do.Secure(False))


def _hear(text: str) -> Step:
    def step(stage: Stage) -> None:
        decode = next((action for action in reversed(stage.log) if isinstance(action, do.Decode)), None)
        if decode:
            stage.at(stage.now, do.Heard(text, decode.start, decode.end))

    return step


def _interim(text: str) -> Step:
    """Words of a streaming recogniser, unasked, in a hush of the caller's."""

    def step(stage: Stage) -> None:
        stage.at(stage.now, do.Heard(text, stage.now, stage.now + 0.01, hushed=True))

    return step


def _wait(seconds: float) -> Step:
    def step(stage: Stage) -> None:
        stage.at(stage.now + seconds)

    return step


def _press(digit: str) -> Step:
    def step(stage: Stage) -> None:
        stage.at(stage.now, do.Key(digit))

    return step


def _expect(stage: Stage) -> None:
    stage.at(stage.now, do.Expect(_newest(stage), "yes_no"))


def _announce(urgent: bool, question: bool, expires: float | None) -> Step:
    def step(stage: Stage) -> None:
        stage.at(
            stage.now,
            do.Announce(
                f"a{len(stage.announced)}",
                "It is done.",
                "question" if question else "announcement",
                urgent,
                None if expires is None else stage.now + expires,
            ),
        )

    return step


def _finish(stage: Stage) -> None:
    stage.at(stage.now, do.FinishAfter(_newest(stage)))


def _hang_up(stage: Stage) -> None:
    stage.at(stage.now, do.LineClosed("caller_hung_up"))


_SOUND: list[Step] = [_start, _stop, _start, _stop, _ready, _ready, _spoken, _finish, _expect, _broken, _dry, _busy]
_CAPTURE: list[Step] = [_secure, _open, _open]

STEPS = st.one_of(
    st.sampled_from(_SOUND),
    st.sampled_from(_CAPTURE),
    st.sampled_from(TEXTS).map(_hear),
    st.sampled_from(TEXTS).map(_interim),
    st.sampled_from([0.02, 0.1, 0.3, 0.7, 2.0, 9.0]).map(_wait),
    st.sampled_from("0159*#").map(_press),
    st.builds(_announce, st.booleans(), st.booleans(), st.sampled_from([None, 0.5, 30.0])),
)


# -- scripts without hypothesis, the same for each seed ----------------------------------------------------------------

_WORDS = [_hear(text) for text in TEXTS] + [_interim(text) for text in TEXTS[1:5:3]]
_TIME = [_wait(seconds) for seconds in (0.02, 0.1, 0.3, 0.7, 2.0, 9.0, 90.0)]
_KEYS = [_press(digit) for digit in "0159*#"]
_BUSINESS = [
    _announce(urgent, question, expires)
    for urgent in (False, True)
    for question in (False, True)
    for expires in (None, 0.5, 30.0)
]


def played(seed: int, steps: int = 40, stage: Stage | None = None) -> Stage:
    """A stage on which a random call was played, to its end."""
    random = Random(seed)
    stage = stage or Stage()
    stage.at(0.0, do.Answered("Hello."))
    for _ in range(steps):
        kind = random.choices((_SOUND, _WORDS, _TIME, _KEYS, _BUSINESS, _CAPTURE), (18, 9, 9, 3, 3, 1))[0]
        random.choice(kind)(stage)
    stage.at(stage.now, do.LineClosed("caller_hung_up"))
    return stage
