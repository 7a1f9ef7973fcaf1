"""Keys are a turn of the caller's; `*` corrects, `#` ends."""

from edge.core import events as do
from edge.core.states import State
from tests.edge.core.stage import greeted, kinds


def test_keys_are_a_turn_with_hash_and_star() -> None:
    stage = greeted()
    for offset, digit in enumerate("129*3"):
        stage.at(4.0 + offset / 4, do.Key(digit))
    actions = stage.at(5.5, do.Key("#"))
    commit = next(action for action in actions if isinstance(action, do.Commit))
    assert (commit.text, commit.channel) == ("123", "keypad")


def test_a_lone_hash_or_star_is_no_entry_and_costs_no_reply() -> None:
    stage = greeted()
    stage.says("What do you offer?", 4.0, 5.0)
    stage.at(5.5)
    assert kinds(stage.at(5.6, do.Key("#"), do.Key("*"))) == []
    assert stage.state() is State.THINKING
