"""Erases what is kept of one caller, then looks everywhere for what is left, and certifies both.

The order matters: workflows first, which would write more; then events, rows and tapes. Everything may be done again.
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Collection
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, TypeVar

import asyncpg
from nats.aio.client import Client as Nats
from nats.aio.msg import Msg
from nats.js.errors import NotFoundError
from pydantic import Field
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import DeleteWorkflowExecutionRequest
from temporalio.client import Client as Temporal
from temporalio.client import WorkflowExecutionDescription, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from schemas.base import Schema, new_id
from schemas.calls import CallEnded, CallStarted
from schemas.searching import CALL, CALLER
from schemas.subjects import ERASURE, call_subject, calls_stream, process_subject
from schemas.tools import ToolRequested
from workers.adapters import personal
from workers.adapters.calls import messages, read
from workers.adapters.outbox import delivery_id
from workers.pseudonyms import pseudonym
from workers.waiting import growing
from workflows.after_call import TOOL as AFTER_CALL
from workflows.reporting import report_id

Left = TypeVar("Left", bound=Collection[str])

LIVE_SECONDS = 4 * 3600.0
"""A call without an end that began longer ago is taken for over."""
EDGES_SECONDS = 2.0
"""How long edges have to answer."""
GONE_SECONDS = 90.0
"""How long Temporal has to delete workflows. A server of usual settings does so within half a minute of its own."""
AGAIN_SECONDS = 10.0
"""After how long it is asked once more."""
LONGEST_PAUSE = 1.0
"""Seconds between two looks at what it still has, at most."""
OURS = (AFTER_CALL, "deliver_message")
"""Workflows that carry no business of their own."""
LIMITS = (
    "Backups and replicas of any store; PostgreSQL's write-ahead log and pages not yet reused; Temporal's own files "
    "until it compacts them; edges that did not answer, and what they have yet to send; Valkey's last snapshot; logs; "
    "what was sent to others: carriers, the CRM, the language model and speech vendors, traces."
)


class Found(Schema):
    """What is kept of a caller. ``business``: workflows under way that are more than messages and reports."""

    calls: list[str]
    live: list[str]
    events: int
    workflows: list[str]
    business: list[str]
    rows: dict[str, int]


class Certificate(Schema):
    """What was erased, where it was looked for then, and what was found there."""

    id: str
    caller: str = Field(description="The caller's pseudonym; the number is not kept.")
    region: str
    began: datetime
    ended: datetime
    erased: dict[str, int] = Field(description="What → how many.")
    searched: dict[str, int] = Field(description="Where → how many messages, rows, workflows or nodes.")
    left: dict[str, int] = Field(description="Where → how many still hold the number or a call's id; nothing if empty.")
    nodes: list[str] = Field(description="Edge nodes that erased their tapes and what quick tools had kept.")
    not_searched: str = LIMITS


class Erasure:
    """Of one caller, in one region; over connections that somebody else opens and closes."""

    def __init__(
        self,
        nats: Nats,
        database: "asyncpg.Connection[asyncpg.Record]",
        temporal: Temporal,
        region: str,
        pseudonym_key: str,
        caller: str,
        *,
        searchable: bool,
        edges_seconds: float = EDGES_SECONDS,
    ) -> None:
        """``caller``: E.164 or a SIP address. ``searchable``: whether the namespace knows our search attributes."""
        self._edges_seconds = edges_seconds
        self._nats = nats
        self._js = nats.jetstream()
        self._database = database
        self._temporal = temporal
        self._region = region
        self._caller = caller
        self._pseudonym = pseudonym(caller, pseudonym_key) or ""
        self._searchable = searchable

    async def find(self) -> Found:
        """Look, and change nothing."""
        calls = await personal.calls_of(self._database, self._caller)
        begun: dict[str, float] = {}
        async for msg in self._stored("call_started"):
            event = read(msg)
            if isinstance(event, CallStarted) and event.caller == self._caller:
                calls.add(event.call_id)
                begun[event.call_id] = event.time.timestamp()
        async for msg in self._stored("tool_requested"):
            event = read(msg)
            if isinstance(event, ToolRequested) and event.caller == self._caller:
                calls.add(event.call_id)
        return await self._of(sorted(calls), begun)

    async def _of(self, calls: list[str], begun: dict[str, float]) -> Found:
        workflows = {report_id(call) for call in calls}
        ended: set[str] = set()
        events = 0
        for call in calls:
            async for msg in messages(self._js, self._region, call_subject(self._region, call, ">")):
                events += 1
                event = read(msg)
                if isinstance(event, ToolRequested):
                    workflows.add(event.tool_call_id)
                elif isinstance(event, CallEnded):
                    ended.add(call)
        sent = await personal.messages_of(self._database, self._caller, calls)
        workflows |= {delivery_id(message) for message in sent} | await self._searched(calls)
        there = {each: status for each in sorted(workflows) if (status := await self._status(each)) is not None}
        now = time.time()
        return Found(
            calls=calls,
            live=[call for call, at in begun.items() if call not in ended and now - at < LIVE_SECONDS],
            events=events,
            workflows=list(there),
            business=[each for each, (kind, runs) in there.items() if runs and kind not in OURS],
            rows=await personal.counts(self._database, self._caller, calls),
        )

    async def erase(self, found: Found) -> Certificate:
        """Erase what was found, and look for what is left."""
        began = datetime.now(UTC)
        await self._delete(found.workflows)
        erased = {"workflows": len(found.workflows), "events": 0}
        for call in found.calls:
            erased["events"] += await self._erase_events(call)
        erased |= await personal.erase(self._database, self._caller, found.calls, found.workflows)
        nodes = await self._ask_edges(found.calls)
        erased["tapes"] = sum(int(node.get("erased", 0)) for node in nodes)
        erased["cached answers"] = sum(int(node.get("answers", 0)) for node in nodes)
        searched, left = await self._search(found)
        left |= {f"tapes of {node['node']}": int(node["left"]) for node in nodes if node.get("left")}
        left |= {f"cache of {node['node']}": int(node["answers_left"]) for node in nodes if node.get("answers_left")}
        return Certificate(
            id=new_id("erasure"),
            caller=self._pseudonym,
            region=self._region,
            began=began,
            ended=datetime.now(UTC),
            erased=erased,
            searched=searched | {"edge nodes": len(nodes)},
            left=left,
            nodes=sorted(str(node["node"]) for node in nodes),
        )

    async def keep(self, certificate: Certificate) -> None:
        """Write the certificate down, where it stays."""
        await self._database.execute(
            "INSERT INTO erasures (erasure_id, certificate) VALUES ($1, $2)",
            certificate.id,
            certificate.model_dump_json(),
        )

    def _stored(self, kind: str) -> Any:
        return messages(self._js, self._region, call_subject(self._region, kind=kind))

    async def _searched(self, calls: list[str]) -> set[str]:
        """Workflows that name these calls, or the caller."""
        if not self._searchable:
            return set()
        queries = [f"{CALL} = '{call}'" for call in calls]
        queries += [f"{CALLER} = '{self._pseudonym}'"] if self._pseudonym else []
        return {each.id for query in queries async for each in self._temporal.list_workflows(query)}

    async def _status(self, workflow: str) -> tuple[str, bool] | None:
        """Its type, and whether it runs; None where Temporal has no run of it."""
        runs = await self._runs(workflow)
        if not runs:
            return None
        return runs[0].workflow_type, any(run.status == WorkflowExecutionStatus.RUNNING for run in runs)

    async def _runs(self, workflow: str) -> list[WorkflowExecutionDescription]:
        """Every run of it that Temporal has: of one that continued as new, or was tried again, there are several.

        By the id alone it knows the last one; the search, which may be late, knows those before.
        """
        ids = {each.run_id async for each in self._temporal.list_workflows(f"WorkflowId = '{workflow}'")}
        found = [await self._run(workflow, run) for run in (None, *sorted(ids))]
        return list({run.run_id: run for run in found if run is not None}.values())

    async def _run(self, workflow: str, run: str | None) -> WorkflowExecutionDescription | None:
        try:
            return await self._temporal.get_workflow_handle(workflow, run_id=run).describe()
        except RPCError as error:
            if error.status != RPCStatusCode.NOT_FOUND:
                raise
            return None

    async def _delete(self, workflows: list[str]) -> None:
        """Every run of each, with its history; one that runs is ended where it stands."""
        for _ in range(int(GONE_SECONDS / AGAIN_SECONDS)):
            for workflow in workflows:
                for run in await self._runs(workflow):
                    with suppress(RPCError):
                        await self._delete_run(workflow, run.run_id)
            workflows = await self._not_gone(workflows)
            if not workflows:
                break

    async def _delete_run(self, workflow: str, run: str) -> None:
        await self._temporal.workflow_service.delete_workflow_execution(
            DeleteWorkflowExecutionRequest(
                namespace=self._temporal.namespace,
                workflow_execution=WorkflowExecution(workflow_id=workflow, run_id=run),
            )
        )

    async def _not_gone(self, workflows: list[str]) -> list[str]:
        """Those that Temporal still has; all are given some seconds to go, and are asked of one by one."""
        left = workflows

        async def look() -> list[str]:
            nonlocal left
            left = [each for each in left if await self._runs(each)]
            return left

        return await _gone(look, AGAIN_SECONDS)

    async def _erase_events(self, call: str) -> int:
        stream, done = calls_stream(self._region), 0
        found = [
            msg.metadata.sequence.stream
            async for msg in messages(self._js, self._region, call_subject(self._region, call, ">"))
        ]
        for sequence in found:
            with suppress(NotFoundError):
                # Not purged: this overwrites the message in the stream's file with noise.
                await self._js.delete_msg(stream, sequence)
                done += 1
        return done

    async def _ask_edges(self, calls: list[str]) -> list[dict[str, Any]]:
        """What each edge process says that it erased."""
        answers: list[dict[str, Any]] = []

        async def hear(msg: Msg) -> None:
            with suppress(ValueError, KeyError):
                answer = json.loads(msg.data)
                answers.append({"node": str(answer["node"]), **answer})

        inbox = self._nats.new_inbox()
        subscription = await self._nats.subscribe(inbox, cb=hear)
        await self._nats.publish(process_subject(self._region, ERASURE), json.dumps(calls).encode(), reply=inbox)
        await asyncio.sleep(self._edges_seconds)
        await subscription.unsubscribe()
        return answers

    async def _search(self, found: Found) -> tuple[dict[str, int], dict[str, int]]:
        traces = [self._caller.removeprefix("+"), *found.calls]
        patterns = [trace.encode() for trace in traces]
        searched, left = {"NATS messages": 0}, dict[str, int]()
        async for msg in messages(self._js, self._region, call_subject(self._region, kind=">")):
            searched["NATS messages"] += 1
            if any(pattern in msg.data or pattern in msg.subject.encode() for pattern in patterns):
                left["NATS messages"] = left.get("NATS messages", 0) + 1
        searched["PostgreSQL rows"], rows = await personal.search(self._database, traces)
        still = await self._still(found)
        searched["Temporal workflows"] = len(found.workflows)
        return searched, left | rows | ({"Temporal workflows": still} if still else {})

    async def _still(self, found: Found) -> int:
        there = [each for each in found.workflows if await self._status(each) is not None]
        # A search follows what happened by some tens of milliseconds.
        return len({*there, *await _gone(lambda: self._searched(found.calls), GONE_SECONDS)})


async def _gone(look: Callable[[], Awaitable[Left]], seconds: float) -> Left:
    """What is found once this has had some seconds to go; nothing, where it went earlier."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    for pause in growing(LONGEST_PAUSE):
        left = await look()
        if not left or loop.time() >= deadline:
            break
        await asyncio.sleep(pause)
    return left
