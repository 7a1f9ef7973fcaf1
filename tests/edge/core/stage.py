"""A stage for TurnTaker: its shell played by hand, in seconds of call audio."""

from edge.core import events as do
from edge.core.endpointing import Waits
from edge.core.manners import Manners
from edge.core.states import WAITS, State
from edge.core.transitions import DEADLINE
from edge.core.turntaker import TurnTaker
from edge.core.vad import SpeechStarted, SpeechStopped

MANNERS = Manners(waits=Waits(finished=0.30, answer=0.22))
"""The waits by which the scenes are timed, whatever today's are."""


class Stage:
    """A TurnTaker with its shell played by hand: keeps the log of actions, and what a careful shell would know."""

    def __init__(self, manners: Manners | None = None) -> None:
        self.taker = TurnTaker(manners or MANNERS)
        self.now = 0.0
        self.log: list[do.Action] = []
        self.live: dict[str, bool] = {}
        """Replies that are under way: id → committed."""
        self.guesses: tuple[object, int] = (None, 0)
        """The caller's utterance under way, and how many replies were begun to it on a guess."""
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
        if self.taker.state is State.CLOSED:
            self.closed_at = len(self.log)
        assert (self.taker.deadline is not None) == (self.taker.state in WAITS), self.taker.state

    def check(self, action: do.Action) -> None:
        assert self.closed_at is None or isinstance(action, do.Settle | do.Flush | do.Discard | do.HangUp), action
        match action:
            case do.Begin(reply, _, _, speculative):
                assert not self.live, "Two replies at once."
                self.live[reply] = not speculative
                if speculative:
                    self.guess()
            case do.Say(reply):
                assert not self.live, "Two replies at once."
                self.live[reply] = True
            case do.Commit(reply):
                assert reply in self.live
                self.live[reply] = True
            case do.Discard(reply):
                assert self.live.pop(reply) is False, "A committed reply was discarded without trace."
            case do.Flush(reply, _, acts):
                assert not acts or self.state() is State.CLOSED, (
                    "Only a caller who has gone hears nothing of what is done."
                )
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

    def says(self, text: str, start: float, end: float) -> None:
        """The caller says this, and the recogniser has it 0.22 s after the last sound."""
        self.at(start + 0.1, SpeechStarted(start))
        self.at(end + 0.15, SpeechStopped(end))
        decode = next(action for action in reversed(self.log) if isinstance(action, do.Decode))
        self.at(end + 0.22, do.Heard(text, decode.start, decode.end))

    def asks(self, *meanwhile: do.Input) -> do.Begin:
        """From 4 to 5 s the caller asks what it costs; ``meanwhile`` comes at 4.1 s. The reply that is begun."""
        self.at(4.1, SpeechStarted(4.0), *meanwhile)
        self.at(5.15, SpeechStopped(5.0))
        (begin,) = self.at(5.22, do.Heard("What does it cost?", 4.0, 5.0))
        assert isinstance(begin, do.Begin)
        return begin

    def told(self, now: float) -> do.Say:
        """What the agent has begun to say by itself, up to now."""
        say = self.at(now)[-1]
        assert isinstance(say, do.Say)
        return say

    def guess(self) -> None:
        said, count = self.taker._caller.said, self.guesses[1]
        self.guesses = (said, count + 1 if said is self.guesses[0] else 1)
        assert self.guesses[1] <= self.taker.manners.speculations, "Too many replies were begun on a guess."

    def keys(self, now: float, digits: str, every: float = 0.1) -> list[do.Action]:
        """The caller presses these keys, one after the other from ``now`` on."""
        before = len(self.log)
        for number, digit in enumerate(digits):
            self.at(now + number * every, do.Key(digit))
        return self.log[before:]

    def talks(self, now: float) -> str:
        """The agent's talk, whichever is next, begins to be heard now; which reply that is."""
        reply = next(iter(self.live), None)
        assert reply, "The agent has nothing to say."
        self.at(now, do.Ready(reply))
        assert self.state() is State.SPEAKING
        return reply

    def plays(self, now: float, until: float) -> str:
        """The agent's talk, whichever is next, is heard from ``now`` to its end."""
        reply = self.talks(now)
        self.at(until)
        self.spoken(reply)
        return reply

    def commits(self) -> list[str]:
        """The caller's turns so far."""
        return [action.text for action in self.log if isinstance(action, do.Commit)]

    def state(self) -> State:
        """Read anew each time: the type checker would take it for unchanged between two looks."""
        return self.taker.state

    def spoken(self, reply: str, heard: float = 1.0, *, unproved: bool = False) -> None:
        """The shell says that a reply is over; an uncommitted one cannot be."""
        if self.live.get(reply):
            del self.live[reply]
            self.paused = None
            self.obey(self.feed(do.Spoken(reply, heard, unproved)))


def greeted(manners: Manners | None = None) -> Stage:
    """The greeting has been heard, three seconds into the call."""
    stage = Stage(manners)
    stage.at(0.0, do.Answered("Hello."))
    stage.plays(0.1, 3.0)
    return stage


def answering() -> Stage:
    """The caller has asked something at 4 s, and the agent speaks since 5.4 s, as r2."""
    stage = greeted()
    stage.says("What do you offer?", 4.0, 5.0)
    stage.at(5.4, do.Ready("r2"))
    return stage


def weighing(sound: float = 7.0) -> Stage:
    """The same, and there is a sound of the caller's over the agent, which has paused."""
    stage = answering()
    assert kinds(stage.at(sound + 0.1, SpeechStarted(sound))) == ["Pause"]
    return stage


def kinds(actions: list[do.Action]) -> list[str]:
    """Their names."""
    return [type(action).__name__ for action in actions]
