"""Feeds a tape's inputs to a fresh TurnTaker, and compares what it does with what was recorded."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from edge.core.events import Action
from edge.core.tape import Recording, Step
from edge.core.turntaker import TurnTaker

OVERDUE = 0.5
"""Seconds by which a deadline may be overdue in a recording: its ticks were late, or the machine was stalled."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """One input of a tape, and what today's rules make of it."""

    number: int
    """Counts the inputs from 1."""
    step: Step
    before: str
    """State before it."""
    after: str
    actions: tuple[Action, ...] | None
    """None where TurnTaker breaks down over it."""
    deadline: float | None
    """The one that was set before it."""

    @property
    def overdue(self) -> bool:
        """Whether today's rules would have acted before this input came."""
        return self.deadline is not None and self.step.event is not None and self.step.now > self.deadline + OVERDUE

    @property
    def same(self) -> bool:
        """Whether today's rules do what was recorded."""
        return self.actions == self.step.actions and self.after == self.step.state and not self.overdue


def replay(recording: Recording) -> Iterator[Replayed]:
    """Every input with what comes of it, to the end or to where TurnTaker breaks down."""
    taker = TurnTaker(recording.manners)
    for number, step in enumerate(recording.steps, 1):
        before, deadline = taker.state.value, taker.deadline
        try:
            actions = tuple(taker.expire(step.now) if step.event is None else taker.receive(step.event, step.now))
        except Exception:
            # A defect that a call ran into is on its tape, and is to be seen here again.
            yield Replayed(number, step, before, "", None, deadline)
            return
        yield Replayed(number, step, before, taker.state.value, actions, deadline)


def first_difference(recording: Recording) -> Replayed | None:
    """The first input over which today's rules do something else than was recorded; None where there is none."""
    return next((each for each in replay(recording) if not each.same), None)


def accepted(recording: Recording, rules: str) -> Recording:
    """The tape as if today's rules had recorded it: the same inputs, with what they make of them."""
    played = iter(list(replay(recording)))
    items = tuple(_again(item, next(played)) if isinstance(item, Step) else item for item in recording.items)
    return replace(recording, header=replace(recording.header, accepted=rules), items=items)


def _again(step: Step, played: Replayed) -> Step:
    return replace(step, actions=played.actions, state=played.after)
