"""The decisions in a stream of actions: turns committed, the floor kept or yielded, things said unasked."""

from dataclasses import dataclass
from typing import Literal

from edge.core import events as do
from edge.core.states import State
from edge.core.vad import SpeechStarted

Kind = Literal["commit", "keep", "yield", "say", "hang_up"]


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision, at ``at`` seconds of call audio, over what happened ``since``: the last sound, or an onset."""

    kind: Kind
    at: float
    since: float
    name: str = ""
    """What tells two of a kind apart: why it was said, why the call was ended."""
    reply: str = ""
    turn: int = 0
    text: str = ""
    why: str = ""

    @property
    def delay(self) -> float:
        """Seconds it took."""
        return self.at - self.since


class Reader:
    """Reads the decisions of one TurnTaker off its inputs and actions."""

    def __init__(self) -> None:
        self._onset = 0.0

    def read(self, before: State, event: do.Input | None, actions: list[do.Action], now: float) -> list[Decision]:
        """Those in the actions that this input led to."""
        found = []
        for action in actions:
            match action:
                case do.Pause() if isinstance(event, SpeechStarted):
                    self._onset = event.at
                case do.Resume(reply):
                    found.append(Decision("keep", now, self._onset, reply=reply))
                case do.Flush(reply) if before is State.WEIGHING and not isinstance(event, do.Key | do.LineClosed):
                    found.append(Decision("yield", now, self._onset, reply=reply))
                case do.Commit(reply, turn, text, _, end, why):
                    found.append(Decision("commit", now, end, "turn", reply, turn, text, why))
                case do.Say(reply, cause, text, announcement):
                    found.append(Decision("say", now, now, announcement or cause, reply, text=text))
                case do.HangUp(reason):
                    found.append(Decision("hang_up", now, now, reason))
                case _:
                    pass
        return found
