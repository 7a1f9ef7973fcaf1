"""The invariants of turn-taking over random scripts. The scenes are in ``scenes``, one file each."""

import dataclasses
from typing import get_args

from hypothesis import given, settings
from hypothesis import strategies as st

from edge.core import events as do
from edge.core.states import State
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


@settings(max_examples=200)
@given(st.lists(STEPS, max_size=40), st.sampled_from(get_args(do.EndReason)))
def test_only_who_hangs_up_ends_a_turn_by_it_and_has_one_reply_act(script: list[Step], reason: do.EndReason) -> None:
    stage = Stage()
    stage.at(0.0, do.Answered("Hello."))
    for step in script:
        step(stage)
    if stage.state() is State.CLOSED:
        return
    closing = stage.at(stage.now, do.LineClosed(reason))
    committed = [action.reply for action in closing if isinstance(action, do.Commit)]
    acting = [action.reply for action in closing if isinstance(action, do.Flush) and action.acts]
    assert len(acting) <= 1
    assert committed in ([], acting)
    assert reason == "caller_hung_up" or not acting


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
