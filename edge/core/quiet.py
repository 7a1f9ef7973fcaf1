"""How long the line may be silent: before an announcement, before "are you still there?", before goodbye."""

from dataclasses import dataclass

from edge.core.conversation import Profile
from edge.core.manners import Manners


@dataclass(slots=True)
class Quiet:
    """The silence while the floor is free. ``since``: seconds of call audio at which it began."""

    since: float = 0.0
    reminded: bool = False
    """The caller has been asked whether they are there, and has not spoken since."""
    hold: bool = False
    """The caller has asked us to wait."""
    busy: bool = False
    """The caller may be waiting for us."""
    asked: Profile | None = None
    """What the agent has asked for, where the caller may be about to answer."""

    @property
    def owed(self) -> bool:
        """Whether that is something that the caller knows and we do not. "Anything else?" may go without an answer."""
        return self.asked not in (None, "open", "yes_no")

    def deadline(self, manners: Manners, *, announcement: bool, secure: bool) -> float:
        """When it has been long enough; ``announcement``: one waits; ``secure``: keys are captured."""
        if announcement:
            return self.since + (manners.answer_gap if self.asked is not None else manners.announce_gap)
        if self.hold or secure or (self.busy and (self.reminded or not self.owed)):
            return self.since + manners.patience
        return self.since + (manners.goodbye_after if self.reminded else manners.still_there_after)

    def spoke(self, *, hold: bool) -> None:
        """The caller has had a turn; ``hold``: in which they asked us to wait."""
        self.hold, self.asked, self.reminded = hold, None, False
