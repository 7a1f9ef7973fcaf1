"""What speech recognition makes of the caller."""

from typing import ClassVar

from pydantic import Field

from schemas.base import Event


class TranscriptHeard(Event):
    """Words of an utterance under way; a later one replaces it. May be lost."""

    kind: ClassVar[str] = "transcript_heard"
    durable: ClassVar[bool] = False

    text: str
    final: bool = Field(description="Whether recognition will not revise it.")
    start: float = Field(ge=0, description="Seconds of call audio.")
    end: float = Field(ge=0, description="Seconds of call audio.")
