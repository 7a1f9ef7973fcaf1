"""The invariants of turn-taking over random scripts. The scenes are in ``scenes``, one file each."""

import dataclasses

from hypothesis import given, settings
from hypothesis import strategies as st

from edge.core import events as do
from tests.edge.core.scripts import STEPS, Step, check, moves
from tests.edge.core.stage import Stage

SCRIPTS = 10_000


def test_invariants_hold_over_ten_thousand_random_scripts() -> None:
    assert moves(SCRIPTS)


@settings(max_examples=200)
@given(st.lists(STEPS, max_size=40))
def test_invariants_hold_over_scripts_that_look_for_trouble(script: list[Step]) -> None:
    stage = Stage()
    stage.at(0.0, do.Answered("Hello."))
    for step in script:
        step(stage)
    stage.at(stage.now, do.LineClosed("caller_hung_up"))
    check(stage)


@settings(max_examples=100)
@given(st.lists(STEPS, max_size=30))
def test_the_same_inputs_give_the_same_actions(script: list[Step]) -> None:
    logs = []
    for _ in range(2):
        stage = Stage()
        stage.at(0.0, do.Answered("Hello."))
        for step in script:
            step(stage)
        logs.append([dataclasses.astuple(action) for action in stage.log])
    assert logs[0] == logs[1]
