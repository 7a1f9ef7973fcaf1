"""What comes after a call, over days, in skipped time."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio
from temporalio.client import WorkflowHandle
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from schemas.base import Event, new_id
from schemas.calls import CallEnded, CallStarted
from schemas.decisions import DECIDE, WAITING, DecisionAsked, DecisionMade, Ruling, Waiting
from schemas.reports import CallReport
from schemas.tools import ToolCompleted, ToolRequested
from workflows.after_call import AfterCall, AfterCallActivities
from workflows.outlet import OutletActivities
from workflows.ports import CrmRefused, World
from workflows.reporting import report_id
from workflows.tool import activity_methods

if TYPE_CHECKING:
    from tests.workflows.conftest import Line, Wire

CALLER = "+15550100"


class Place:
    """The CRM, and what is stored of calls."""

    patience_days = 5.0

    def __init__(self, environment: WorkflowEnvironment) -> None:
        self._environment = environment
        self.stored: list[Event] = []
        self.later: list[Event] = []
        """What is stored between the first look and the second."""
        self.taken: list[CallReport] = []
        self.down = timedelta(0)
        """From the first try on."""
        self.refuses = 0
        self.tries = 0
        self._first: float | None = None

    async def events(self, call_id: str) -> list[Event]:
        found = [event for event in self.stored if event.call_id == call_id]
        self.stored += self.later
        self.later = []
        return found

    def pseudonym(self, caller: str | None) -> str | None:
        return caller and "pseudonym"

    async def deliver(self, report: CallReport) -> None:
        self.tries += 1
        now = (await self._environment.get_current_time()).timestamp()
        self._first = self._first or now
        if now - self._first < self.down.total_seconds():
            raise OSError("down")
        if self.refuses:
            self.refuses -= 1
            raise CrmRefused("The CRM answered 422: no such customer")
        self.taken.append(report)


@pytest.fixture
def place(environment: WorkflowEnvironment) -> Place:
    return Place(environment)


@pytest_asyncio.fixture
async def begin(environment: WorkflowEnvironment, line: "Line", place: Place, wire: type["Wire"]) -> AsyncIterator[Any]:
    nobody: Any = None
    handles: list[WorkflowHandle[Any, CallReport]] = []
    world = World(line, line, nobody, calls=place, crm=place)
    queue = new_id("queue")

    async def begin(reason: Any = "caller_hung_up", caller: str | None = CALLER) -> WorkflowHandle[Any, CallReport]:
        call = new_id("call")
        place.stored.append(
            CallStarted(call_id=call, region="test", agent="Robin", transport="twilio", node="n", caller=caller)
        )
        place.stored += [event.model_copy(update={"call_id": call}) for event in place.stored if event.call_id == "c"]
        place.later = [event.model_copy(update={"call_id": call}) for event in place.later]
        ended = CallEnded(call_id=call, region="test", reason=reason, seconds=30, turns=3)
        handle = await environment.client.start_workflow(AfterCall.run, ended, id=report_id(call), task_queue=queue)
        handles.append(handle)
        return handle

    async with Worker(
        environment.client,
        task_queue=queue,
        workflows=[AfterCall],
        activities=[*activity_methods(OutletActivities(line, line)), *activity_methods(AfterCallActivities(world))],
        workflow_runner=UnsandboxedWorkflowRunner(),
    ):
        yield begin
    await wire.none_left(handles)


async def _waits(handle: WorkflowHandle[Any, Any]) -> Waiting:
    """The one thing that waits on its desk."""
    async with asyncio.timeout(60):
        while True:
            waiting: list[Waiting] = await handle.query(WAITING, result_type=list[Waiting])
            if waiting:
                return waiting[0]
            await asyncio.sleep(0.02)


async def test_a_call_is_reported(begin: Any, place: Place) -> None:
    report = await (await begin()).result()
    assert place.taken == [report]
    assert (report.disposition, report.caller, report.id) == ("talked", CALLER, report_id(report.call_id))


async def test_it_waits_for_what_is_under_way(begin: Any, place: Place) -> None:
    tool: dict[str, Any] = {"call_id": "c", "region": "test", "tool_call_id": "t", "tool": "book_visit"}
    place.stored.append(ToolRequested(**tool, arguments={}, turn=1))
    place.later = [ToolCompleted(**tool, result={})]
    assert (await (await begin()).result()).disposition == "resolved"
    assert len(place.taken) == 1


async def test_business_that_takes_too_long_is_reported_as_it_is(begin: Any, place: Place) -> None:
    tool: dict[str, Any] = {"call_id": "c", "region": "test", "tool_call_id": "t", "tool": "book_visit"}
    place.stored.append(ToolRequested(**tool, arguments={}, turn=1))
    assert (await (await begin()).result()).disposition == "pending"


async def test_a_crm_may_be_down_for_three_days(begin: Any, place: Place, line: "Line") -> None:
    place.down = timedelta(days=3)
    report = await (await begin()).result()
    assert place.taken == [report]
    assert place.tries < 100
    assert not line.of(DecisionAsked)


async def test_one_that_is_down_for_longer_is_put_before_a_person(begin: Any, place: Place, line: "Line") -> None:
    place.down = timedelta(days=400)
    await (await begin()).result()
    assert not place.taken
    (asked,) = line.of(DecisionAsked)
    assert asked.of == "approval"
    assert len(line.of(DecisionMade)) == 1


async def test_what_is_refused_is_tried_once_and_again_when_a_person_says_so(begin: Any, place: Place) -> None:
    place.refuses = 1
    handle = await begin()
    waiting = await _waits(handle)
    assert place.tries == 1
    assert waiting.details == {"Why": "The CRM answered 422: no such customer"}
    await handle.execute_update(DECIDE, Ruling(id=waiting.id, answer={"approved": True}, by="Kim"))
    assert place.taken == [await handle.result()]


async def test_a_call_that_broke_off_waits_for_somebody_to_ring(begin: Any, line: "Line") -> None:
    handle = await begin("transport_lost")
    waiting = await _waits(handle)
    assert (waiting.kind, waiting.details) == ("call_back", {"Ring": CALLER})
    await handle.execute_update(DECIDE, Ruling(id=waiting.id, answer={"reached": True}, by="Kim"))
    await handle.result()
    assert [made.by for made in line.of(DecisionMade)] == ["Kim"]


async def test_nobody_need_ring_who_has_rung_again(begin: Any, line: "Line", wire: Any) -> None:
    handle = await begin("transport_lost")
    await _waits(handle)
    await handle.signal(CallStarted.kind, wire.back(new_id("call")).model_dump(mode="json"))
    await handle.result()
    assert [made.by for made in line.of(DecisionMade)] == [None]


async def test_nobody_can_ring_a_caller_without_a_number(begin: Any, line: "Line") -> None:
    report = await (await begin("transport_lost", caller=None)).result()
    assert [left.kind for left in report.unfinished] == ["broken_off"]
    assert not line.of(DecisionAsked)
