"""Calls as stage directions, recorded while they are played."""

from dataclasses import replace

from edge.core import events as do
from edge.core.endpointing import Waits
from edge.core.manners import Manners
from edge.core.vad import SpeechStarted, SpeechStopped
from tests.edge.core.taped import TapedStage


def manners(**waits: float) -> Manners:
    """The usual ones, with other waits."""
    return Manners(waits=replace(Waits(), **waits))


class Play(TapedStage):
    """The greeting has been heard, three seconds into the call. Replies have audio 0.2 s after they begin."""

    def __init__(self, own: Manners | None = None) -> None:
        super().__init__(own)
        self.at(0.0, do.Answered("Hello."))
        self.at(0.1, do.Ready("r1"))
        self.at(3.0)
        self.spoken("r1")

    def says(self, text: str, start: float, end: float) -> None:
        """The caller speaks; the words come 0.2 s after."""
        self.at(start + 0.1, SpeechStarted(start))
        self.at(end + 0.13, SpeechStopped(end))
        self.hears(text, end + 0.2)

    def hears(self, text: str, now: float) -> None:
        """The words of the last sound come."""
        decode = next(action for action in reversed(self.log) if isinstance(action, do.Decode))
        self.at(now, do.Heard(text, decode.start, decode.end))

    def answers(self, ready: float, over: float) -> None:
        """The reply under way has audio, and is heard to its end."""
        self.at(ready, do.Ready(next(iter(self.live))))
        self.at(over)
        self.spoken(next(iter(self.live)))
