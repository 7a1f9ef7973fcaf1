"""What TurnTaker remembers of each side: the caller's turn so far, and the agent's reply under way."""

from dataclasses import dataclass

from edge.core.conversation import Cause, Profile
from edge.core.events import Announce


@dataclass(slots=True)
class Utterance:
    """The caller's turn so far. Times are seconds of call audio."""

    start: float
    open_from: float
    """Where the words not yet kept begin."""
    kept: str = ""
    text: str = ""
    before: str | None = None
    """What ``text`` was before that; None where it was not."""
    end: float | None = None
    """The last sound; None while the caller speaks."""
    heard_to: float = -1.0
    """Up to where ``text`` covers the sound."""
    finished: float | None = None
    """A vendor's belief, 0..1, that the turn is over."""
    speculations: int = 0
    stretches: int = 0
    """How often it was decoded without a pause in it."""
    keys: str = ""
    over_agent: bool = False
    """Whether the agent was cut off for it."""
    why: str = ""
    """The endpointing rule that set the deadline."""

    @property
    def words(self) -> str:
        """All words so far."""
        return f"{self.kept} {self.text}".strip()

    @property
    def in_hand(self) -> bool:
        """Whether the words cover the sound up to the pause."""
        return self.end is not None and self.heard_to >= self.end - 1e-6

    def keep(self, upto: float) -> None:
        """The words so far will not be decoded again; sound from ``upto`` on will."""
        self.kept, self.text, self.open_from = self.words, "", upto


@dataclass(slots=True)
class Reply:
    """The agent's talk under way, or about to be."""

    id: str
    cause: Cause
    turn: int = 0
    text: str = ""
    """The caller's words it answers."""
    committed: bool = True
    ready: bool = False
    """Whether its first audio can be played."""
    filled: bool = False
    announce: Announce | None = None
    profile: Profile | None = None
    """What kind of answer it asks for."""
