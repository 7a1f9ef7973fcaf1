"""Temporal with time that skips, and an edge in memory."""

import asyncio
import contextlib
import sysconfig
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
import pytest_asyncio
from temporalio.api.testservice.v1 import LockTimeSkippingRequest, UnlockTimeSkippingRequest
from temporalio.client import Client, WorkflowHandle
from temporalio.service import RPCError
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from schemas.announcements import AnnouncementNotSpoken, AnnouncementRequested, AnnouncementSpoken
from schemas.base import Event, new_id
from schemas.calls import CallEnded, CallStarted
from schemas.decisions import DECIDE, DecisionAsked, Ruling
from schemas.questions import QuestionAnswered, QuestionAsked, QuestionUnanswered
from schemas.tools import ToolRequested, tool_call_id
from schemas.transfers import TransferEnded, TransferRequested
from workers.codec import converter
from workflows.outlet import OutletActivities
from workflows.ports import Appointment, Delivery, Message, Slot, World
from workflows.tool import activity_methods


class Line:
    """The edge, the outbox and those who are asked outside the call, in memory. ``replies`` are what the edge does
    about each event it gets; ``rules`` is what a person answers, if they do."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.events: list[Event] = []
        self.messages: list[Message] = []
        self.deliveries: list[Delivery] = []
        self.replies: Callable[[Event], list[Event]] = lambda event: []
        self.rules: Callable[[DecisionAsked], dict[str, Any] | None] = lambda asked: None
        self.ruling: set[asyncio.Task[Any]] = set()
        self.serves_links = True
        self.outage = 0
        """How many publishes fail before NATS is back."""

    async def publish(self, event: Event) -> None:
        if self.outage:
            self.outage -= 1
            raise OSError("NATS is away.")
        self.events.append(event)
        for reply in self.replies(event):
            await self.signal(getattr(event, "tool_call_id", ""), reply)
        if isinstance(event, DecisionAsked) and (answer := self.rules(event)) is not None:
            # An update is taken after this activity has ended: until then time must not skip to what ends the wait.
            await self.client.test_service.lock_time_skipping(LockTimeSkippingRequest())
            task = asyncio.create_task(self._rule(event, answer))
            self.ruling.add(task)
            task.add_done_callback(self.ruling.discard)

    async def _rule(self, asked: DecisionAsked, answer: dict[str, Any]) -> None:
        try:
            handle = self.client.get_workflow_handle(asked.tool_call_id)
            await handle.execute_update(DECIDE, Ruling(id=asked.decision_id, answer=answer, by="Ines"))
        finally:
            await self.client.test_service.unlock_time_skipping(UnlockTimeSkippingRequest())

    async def signal(self, workflow_id: str, event: Event) -> None:
        await self.client.get_workflow_handle(workflow_id).signal(event.kind, event.model_dump(mode="json"))

    async def send(self, message: Message) -> None:
        self.messages.append(message)

    async def link(self, workflow_id: str, item: str, until: datetime) -> str:
        return f"https://answers.example/{item}"

    async def record(self, delivery: Delivery) -> None:
        self.deliveries.append(delivery)

    @property
    def kinds(self) -> list[str]:
        return [event.kind for event in self.events]

    def of(self, kind: type[Any]) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]


class MemoryAppointments:
    """``AppointmentStore`` with one technician, in memory."""

    def __init__(self) -> None:
        self.busy: set[Slot] = set()
        self.held: dict[str, Slot] = {}
        self.confirmed: dict[str, Slot] = {}
        self.released: list[str] = []

    async def hold(self, appointment: Appointment) -> str | None:
        if appointment.slot in self.busy:
            return None
        self.held[appointment.id] = appointment.slot
        return "Nina"

    async def confirm(self, appointment_id: str) -> None:
        self.confirmed[appointment_id] = self.held[appointment_id]

    async def release(self, appointment: Appointment) -> None:
        self.released.append(appointment.id)
        self.held.pop(appointment.id, None)

    async def taken(self, service: str, days: Sequence[date]) -> list[Slot]:
        return [slot for slot in self.busy if slot.service == service and slot.day in days]


def heard(event: AnnouncementRequested) -> AnnouncementSpoken:
    return AnnouncementSpoken(
        call_id=event.call_id,
        region=event.region,
        announcement_id=event.announcement_id,
        tool_call_id=event.tool_call_id,
        heard=event.text,
    )


def unheard(event: AnnouncementRequested, reason: Any = "call_ended") -> AnnouncementNotSpoken:
    return AnnouncementNotSpoken(
        call_id=event.call_id,
        region=event.region,
        announcement_id=event.announcement_id,
        tool_call_id=event.tool_call_id,
        reason=reason,
    )


def answered(event: QuestionAsked, **answer: Any) -> QuestionAnswered:
    return QuestionAnswered(
        call_id=event.call_id,
        region=event.region,
        question_id=event.question_id,
        tool_call_id=event.tool_call_id,
        answer=answer,
        words="what was said",
    )


def unanswered(event: QuestionAsked, reason: Any = "declined") -> QuestionUnanswered:
    return QuestionUnanswered(
        call_id=event.call_id,
        region=event.region,
        question_id=event.question_id,
        tool_call_id=event.tool_call_id,
        reason=reason,
    )


def transferred(event: TransferRequested, outcome: Any = "connected") -> TransferEnded:
    return TransferEnded(
        call_id=event.call_id,
        region=event.region,
        transfer_id=event.transfer_id,
        tool_call_id=event.tool_call_id,
        outcome=outcome,
    )


def ended(event: Event) -> CallEnded:
    return CallEnded(call_id=event.call_id, region=event.region, reason="caller_hung_up", seconds=9.0, turns=2)


def back(call_id: str) -> CallStarted:
    """The caller rings again."""
    return CallStarted(call_id=call_id, region="test", agent="Robin", transport="twilio", node="n")


def attentive(event: Event) -> list[Event]:
    """A caller who is there and hears everything."""
    return [heard(event)] if isinstance(event, AnnouncementRequested) else []


async def none_left(handles: Sequence[WorkflowHandle[Any, Any]]) -> None:
    """End what a test leaves running: time that skips would skip to what it waits for, in the midst of another test."""
    for handle in handles:
        with contextlib.suppress(RPCError):
            await handle.terminate()


@asynccontextmanager
async def skipping() -> AsyncIterator[WorkflowEnvironment]:
    """Temporal's test server: it skips time while a result is waited for."""
    program = Path(sysconfig.get_path("scripts")) / "temporal-test-server"
    async with await WorkflowEnvironment.start_time_skipping(
        data_converter=converter({}), test_server_existing_path=str(program)
    ) as environment:
        yield environment


class Wire:
    """The edge's replies, for tests to use without importing them."""

    heard = staticmethod(heard)
    unheard = staticmethod(unheard)
    answered = staticmethod(answered)
    unanswered = staticmethod(unanswered)
    ended = staticmethod(ended)
    transferred = staticmethod(transferred)
    back = staticmethod(back)
    attentive = staticmethod(attentive)
    none_left = staticmethod(none_left)
    skipping = staticmethod(skipping)


@pytest.fixture(scope="session")
def wire() -> type[Wire]:
    return Wire


@pytest_asyncio.fixture(scope="module")
async def environment() -> AsyncIterator[WorkflowEnvironment]:
    """One for a module. A workflow that failed or was ended leaves its run's timeout behind, ten years off, and
    time skips there once another's result has come: in another module it would be in the midst of a test."""
    async with skipping() as environment:
        yield environment


@pytest.fixture
def line(environment: WorkflowEnvironment) -> Line:
    return Line(environment.client)


@pytest.fixture
def appointments() -> MemoryAppointments:
    return MemoryAppointments()


@pytest.fixture
def world(line: Line, appointments: MemoryAppointments) -> World:
    return World(publisher=line, messages=line, appointments=appointments)


Start = Callable[..., Awaitable[WorkflowHandle[Any, Any]]]


@pytest_asyncio.fixture
async def start(environment: WorkflowEnvironment, line: Line) -> AsyncIterator[Start]:
    """``await start(WorkflowClass, activities, caller=..., **arguments)``: a workflow on a worker of its own."""
    async with _starter(environment, line) as starter:
        yield starter


@asynccontextmanager
async def _starter(environment: WorkflowEnvironment, line: Line) -> AsyncIterator[Start]:
    workers: list[Worker] = []
    handles: list[WorkflowHandle[Any, Any]] = []

    async def start(
        workflow: type[Any],
        activities: Sequence[Callable[..., Any]] = (),
        *,
        caller: str | None = "+15550100",
        runner: Any = None,
        policies: Mapping[str, Any] = MappingProxyType({}),
        task_timeout: timedelta | None = None,
        **arguments: Any,
    ) -> WorkflowHandle[Any, Any]:
        outlet = OutletActivities(line, line, line if line.serves_links else None)
        worker = Worker(
            environment.client,
            task_queue=new_id("queue"),
            workflows=[workflow],
            activities=[*activity_methods(outlet), *activities],
            workflow_runner=runner or UnsandboxedWorkflowRunner(),
        )
        await worker.__aenter__()
        workers.append(worker)
        call = new_id("call")
        request = ToolRequested(
            call_id=call,
            region="test",
            tool_call_id=tool_call_id(call, "a_tool", arguments),
            tool="a_tool",
            arguments=arguments,
            turn=1,
            caller=caller,
            **policies,
        )
        handle = await environment.client.start_workflow(
            workflow.run,
            request,
            id=request.tool_call_id,
            task_queue=worker.task_queue,
            task_timeout=task_timeout,
        )
        handles.append(handle)
        return handle

    try:
        yield start
    finally:
        await none_left(handles)
        for worker in workers:
            await worker.__aexit__(None, None, None)
