"""An ear over a vendor's wire, and what it has told."""

from typing import Generic, TypeVar

from edge.core.audio import AudioFrame
from edge.ports import Ear, Transcript

AnEar = TypeVar("AnEar", bound=Ear)


class Listening(Generic[AnEar]):
    """``heard`` is what the ear tells into."""

    def __init__(self, ear: AnEar, heard: list[Transcript]) -> None:
        self.ear = ear
        self.heard = heard

    def feed(self, frames: list[AudioFrame]) -> None:
        for frame in frames:
            self.ear.feed(frame)

    @property
    def final(self) -> list[Transcript]:
        return [transcript for transcript in self.heard if transcript.final]
