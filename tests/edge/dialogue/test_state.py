"""The dialogue's memory."""

import json

from edge.dialogue.state import State


def test_it_survives_json() -> None:
    state = State(
        turn=3, tool="book_visit", slots={"day": "2026-11-24"}, asked=("time",), confirming=True, since="2026-11-23"
    )
    assert State.of(json.loads(json.dumps(state.to_json()))) == state
    assert State.of(state) is state


def test_what_is_no_state_is_none() -> None:
    assert State.of(None) is None
    assert State.of("x") is None
    assert State.of({"turn": "three"}) is None
    assert State.of({"slots": [1]}) is None


def test_fields_it_does_not_know_are_ignored() -> None:
    assert State.of({"turn": 2, "later": True}) == State(turn=2)
