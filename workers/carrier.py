"""What each event from the edge means to Temporal: a workflow to start, or word for one that runs.

Everything here may happen twice, and in the middle of it the process may die: starting joins the workflow that is
there, and a signal that repeats changes nothing.
"""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any

import structlog
from opentelemetry import trace
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowHandle
from temporalio.common import Priority, SearchAttributePair, TypedSearchAttributes
from temporalio.common import WorkflowIDConflictPolicy as Conflict
from temporalio.common import WorkflowIDReusePolicy as Reuse
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from schemas.base import Event
from schemas.calls import CallEnded, CallStarted
from schemas.tools import ToolCompleted, ToolFailed, ToolRequested, ToolSpec, ToolStarted
from workers.adapters.nats import ToolsBucket
from workers.pseudonyms import pseudonym
from workers.telemetry import Telemetry
from workers.temporal import task_queue
from workflows.after_call import TOOL as AFTER_CALL
from workflows.attributes import CALL, CALLER, REGION, STATE, TENANT, TOOL
from workflows.ports import Publisher
from workflows.reporting import report_id

log = structlog.get_logger(__name__)

NO_TOOLS_SECONDS = 60.0
"""How long a request waits for the first worker that offers any tool at all."""

PRIORITY = {"emergency": 1, "normal": 3, "background": 5}
"""Temporal's priority keys: lower goes first."""

MOST_WAITING = 20
"""How many workflows are told that their caller rings again, or that their call is over; more could not all be spoken
of in one call."""


@dataclass(frozen=True, slots=True)
class Done:
    """Nothing more is to be done for the event."""

    outcome: str


@dataclass(frozen=True, slots=True)
class Later:
    """Try the event again."""

    why: str


Verdict = Done | Later


class Carrier:
    """Carries events of one region; one object a process."""

    def __init__(
        self,
        client: Client,
        region: str,
        bucket: ToolsBucket,
        publisher: Publisher,
        telemetry: Telemetry,
        *,
        orphan_seconds: float = 600.0,
        searchable: bool = False,
        pseudonym_key: str = "",
        clock: Callable[[], float] = time.time,
    ) -> None:
        """``searchable``: whether the namespace knows our search attributes."""
        self._client = client
        self._queue = task_queue(region)
        self._bucket = bucket
        self._publisher = publisher
        self._telemetry = telemetry
        self._orphan_seconds = orphan_seconds
        self._searchable = searchable
        self._pseudonym_key = pseudonym_key
        self._clock = clock
        self._orphans: dict[str, float] = {}

    async def carry(self, event: Event, stored: float) -> Verdict:
        """Bring the event, stored at ``stored`` seconds of wall clock, to Temporal.

        Raises:
            temporalio.service.RPCError, OSError, nats.errors.Error: an engine is not there; try again later.
        """
        if isinstance(event, ToolRequested):
            with self._traced(event):
                return await self._request(event, stored)
        if isinstance(event, CallStarted):
            return await self._returned(event)
        if isinstance(event, CallEnded):
            # What comes after does not wait for tools whose start is still on its way.
            begun = await self._begin_after(event)
            # Those whose outcome is known may still be waiting for it to be heard.
            concerned = dict.fromkeys([*event.open_tools, *await self._running(f"{CALL.name} = '{event.call_id}'")])
            concerned.pop(report_id(event.call_id), None)
            verdicts = [*[await self._signal(workflow_id, event) for workflow_id in concerned], begun]
        else:
            verdicts = [await self._signal(getattr(event, "tool_call_id", ""), event)]
        later = [verdict for verdict in verdicts if isinstance(verdict, Later)]
        return later[0] if later else verdicts[0]

    async def _begin_after(self, event: CallEnded) -> Verdict:
        """What comes after the call, once for each: its workflow's id is made from the call's."""
        attributes = [
            SearchAttributePair(CALL, event.call_id),
            SearchAttributePair(TOOL, AFTER_CALL),
            SearchAttributePair(REGION, event.region),
            SearchAttributePair(STATE, "working"),
        ]
        try:
            await self._client.start_workflow(
                AFTER_CALL,
                event,
                id=report_id(event.call_id),
                task_queue=self._queue,
                id_conflict_policy=Conflict.USE_EXISTING,
                id_reuse_policy=Reuse.REJECT_DUPLICATE,
                task_timeout=timedelta(seconds=5),
                static_summary=f"After call {event.call_id}",
                # Nobody waits for it on the phone.
                priority=Priority(priority_key=PRIORITY["background"]),
                search_attributes=TypedSearchAttributes(attributes) if self._searchable else None,
            )
        except WorkflowAlreadyStartedError:
            return Done("repeated")
        return Done("started")

    def _traced(self, event: ToolRequested) -> AbstractContextManager[Any]:
        parent = self._telemetry.parent(event.trace)
        if parent is None:
            return nullcontext()
        return self._telemetry.tracer.start_as_current_span(
            f"carry {event.tool}", context=parent, kind=trace.SpanKind.CONSUMER
        )

    async def _request(self, event: ToolRequested, stored: float) -> Verdict:
        spec = await self._bucket.find(event.tool)
        if spec is None:
            return await self._unknown(event, stored)
        try:
            run = await self._start(spec, event, Reuse.REJECT_DUPLICATE)
        except WorkflowAlreadyStartedError:
            return await self._again(spec, event)
        except RPCError as error:
            if error.status != RPCStatusCode.INVALID_ARGUMENT:
                raise
            log.error("Temporal will never take this tool call.", tool_call=event.tool_call_id, error=error.message)
            await self._fail(
                event, "invalid_arguments", f"{event.tool} was not started: its arguments cannot be carried."
            )
            return Done("refused")
        await self._tell_started(event, run)
        return Done("started")

    async def _start(self, spec: ToolSpec, event: ToolRequested, reuse: Reuse) -> str | None:
        """The id of the run that does it."""
        attributes = [
            SearchAttributePair(CALL, event.call_id),
            SearchAttributePair(TOOL, event.tool),
            SearchAttributePair(REGION, event.region),
            SearchAttributePair(STATE, "working"),
            *([SearchAttributePair(TENANT, event.tenant)] if event.tenant else []),
        ]
        caller = pseudonym(event.caller, self._pseudonym_key)
        if caller is not None:
            attributes.append(SearchAttributePair(CALLER, caller))
        handle: WorkflowHandle[Any, Any] = await self._client.start_workflow(
            spec.workflow,
            event.model_copy(update={"deadline": spec.deadline, "cancellable": spec.cancellable}),
            id=event.tool_call_id,
            task_queue=self._queue,
            id_conflict_policy=Conflict.USE_EXISTING,
            id_reuse_policy=reuse,
            # What a killed worker was at is given to another after this long.
            task_timeout=timedelta(seconds=5),
            memo={"request": event.id, "call": event.call_id, "tool": event.tool},
            static_summary=f"{spec.title}, for call {event.call_id}",
            priority=Priority(priority_key=PRIORITY[spec.priority], fairness_key=event.tenant or None),
            search_attributes=TypedSearchAttributes(attributes) if self._searchable else None,
        )
        return handle.result_run_id

    async def _tell_started(self, event: ToolRequested, run: str | None) -> None:
        """Told here, once for each run, not by the workflow: it is true as soon as Temporal has it."""
        about = {"workflow_id": event.tool_call_id, "run_id": run or ""}
        started = self._about(ToolStarted, event, run or event.id, **about)
        await self._publisher.publish(started)

    async def _again(self, spec: ToolSpec, event: ToolRequested) -> Verdict:
        """The workflow has ended. A redelivery needs nothing; a new wish for it gets its outcome, or a new try."""
        handle = self._client.get_workflow_handle(event.tool_call_id)
        description = await handle.describe()
        if (await description.memo()).get("request") == event.id:
            await self._tell_started(event, description.run_id)
            return Done("repeated")
        if description.status == WorkflowExecutionStatus.COMPLETED:
            result: dict[str, Any] = await self._client.get_workflow_handle(
                event.tool_call_id, result_type=dict[str, Any]
            ).result()
            try:
                await self._publisher.publish(self._about(ToolCompleted, event, event.id, result=result))
            except ValueError as error:
                log.error("An outcome cannot be told again.", tool_call=event.tool_call_id, error=str(error))
                return Done("refused")
            return Done("answered")
        try:
            run = await self._start(spec, event, Reuse.ALLOW_DUPLICATE_FAILED_ONLY)
        except WorkflowAlreadyStartedError:
            return Later("it ended meanwhile")
        await self._tell_started(event, run)
        return Done("restarted")

    async def _returned(self, event: CallStarted) -> Verdict:
        """A caller rings: the workflows that still have something for them, from an earlier call, are told."""
        caller = pseudonym(event.caller, self._pseudonym_key)
        if caller is None:
            return Done("of_no_concern")
        waiting = await self._running(f"{CALLER.name} = '{caller}' AND {REGION.name} = '{event.region}'")
        for workflow_id in waiting:
            await self._signal(workflow_id, event)
        return Done("signalled" if waiting else "of_no_concern")

    async def _running(self, query: str) -> list[str]:
        """The workflows that run and that this finds; none where the namespace does not know our attributes."""
        if not self._searchable:
            return []
        running = f"{query} AND ExecutionStatus = 'Running'"
        return [found.id async for found in self._client.list_workflows(running, limit=MOST_WAITING)]

    async def _unknown(self, event: ToolRequested, stored: float) -> Verdict:
        names = await self._bucket.names()
        if not names and self._clock() - stored < NO_TOOLS_SECONDS:
            return Later("no worker offers any tool yet")
        known = f"There are: {', '.join(names)}." if names else "There is none at the moment."
        await self._fail(event, "unknown_tool", f"There is no tool named {event.tool}. {known}")
        return Done("unknown_tool")

    async def _fail(self, event: ToolRequested, code: str, message: str) -> None:
        about: dict[str, Any] = {"code": code, "message": message, "fault": "model", "retryable": False}
        await self._publisher.publish(self._about(ToolFailed, event, event.id, **about))

    def _about(self, kind: type[Event], event: ToolRequested, origin: str, **fields: Any) -> Event:
        """What we have to tell of the request; for the same origin it has the same id."""
        return kind(
            id=f"evt_{sha256(f'{kind.kind} {origin}'.encode()).hexdigest()[:24]}",
            call_id=event.call_id,
            region=event.region,
            tool_call_id=event.tool_call_id,
            tool=event.tool,
            **fields,
        )

    async def _signal(self, workflow_id: str, event: Event) -> Verdict:
        handle = self._client.get_workflow_handle(workflow_id)
        try:
            await handle.signal(event.kind, event.model_dump(mode="json"))
        except RPCError as error:
            if error.status == RPCStatusCode.INVALID_ARGUMENT:
                log.error("Temporal will never take this signal.", workflow=workflow_id, error=error.message)
                return Done("refused")
            if error.status != RPCStatusCode.NOT_FOUND:
                raise
            return await self._missed(workflow_id, event)
        self._orphans.pop(event.id, None)
        return Done("signalled")

    async def _missed(self, workflow_id: str, event: Event) -> Verdict:
        """It has ended, or has not begun: its start may still be waiting for Temporal, or may never come."""
        try:
            await self._client.get_workflow_handle(workflow_id).describe()
        except RPCError as error:
            if error.status != RPCStatusCode.NOT_FOUND:
                raise
            now = self._clock()
            if now - self._orphans.setdefault(event.id, now) < self._orphan_seconds and len(self._orphans) < 10_000:
                return Later("its workflow has not started")
            log.warning("There is no workflow for this event.", workflow=workflow_id, kind=event.kind, id=event.id)
        self._orphans.pop(event.id, None)
        return Done("too_late")
