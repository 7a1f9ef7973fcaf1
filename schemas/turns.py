"""Turns: what the caller said, and what of the agent's reply was heard."""

from typing import Any, ClassVar, Literal

from pydantic import Field

from schemas.base import Event, Schema, Token


class Latency(Schema):
    """Where the time went between the caller's last sound and the agent's first, in seconds.

    The parts overlap where work was done speculatively, so they need not add up to ``voice_to_voice``.
    """

    endpointing: float = Field(description="Caller's last sound → turn committed.")
    decode: float = Field(description="Asked for the words → had them.")
    model: float = Field(description="Words sent to the language model → first phrase from it.")
    synthesis: float = Field(description="First phrase sent to speech synthesis → first audio from it.")
    playout: float = Field(description="First audio ready, and the turn committed → handed to the transport.")
    voice_to_voice: float = Field(description="Caller's last sound → first audio handed to the transport.")


class TurnCommitted(Event):
    """The caller has finished a turn; the agent takes the floor."""

    kind: ClassVar[str] = "turn_committed"

    turn: int = Field(ge=1, description="Counts the caller's turns from 1.")
    text: str = Field(description="The words, as recognised.")
    start: float = Field(ge=0, description="Seconds of call audio at the first sound.")
    end: float = Field(ge=0, description="Seconds of call audio at the last sound.")
    why: str = Field(description="Which rule ended the turn.")
    channel: Literal["voice", "keypad"] = "voice"


class ReplyStarted(Event):
    """The first audio of a reply was handed to the transport."""

    kind: ClassVar[str] = "reply_started"

    reply: Token
    turn: int = Field(ge=0, description="The turn it answers; 0 where none (a greeting, an announcement).")
    latency: Latency | None = Field(default=None, description="Only where it answers a turn.")


class ReplyHeard(Event):
    """A reply is over: these words of it were heard. History holds these and no others."""

    kind: ClassVar[str] = "reply_heard"

    reply: Token
    turn: int = Field(ge=0)
    cause: Literal["turn", "greeting", "announcement", "question", "rest", "filler", "silence", "goodbye"]
    text: str = Field(description="The words whose audio was played out.")
    interrupted: bool = Field(description="Whether words were cut off.")
    proof: Literal["mark", "clock"] = Field(description="Proved by the carrier's marks, or reckoned by the clock.")
    state: dict[str, Any] | None = Field(
        default=None, description="What the language model attached to the reply, for whichever node goes on with it."
    )


class ReplyDiscarded(Event):
    """A speculative reply was thrown away unheard; kept for its cost."""

    kind: ClassVar[str] = "reply_discarded"
    durable: ClassVar[bool] = False

    reply: Token
    turn: int = Field(ge=0)
    chars: int = Field(ge=0, description="How much text had been generated.")
