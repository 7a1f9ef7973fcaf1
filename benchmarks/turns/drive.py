"""A call without a network and without waiting: the real detector's hysteresis and TurnTaker over a recorded track.

Does what edge/call.py does, frame by frame of audio time. Replies are modelled: ready some time after they were begun,
and heard for a given length. Nothing here decides anything.
"""

import heapq
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from benchmarks.turns.models import BUSY, Models, Pace
from benchmarks.turns.sound import Span
from edge.core import events as do
from edge.core.audio import FRAME, FRAME_SECONDS, RATE, Pcm, level_of
from edge.core.conversation import Profile
from edge.core.manners import Manners
from edge.core.states import State
from edge.core.turntaker import TurnTaker
from edge.core.vad import Hysteresis, SpeechStarted, SpeechStirred, SpeechStopped, Voicing
from edge.providers.silero import WINDOW

WINDOW_SECONDS = WINDOW / RATE


@dataclass(frozen=True, slots=True)
class Replies:
    """How the agent's replies behave, in seconds."""

    ready: float = 0.06
    """From Begin to the first audio: the embedded default's own."""
    length: float = 2.0
    greeting: float = 0.8


@dataclass(frozen=True, slots=True)
class Done:
    """Something that went into the machine, or came out of it, at this second of call audio."""

    at: float
    what: do.Input | do.Action


@dataclass(slots=True)
class _Talk:
    """A modelled reply."""

    left: float
    whole: float
    committed: bool = False
    ready: bool = False


@dataclass(slots=True)
class Log:
    """What happened in a call."""

    done: list[Done] = field(default_factory=list)
    audible: list[Span] = field(default_factory=list)
    """When the agent could be heard, by what was sent; each at most the playout's lead early."""

    def of(self, *kinds: type) -> list[Done]:
        return [one for one in self.done if isinstance(one.what, kinds)]


class Drive:
    """One call over one track."""

    def __init__(
        self,
        models: Models,
        track: Pcm,
        scores: npt.NDArray[np.float32],
        manners: Manners,
        replies: Replies | None = None,
        expects: Callable[[float], Profile | None] | None = None,
        usual: float | None = None,
        pace: Pace = BUSY,
    ) -> None:
        self._models = models
        self._track = track
        self._scores = scores
        self._replies = replies or Replies()
        self._expects = expects or (lambda at: None)
        self._taker = TurnTaker(manners)
        self._usual = usual
        self._pace = pace
        self._due: list[tuple[float, int, do.Input]] = []
        self._count = 0
        self._talks: dict[str, _Talk] = {}
        self._speaking: str | None = None
        self._paused = False
        self._decoding_until = 0.0
        self._wanted: do.Decode | None = None
        self.log = Log()

    def run(self) -> Log:
        """The whole track."""
        voicing = Voicing(usual=self._usual)
        self._take(do.Answered("Hello."), 0.0)
        window = 0
        for frame in range(len(self._track) // FRAME):
            at = (frame + 1) * FRAME_SECONDS
            while self._due and self._due[0][0] <= at + 1e-9:
                self._take(heapq.heappop(self._due)[2], at)
            while (window + 1) * WINDOW_SECONDS <= at + 1e-9 and window < len(self._scores):
                start = window * WINDOW_SECONDS
                level = level_of(self._track[window * WINDOW : (window + 1) * WINDOW])
                over = self._taker.agent_has_the_floor
                probability = float(self._scores[window])
                event = voicing.score(probability, start, start + WINDOW_SECONDS, level, over_agent=over)
                window += 1
                if event:
                    self._take(event, at)
            self._decode(at)
            if self._taker.deadline is not None and at >= self._taker.deadline:
                self._obey(self._taker.expire(at), at)
            self._play(at)
        return self.log

    def _take(self, event: do.Input, at: float) -> None:
        self.log.done.append(Done(at, event))
        if isinstance(event, do.Ready) and event.reply in self._talks:
            self._talks[event.reply].ready = True
        self._obey(self._taker.receive(event, at), at)

    def _later(self, at: float, event: do.Input) -> None:
        self._count += 1
        heapq.heappush(self._due, (at, self._count, event))

    def _obey(self, actions: Sequence[do.Action], at: float) -> None:
        for action in actions:
            self.log.done.append(Done(at, action))
            match action:
                case do.Decode():
                    self._wanted = action
                    self._decode(at)
                case do.Begin(reply):
                    self._begin(reply, self._replies.length, at)
                case do.Say(reply, cause):
                    self._begin(reply, self._replies.greeting if cause == "greeting" else self._replies.length, at)
                    self._commit(reply, at)
                case do.Commit(reply):
                    self._commit(reply, at)
                case do.Pause():
                    self._paused = True
                case do.Resume():
                    self._paused = False
                case do.Discard(reply) | do.Flush(reply):
                    self._drop(reply, at, flushed=isinstance(action, do.Flush))
                case _:
                    pass

    def _begin(self, reply: str, length: float, at: float) -> None:
        self._talks[reply] = _Talk(length, length)
        self._later(at + self._replies.ready, do.Ready(reply))

    def _commit(self, reply: str, at: float) -> None:
        self._talks[reply].committed = True
        if profile := self._expects(at):
            self._take(do.Expect(reply, profile), at)

    def _drop(self, reply: str, at: float, *, flushed: bool) -> None:
        talk = self._talks.pop(reply)
        self._paused = False
        if flushed:
            self._take(do.Cut(reply, 1 - talk.left / talk.whole), at)

    def _decode(self, at: float) -> None:
        """One decode at a time; of those that wait only the newest is kept, as in the edge."""
        if self._wanted is None or at < self._decoding_until - 1e-9:
            return
        start, end = self._wanted.start, self._wanted.end
        self._wanted = None
        self._decoding_until = at + self._pace.seconds(start, end)
        words = self._models.words(self._track, start, end)
        # Asked only where it matters, which is over the agent: what the models said before is good for the rest.
        over = self._taker.state is State.WEIGHING
        laughter = self._models.laughter(self._track, start, end) if over else None
        comma = self._models.comma(self._track, start, end)
        self._later(self._decoding_until, do.Heard(words, start, end, laughter=laughter, comma=comma))

    def _play(self, at: float) -> None:
        name = next(iter(self._talks), None)
        if name is None or self._paused:
            return
        talk = self._talks[name]
        if not (talk.ready and talk.committed):
            return
        if talk.left > 0:
            talk.left -= FRAME_SECONDS
            spans = self.log.audible
            if spans and abs(spans[-1].end - at) < 1e-6:
                spans[-1] = Span(spans[-1].start, at + FRAME_SECONDS)
            else:
                spans.append(Span(at, at + FRAME_SECONDS))
        else:
            del self._talks[name]
            self._take(do.Spoken(name), at)


def voiced(
    scores: npt.NDArray[np.float32], rule: Hysteresis | None = None
) -> list[tuple[float, SpeechStarted | SpeechStopped]]:
    """The detector's events of a whole track, each with the time at which it is known."""
    voicing = Voicing(rule)
    out: list[tuple[float, SpeechStarted | SpeechStopped]] = []
    for window, score in enumerate(scores):
        start = window * WINDOW_SECONDS
        event = voicing.score(float(score), start, start + WINDOW_SECONDS)
        if event and not isinstance(event, SpeechStirred):
            known = math.ceil((start + WINDOW_SECONDS) / FRAME_SECONDS - 1e-9) * FRAME_SECONDS
            out.append((known, event))
    return out
