"""Takeovers are told once a call, as an event and as a metric."""

from typing import Any

from edge.errors import ProviderError
from edge.metrics import Metrics
from edge.seats import Takeovers
from edge.spare import Takeover
from schemas.base import Event
from schemas.calls import ProviderReplaced


class Shelf:
    """A bus that keeps what is published."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def publish(self, event: Event) -> None:
        self.events.append(event)


def takeover(call_id: str, seat: Any = "ears") -> Takeover:
    return Takeover(call_id, seat, "deepgram", "moonshine", ProviderError("dropped", "It hung up."), 3.0)


def test_a_takeover_is_told_once_for_each_call_and_seat() -> None:
    shelf: Any = Shelf()
    metrics = Metrics.create()
    takeovers = Takeovers(shelf, "local", metrics)
    for told in (takeover("c1"), takeover("c1"), takeover("c1", "voice"), takeover("c2"), takeover("")):
        takeovers.tell(told)
    assert [(event.call_id, event.seat) for event in shelf.events] == [("c1", "ears"), ("c1", "voice"), ("c2", "ears")]
    event = shelf.events[0]
    assert isinstance(event, ProviderReplaced)
    assert (event.provider, event.spare, event.code, event.at) == ("deepgram", "moonshine", "dropped", 3.0)
    labels = {"seat": "ears", "provider": "deepgram", "code": "dropped"}
    assert metrics.registry.get_sample_value("trunkline_takeovers_total", labels) == 2
