"""Words over the agent take the floor, and are the caller's next turn."""

import pytest

from edge.core import events as do
from edge.core.states import State
from edge.core.vad import SpeechStopped
from tests.edge.core.stage import kinds, weighing


def test_words_over_the_agent_take_the_floor_and_become_the_next_turn() -> None:
    stage = weighing()
    assert kinds(stage.at(7.3)) == ["Decode"]
    assert kinds(stage.at(7.35, do.Heard("No, wait", 7.0, 7.25))) == ["Flush"]
    assert stage.state() is State.HEARING
    stage.at(8.2, SpeechStopped(8.0))
    stage.at(8.25, do.Heard("No, wait, a tap repair.", 7.0, 8.0))
    commit = stage.at(9.0)[-1]
    assert isinstance(commit, do.Commit)
    assert (commit.turn, commit.text) == (2, "No, wait, a tap repair.")


@pytest.mark.parametrize(("steady", "then"), [(True, "Decode"), (False, "Resume")])
def test_the_first_words_of_ears_that_add_words_are_no_guess(steady: bool, then: str) -> None:
    stage = weighing()
    assert kinds(stage.at(7.30, do.Heard("", 7.0, 7.25, steady=steady))) == ["Decode"]
    assert kinds(stage.at(7.55, do.Heard("All", 7.0, 7.42, steady=steady)))[-1] == then
