"""The very same asked for again: joined, refused, or asked about; what failed may be tried anew."""

import pytest

from edge.core.conversation import ToolOutcome
from edge.core.history import History
from edge.repeats import JOINED, REPEATED, Policy, Repeats
from schemas.tools import UNSETTLED

DEEP = {"deep": True}


class Model:
    """Asks for the same hole, turn by turn; what is new is stored."""

    def __init__(self, policy: Policy = "join") -> None:
        self.history = History()
        self.repeats = Repeats("c1", self.history)
        self.policy = policy

    def asks(self, turn: int) -> tuple[str, str | None]:
        self.history.caller_said(turn, "Dig.")
        return self.asks_on(turn)

    def asks_on(self, turn: int) -> tuple[str, str | None]:
        request, told = self.repeats.look("dig", DEEP, self.policy, turn)
        if told is None:
            self.history.tool_asked(request, "dig", DEEP)
            self.repeats.stored(request, turn)
        return request, told

    def fails(self, request: str, code: str = "rain") -> None:
        self.history.tool_settled(ToolOutcome(request, "dig", "failed", {"code": code, "message": ""}))


def test_within_a_turn_it_has_just_been_told_and_in_a_later_one_it_is_told_how_it_stands() -> None:
    model = Model()
    request, told = model.asks(1)
    assert told is None
    assert model.asks_on(1) == (request, "")
    assert model.asks(2) == (request, JOINED["under_way"])
    model.history.tool_settled(ToolOutcome(request, "dig", "completed", {}))
    assert model.asks(3) == (request, JOINED["completed"])


def test_what_failed_is_tried_anew_only_once_the_caller_has_spoken_again() -> None:
    model = Model()
    request, _ = model.asks(1)
    model.fails(request)
    assert model.asks_on(2) == (request, JOINED["failed"])
    again, told = model.asks(3)
    assert told is None
    assert again != request


def test_what_may_not_be_settled_is_never_tried_anew() -> None:
    model = Model()
    request, _ = model.asks(1)
    model.fails(request, UNSETTLED)
    assert model.asks(2) == (request, JOINED["failed"])


def test_a_second_one_takes_a_turn_of_the_caller_s_after_they_were_asked() -> None:
    model = Model("ask")
    request, _ = model.asks(1)
    assert model.asks(2) == (request, REPEATED["ask"])
    assert model.asks_on(2) == (request, REPEATED["ask"])
    second, told = model.asks(3)
    assert told is None
    assert second != request
    assert model.asks(4)[1] == REPEATED["ask"], "A third one is asked about as well."


@pytest.mark.parametrize("turn", [1, 5])
def test_some_are_not_done_twice_whenever_they_are_asked_for(turn: int) -> None:
    model = Model("reject")
    request, _ = model.asks(1)
    assert model.asks(turn) == (request, REPEATED["reject"])
