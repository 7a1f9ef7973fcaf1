"""What a call was: its turns, its tools, its end. As it happens, and afterwards as one JSON object."""

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from trunkline.caller.tools import ToolSeen

Kind = Literal["connected", "agent", "caller", "tool", "step", "outcome", "note", "ended"]


@dataclass(frozen=True, slots=True)
class CallEvent:
    """Something that a person who follows the call wants to see, ``at`` seconds of call time."""

    kind: Kind
    at: float
    text: str
    voice_to_voice_ms: float | None = None
    """On the agent's words: how long the caller waited for them."""


@dataclass(slots=True)
class Turn:
    """What the agent said, and what the caller said to it. The last turn may hold the agent's words alone."""

    heard: str = ""
    """What the caller recognised of the agent since the caller's turn before."""
    said: str = ""
    keys: str = ""
    voice_to_voice_ms: float | None = None
    """The caller's last voiced sample → the first audible sample of the agent that was played; None where the agent
    gave no answer, or was still speaking."""
    silenced_ms: float | None = None
    """Where the caller spoke over the agent: the caller's first voiced sample → the agent's last audible one."""
    said_from: float | None = None
    """Call time, seconds, of the caller's first voiced sample."""
    said_to: float | None = None
    """Call time, seconds, of the caller's last voiced sample; of the last key where it said nothing."""
    reply_at: float | None = None
    """Call time, seconds, of the agent's first audible sample after it."""


@dataclass(frozen=True, slots=True)
class Ended:
    """``by`` is 'caller', 'agent' or 'line'; ``reason`` is stable, for programs; ``detail`` a sentence for people."""

    reason: str
    by: Literal["caller", "agent", "line"]
    detail: str = ""


@dataclass(slots=True)
class CallReport:
    """One call, seen from the caller's ear."""

    call_id: str
    turns: list[Turn]
    tools: list[ToolSeen] | None
    """None where NATS could not be reached, so that it is not known."""
    ended: Ended
    seconds: float
    """Length of the call."""
    recording: str | None = None
    late_ms: float = 0.0
    """The latest that a frame was sent or played after its time: a figure of this machine, not of the edge."""
    notes: list[str] = field(default_factory=list)
    """What was odd, in sentences."""

    @property
    def ok(self) -> bool:
        """Whether one of the two people ended the call, and not the line or a deadline."""
        return self.ended.by != "line" and self.ended.reason != "timeout"

    def heard(self) -> str:
        """All that was recognised of the agent."""
        return " ".join(turn.heard for turn in self.turns if turn.heard)

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        tools = None if self.tools is None else [asdict(tool) for tool in self.tools]
        return {
            "call_id": self.call_id,
            "turns": [_rounded(asdict(turn)) for turn in self.turns],
            "tools": tools,
            "ended": asdict(self.ended),
            "seconds": round(self.seconds, 2),
            "recording": self.recording,
            "late_ms": round(self.late_ms, 1),
            "notes": self.notes,
        }


def _rounded(values: dict[str, Any]) -> dict[str, Any]:
    return {key: round(value, 3) if isinstance(value, float) else value for key, value in values.items()}
