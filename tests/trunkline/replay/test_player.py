"""Recordings are replayed, and the first difference is found."""

from dataclasses import replace

from edge.core import events as do
from edge.core.tape import Recording, Step
from tests.edge.core.taped import TapedStage, taped
from trunkline.replay.player import accepted, first_difference, replay


def edited(recording: Recording, number: int, **changes: object) -> Recording:
    """With one input or what came of it changed."""
    items = list(recording.items)
    step = items[number]
    assert isinstance(step, Step)
    items[number] = replace(step, **changes)  # type: ignore[arg-type]
    return replace(recording, items=tuple(items))


def test_random_calls_replay_identically() -> None:
    for seed in range(200):
        assert first_difference(taped(seed)) is None


def test_an_action_that_was_another_is_found() -> None:
    odd = first_difference(edited(taped(3), 0, actions=(do.Say("r1", "greeting", "Bye."),)))
    assert odd is not None
    assert odd.number == 1
    assert odd.actions == (do.Say("r1", "greeting", "Hello."),)


def test_a_state_that_was_another_is_found() -> None:
    odd = first_difference(edited(taped(3), 2, state="closed"))
    assert odd is not None
    assert odd.number == 3


def test_a_deadline_that_nobody_saw_is_found() -> None:
    stage = TapedStage()
    stage.at(0.0, do.Answered("Hello."))
    stage.now = 60.0
    stage.obey(stage.feed(do.Key("1")))
    odd = first_difference(stage.tape.recording())
    assert odd is not None
    assert odd.overdue


def test_a_break_down_is_reached_again_or_is_a_difference() -> None:
    recording = taped(3)
    recording = replace(recording, items=recording.items[:2])
    no_key = do.Key(None)  # type: ignore[arg-type]
    assert first_difference(edited(recording, 1, event=no_key, actions=None, state="")) is None
    odd = first_difference(edited(recording, 1, event=no_key))
    assert odd is not None
    assert (odd.number, odd.actions) == (2, None)


def test_what_is_accepted_replays() -> None:
    doctored = edited(taped(3), 0, actions=())
    again = accepted(doctored, "newer")
    assert first_difference(again) is None
    assert again.header.accepted == "newer"
    assert [each.actions for each in replay(again)] == [step.actions for step in taped(3).steps]
