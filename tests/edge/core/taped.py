"""Calls on a tape, without a call: a stage that records what is played on it."""

from edge.core import events as do
from edge.core.manners import Manners
from edge.core.tape import Header, Recording, Tape
from tests.edge.core.scripts import played
from tests.edge.core.stage import Stage


class TapedStage(Stage):
    """A stage with a tape that runs."""

    def __init__(self, manners: Manners | None = None) -> None:
        super().__init__(manners)
        self.tape = Tape(Header("CA1", "Robin", "2026-11-20T20:54:50.975+00:00"), self.taker.manners)

    def feed(self, event: do.Input | None) -> list[do.Action]:
        self.tape.take(self.now, event)
        actions = super().feed(event)
        self.tape.did(actions, self.taker.state.value)
        return actions


def taped(seed: int) -> Recording:
    """A random call."""
    stage = TapedStage()
    played(seed, stage=stage)
    return stage.tape.recording()
