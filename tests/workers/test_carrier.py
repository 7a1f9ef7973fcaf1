"""What is decided about single events, where that needs a clock of the test's own."""

import uuid
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
from nats.js import JetStreamContext

from schemas.announcements import AnnouncementSpoken
from schemas.base import new_id
from schemas.calls import CallEnded
from schemas.tools import ToolFailed, ToolRequested, ToolSpec
from trunkline.stack.stack import Engines
from workers.adapters.nats import NatsPublisher, ToolsBucket
from workers.carrier import NO_TOOLS_SECONDS, Carrier, Done, Later
from workers.telemetry import Telemetry
from workers.temporal import connect

if TYPE_CHECKING:
    from tests.workers.conftest import Edge


class Clock:
    """Seconds, as the test says."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Shelf(ToolsBucket):
    """A bucket of the test's own, since all tests share the one on NATS."""

    def __init__(self, js: JetStreamContext, *specs: ToolSpec) -> None:
        super().__init__(js)
        self.specs = {spec.name: spec for spec in specs}

    async def find(self, name: str) -> ToolSpec | None:
        return self.specs.get(name)

    async def names(self) -> list[str]:
        return sorted(self.specs)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def shelf(edge: "Edge") -> Shelf:
    return Shelf(edge.js)


@pytest_asyncio.fixture
async def carrier(engines: Engines, edge: "Edge", shelf: Shelf, clock: Clock) -> Carrier:
    telemetry = Telemetry(None, "test", edge.region)
    client = await connect(engines.temporal_address, "default", telemetry)
    return Carrier(client, edge.region, shelf, NatsPublisher(edge.client), telemetry, orphan_seconds=60, clock=clock)


async def test_the_first_request_waits_for_the_first_worker_for_a_while(
    carrier: Carrier, edge: "Edge", clock: Clock
) -> None:
    request = edge.request()
    assert isinstance(await carrier.carry(request, stored=clock.now), Later)
    clock.now += NO_TOOLS_SECONDS
    assert await carrier.carry(request, stored=1000.0) == Done("unknown_tool")
    failed = await edge.expect(ToolFailed, lambda event: event.tool_call_id == request.tool_call_id)
    assert "There is none at the moment." in failed.message


async def test_word_may_come_before_its_workflow_for_a_while(carrier: Carrier, edge: "Edge", clock: Clock) -> None:
    spoken = AnnouncementSpoken(
        call_id="c", region=edge.region, announcement_id="a", tool_call_id=f"t-{uuid.uuid4().hex}", heard=""
    )
    assert isinstance(await carrier.carry(spoken, stored=clock.now), Later)
    clock.now += 59
    assert isinstance(await carrier.carry(spoken, stored=1000.0), Later)
    clock.now += 2
    assert await carrier.carry(spoken, stored=1000.0) == Done("too_late")


async def test_what_comes_after_a_call_is_begun_once(carrier: Carrier, edge: "Edge") -> None:
    ended = CallEnded(call_id=new_id("call"), region=edge.region, reason="silence", seconds=1, turns=0)
    again = ended.model_copy(update={"id": new_id("evt"), "reason": "drained"})
    for event in (ended, ended, again):
        assert await carrier.carry(event, stored=0) == Done("started")  # The one that runs, from the second time on.


async def test_arguments_too_big_for_temporal_are_refused(carrier: Carrier, edge: "Edge", shelf: Shelf) -> None:
    shelf.specs["hoard"] = ToolSpec(
        name="hoard", title="hoard", description="d", parameters={}, result={}, workflow="hoard"
    )
    request: ToolRequested = edge.request(tool="hoard", name="x" * 3_000_000)
    assert await carrier.carry(request, stored=0) == Done("refused")
    failed = await edge.expect(ToolFailed, lambda event: event.tool_call_id == request.tool_call_id)
    assert failed.code == "invalid_arguments"
