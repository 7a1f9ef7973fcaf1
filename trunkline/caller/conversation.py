"""One call from the caller's side, in call time: line, ear and director together. Pure: no clock, no sockets.

The shell ticks it every 20 ms, sends what it returns, and recognises what it asks for.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from edge.core.audio import RATE, Pcm
from trunkline.caller.director import Director, HangUp, Manners, Scene
from trunkline.caller.ear import Ear, Onset, Utterance
from trunkline.caller.line import Line
from trunkline.caller.report import CallEvent, Kind, Turn
from trunkline.caller.script import Script, Step
from trunkline.caller.telling import Telling, sentences
from trunkline.caller.tools import Board
from trunkline.caller.voice import Words
from trunkline.caller.wire import Clear, FromEdge, Mark, Media, Stream

_AGAIN = 0.5
"""Seconds of further speech after which an utterance under way is recognised anew."""
WORD = 0.2
"""Seconds. A shorter sound is a reply that was cut before a word: recognition makes "You" or "Huh?" of any of them."""


@dataclass(frozen=True, slots=True)
class Request:
    """Audio of the agent to be recognised; answer with ``Conversation.understood``."""

    id: int
    pcm: Pcm


class Conversation:
    """Holds one call. ``hung_up`` is the caller's reason once it wants to end it."""

    def __init__(
        self,
        stream: Stream,
        script: Script,
        words: Mapping[Step, Words],
        *,
        manners: Manners | None = None,
        board: Board | None = None,
        hears: bool = True,
        tell: Callable[[CallEvent], None] = lambda event: None,
    ) -> None:
        self.line = Line(stream)
        self.board = board
        """None where it is not known what tools do."""
        self.turns = [Turn()]
        self.hung_up: str | None = None
        self._ear = Ear()
        self._director = Director(script, manners)
        self._manners = self._director.manners
        self._words = words
        self._hears = hears
        self._telling = Telling(tell)
        self._requests: list[Request] = []
        self._open: dict[int, int] = {}
        """Recognition under way: request → the turn whose ``heard`` it belongs to."""
        self._speech: float | None = None
        """Call time, seconds, from which the agent has been speaking, pauses within it included."""
        self._partial: int | None = None
        self._partial_words = ""
        self._partial_at = 0.0
        self._count = 0
        self._onset_turn = 0
        self._onsets = 0
        self._own_begin = -1.0
        """Call time, seconds, at which the caller's newest words or keys begin, which may be to come."""
        self._own_end = 0.0
        self._news_at = 0.0
        self._hang_up_after = False

    def receive(self, message: FromEdge) -> list[str]:
        """Take a message of the edge; what to send back at once."""
        match message:
            case Media(payload):
                self.line.playback.append(payload)
            case Mark(name):
                self.line.playback.mark(name)
            case Clear():
                return self.line.clear()
        return []

    def news(self, kind: Kind, text: str) -> None:
        """A tool's event arrived."""
        self._news_at = self.line.now
        self.tell(kind, text)

    def tell(self, kind: Kind, text: str) -> None:
        """Tell what happens now, in its place among the words of the call."""
        self._telling.add(CallEvent(kind, self.line.now, text))
        self._telling.release(self.line.now, self._speech)

    def tick(self) -> list[str]:
        """Let 20 ms pass; the messages to send."""
        pcm, messages = self.line.tick()
        for found in self._ear.hear(pcm):
            self._notice(found)
        if self.line.talking:
            self._own_end = self.line.now
        elif self._hang_up_after:
            self.hung_up = "hung_up"
        elif self.hung_up is None:
            self._decide()
        if not self._ear.speaking and self._ear.silent_for >= self._manners.pause:
            self._speech = None
        self._telling.release(self.line.now, self._speech)
        return messages

    def take_requests(self) -> list[Request]:
        """What is to be recognised, each once."""
        requests, self._requests = self._requests, []
        return requests

    def understood(self, request: int, words: str) -> None:
        """The words of a request."""
        if request == self._partial:
            self._partial, self._partial_words = None, words
            return
        if request not in self._open:
            return
        number = self._open.pop(request)
        turn = self.turns[number]
        waited = self.turns[number - 1].voice_to_voice_ms if number > 0 and not turn.heard else None
        self._telling.known(request, words, waited)
        turn.heard = sentences(f"{turn.heard} {words}".strip())

    def finish(self) -> None:
        """The call is over: hand on what was heard last, and forget what the caller had not begun to say."""
        self.line.drop()
        if self._own_begin >= self.line.now:
            self.turns[-2].said = self.turns[-2].keys = ""
        for utterance in self._ear.finish():
            self._notice(utterance)
        self._speech = None

    def flush(self) -> None:
        """Tell all that was heard: what is not recognised by now never will be."""
        self._open.clear()
        self._telling.give_up()
        self._telling.release(self.line.now, self._speech)

    def _notice(self, found: Onset | Utterance) -> None:
        if isinstance(found, Onset):
            self._onset_turn = len(self.turns) - 1
            self._onsets += 1 if found.fresh or not self._onsets else 0
            self._partial_words, self._partial_at = "", 0.0
            self._measure_reply(found.at)
            self._speech = found.at if self._speech is None else self._speech
            return
        self._partial = None
        self._measure_silence(found.end)
        if self._hears and found.end - found.start >= WORD:
            request = self._ask(found.pcm)
            self._open[request] = self._onset_turn
            self._telling.heard(request, found.start)

    def _measure_reply(self, at: float) -> None:
        last = self.turns[-2] if len(self.turns) > 1 else None
        if last and last.said_to is not None and last.reply_at is None and at >= last.said_to:
            last.reply_at = at
            last.voice_to_voice_ms = (at - last.said_to) * 1000

    def _measure_silence(self, end: float) -> None:
        last = self.turns[-2] if len(self.turns) > 1 else None
        if last and last.said_from is not None and last.silenced_ms is None and self._onset_turn == len(self.turns) - 2:
            last.silenced_ms = max(0.0, (end - last.said_from) * 1000)

    def _ask(self, pcm: Pcm) -> int:
        self._count += 1
        self._requests.append(Request(self._count, pcm))
        return self._count

    def _scene(self) -> Scene:
        now = self.line.now
        present = len(self.turns) - 1
        words = f"{self.turns[present].heard} {self._partial_words if self._ear.speaking else ''}".strip()
        return Scene(
            now=now,
            speaking_for=self._ear.speaking_for,
            silent_for=self._ear.silent_for,
            since_own=now - self._own_end,
            since_news=now - self._news_at,
            utterances=self._onsets,
            words=words,
            deciphering=present in self._open.values(),
            busy=self.board.busy if self.board else None,
        )

    def _decide(self) -> None:
        scene = self._scene()
        self._listen_closely(scene)
        decision = self._director.decide(scene)
        if isinstance(decision, HangUp):
            self.hung_up = decision.reason
        elif decision:
            self._take(decision.step)

    def _listen_closely(self, scene: Scene) -> None:
        due = self._ear.speaking and scene.speaking_for - self._partial_at >= _AGAIN
        if self._hears and due and self._partial is None and self._director.wants_words(scene):
            self._partial_at = scene.speaking_for
            self._partial = self._ask(self._ear.so_far())

    def _take(self, step: Step) -> None:
        words = self._words.get(step) or Words("", np.zeros(0, np.int16), None)
        begins, ends = self.line.perform(words.pcm, step.keys or "", step.wait)
        turn = self.turns[-1]
        keys = "•" * len(step.keys or "") if step.secret else step.keys or ""
        turn.said, turn.keys = words.text, keys
        if words.voiced:
            turn.said_from = begins + words.voiced[0] / RATE
            turn.said_to = begins + words.voiced[1] / RATE
        elif step.keys:
            turn.said_to = ends
        self._hang_up_after = step.hang_up
        self._own_end = ends
        self.turns.append(Turn())
        self._onsets = 0
        self._own_begin = turn.said_from or begins
        if text := words.text or (f"presses {keys}" if keys else ""):
            self._telling.add(CallEvent("caller", self._own_begin, text))
