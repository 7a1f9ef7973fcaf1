"""What a recorded call holds for a comparison: its decisions and deadlines, its replies, and what was asked."""

from dataclasses import dataclass, field

from edge.core import events as do
from edge.core.conversation import Profile
from edge.core.states import State
from edge.core.tape import Recording, Step
from edge.core.vad import SpeechStarted
from trunkline.replay.decisions import Decision, Reader
from trunkline.replay.player import replay


@dataclass(slots=True)
class Begun:
    """A recorded reply."""

    text: str
    place: int
    at: float
    told: list[tuple[int, Step]] = field(default_factory=list)
    """What TurnTaker was told of it, but for its end, and where that stands."""


class Recorded:
    """A recording, read for comparison. A place is the index of an input."""

    def __init__(self, recording: Recording) -> None:
        self.steps = [step for step in recording.steps if step.actions is not None]
        self.states = [State.LISTENING, *(_state(step.state) for step in self.steps)]
        """The one before each input."""
        self.decisions: list[Decision] = []
        self.places: list[int] = []
        """Of the decisions."""
        reader = Reader()
        for place, step in enumerate(self.steps):
            found = reader.read(self.states[place], step.event, list(step.actions or ()), step.now)
            self.decisions += found
            self.places += [place] * len(found)
        self.deadlines = _deadlines(recording)
        self.begun = _replies(self.steps)
        self.profiles = _profiles(self.steps, recording.manners.apology)

    def onset_after(self, at: float) -> float | None:
        """When the caller next began to make a sound."""
        events = (step.event for step in self.steps)
        return next((event.at for event in events if isinstance(event, SpeechStarted) and event.at > at), None)

    def fresh_from(self, place: int) -> int | None:
        """Where the caller next begins to speak into silence."""
        return next((each for each in range(place, len(self.steps)) if self._fresh(each)), None)

    def _fresh(self, place: int) -> bool:
        return isinstance(self.steps[place].event, SpeechStarted) and self.states[place] is State.LISTENING


def _state(name: str) -> State:
    try:
        return State(name)
    except ValueError:
        return State.LISTENING


def _deadlines(recording: Recording) -> dict[int, float]:
    """Place of each recorded deadline → when it was set for, as far as today's code knows."""
    known = {}
    for each in replay(recording):
        if not each.same:
            break
        if each.step.event is None and each.deadline is not None:
            known[each.number - 1] = each.deadline
    return known


def _replies(steps: list[Step]) -> dict[str, Begun]:
    found: dict[str, Begun] = {}
    for place, step in enumerate(steps):
        reply = getattr(step.event, "reply", None)
        if reply in found and not isinstance(step.event, do.Spoken | do.Cut):
            found[reply].told.append((place, step))
        for action in step.actions or ():
            if isinstance(action, do.Begin | do.Say):
                found[action.reply] = Begun(action.text if isinstance(action, do.Begin) else "", place, step.now)
    return found


def _profiles(steps: list[Step], apology: str) -> list[Profile]:
    """What kind of answer the caller had been asked for before each input; an apology asks for it once more."""
    profile: Profile = "open"
    answered: Profile = "open"
    asks: dict[str, Profile] = {}
    announced: dict[str, Profile] = {}
    found = []
    for step in steps:
        found.append(profile)
        match step.event:
            case do.Expect(reply, asked):
                asks[reply] = asked
            case do.Announce(announcement, cause="question") as question:
                announced[announcement] = question.profile
            case do.Spoken(reply):
                profile = asks.get(reply, profile)
            case _:
                pass
        for action in step.actions or ():
            if isinstance(action, do.Say) and action.announcement in announced:
                asks[action.reply] = announced[action.announcement]
            elif isinstance(action, do.Flush) and action.broken:
                profile = asks.get(action.reply, profile)
            elif isinstance(action, do.Commit):
                answered, profile = profile, "open"
            elif isinstance(action, do.Say) and action.text == apology:
                profile = answered
    return found
