"""Dispatchers' work over real Temporal, encrypted: what waits is found, answered, and unreadable in its database."""

import asyncio
import base64
import os
import uuid
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio
from click.testing import CliRunner
from pydantic import BaseModel, Field
from temporalio import workflow
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowHandle
from temporalio.common import SearchAttributePair, TypedSearchAttributes
from temporalio.service import RPCError
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from schemas.base import Event, new_id
from schemas.decisions import DecisionAsked, Ruling, Waiting
from schemas.sealing import Seals
from schemas.tools import ToolRequested
from trunkline.cli import main
from trunkline.stack.stack import Engines
from workers import inbox
from workers.inbox import Inbox, Item, NotTaken
from workers.searchable import ensure_searchable
from workers.telemetry import Telemetry
from workers.temporal import connect
from workflows import checkpoint as checkpoint_rules
from workflows.attributes import CALL, STATE, TOOL
from workflows.caller import Caller
from workflows.checkpoint import Checkpoint
from workflows.conduct import conducted
from workflows.dispatcher import Dispatcher
from workflows.outlet import OutletActivities
from workflows.ports import Delivery, Message
from workflows.sealed import Sealed
from workflows.tool import activity_methods

if TYPE_CHECKING:
    from tests.workers.conftest import Eventually

KEYS = f"k1:{base64.b64encode(os.urandom(32)).decode()}"
PATIENCE = 60.0
SECRET = "a lighthouse keeper's spare key"


class Lend(BaseModel):
    """Lend a thing."""

    thing: str = Field(description="What.")


class Lent(BaseModel):
    """Whether it was lent, and by whom."""

    lent: bool
    by: str | None


@workflow.defn(name="lend_for_inbox")
class LendWorkflow:
    """Asks a dispatcher."""

    @workflow.run
    @conducted
    async def run(self, request: Lend, caller: Caller, dispatcher: Dispatcher) -> Lent:
        said = await dispatcher.approve(f"Lend {request.thing}?", default=False, deadline=300, details={"Who": "Anna"})
        return Lent(lent=said.answer.approved, by=said.by)


@workflow.defn(name="lend_for_long_for_inbox")
class LendForLongWorkflow:
    """Has a long history when it asks, and so begins anew at once."""

    @workflow.run
    @conducted
    async def run(self, request: Lend, caller: Caller, dispatcher: Dispatcher, checkpoint: Checkpoint[Lend]) -> Lent:
        if checkpoint.reached is None:
            for number in range(40):
                workflow.upsert_memo({"number": number})
            await workflow.sleep(0.001)
        checkpoint.reach(request)
        said = await dispatcher.approve(f"Lend {request.thing}?", default=False, deadline=300)
        return Lent(lent=said.answer.approved, by=said.by)


@workflow.defn(name="deaf_for_inbox")
class DeafWorkflow:
    """Takes no answer."""

    @workflow.run
    async def run(self) -> None:
        await workflow.wait_condition(lambda: False)


class Code(BaseModel):
    """A code."""

    code: Sealed[str]


@workflow.defn(name="ask_code_for_inbox")
class AskCodeWorkflow:
    """Asks a dispatcher for what is sensitive, and goes on for a while."""

    @workflow.run
    @conducted
    async def run(self, request: Lend, caller: Caller, dispatcher: Dispatcher) -> Lent:
        said = await dispatcher.ask("Which code?", Code, default=Code(code=Sealed("sealed:k1:none")), deadline=300)
        await workflow.wait_condition(lambda: False)
        return Lent(lent=True, by=said.by)


class Quick:
    """Answers what is asked the moment that it is published."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self.answers: list[asyncio.Task[Ruling]] = []

    async def publish(self, event: Event) -> None:
        if isinstance(event, DecisionAsked):
            about = event.model_dump(include={"call_id", "tool_call_id", "tool", "text"})
            waiting = Waiting(
                **about, id=event.decision_id, kind=event.of, answer={}, since=event.time, until=event.time
            )
            answer = Inbox(self._client).answer(Item(event.tool_call_id, waiting), {"approved": True}, "Ines")
            self.answers.append(asyncio.create_task(answer))

    async def send(self, message: Message) -> None: ...


class Nowhere:
    """Publishes and sends to nobody."""

    async def publish(self, event: Event) -> None: ...

    async def send(self, message: Message) -> None: ...

    async def record(self, delivery: Delivery) -> None: ...


@pytest_asyncio.fixture
async def client(engines: Engines) -> Client:
    client = await connect(engines.temporal_address, "default", Telemetry(None, "test", "test"), KEYS)
    assert await ensure_searchable(client)
    return client


@pytest_asyncio.fixture
async def lend(client: Client) -> AsyncIterator[Any]:
    queue = new_id("queue")

    async def lend() -> WorkflowHandle[Any, Any]:
        request = ToolRequested(
            call_id=new_id("call"),
            region="test",
            tool_call_id=new_id("lend"),
            tool="lend",
            arguments={"thing": SECRET},
            turn=1,
        )
        pairs = [(CALL, request.call_id), (TOOL, "lend"), (STATE, "working")]
        return await client.start_workflow(
            LendWorkflow.run,
            request,
            id=request.tool_call_id,
            task_queue=queue,
            memo={"thing": SECRET},
            static_summary=SECRET,
            search_attributes=TypedSearchAttributes([SearchAttributePair(key, value) for key, value in pairs]),
        )

    async with Worker(
        client,
        task_queue=queue,
        workflows=[LendWorkflow],
        activities=activity_methods(OutletActivities(Nowhere(), Nowhere())),
        workflow_runner=UnsandboxedWorkflowRunner(),
    ):
        yield lend


@pytest.fixture
def listed(client: Client, eventually: "Eventually") -> Callable[[WorkflowHandle[Any, Any]], Any]:
    """``await listed(handle)``: its item, once a search finds it."""

    async def listed(handle: WorkflowHandle[Any, Any]) -> Item:
        async def found() -> Item | None:
            return next((item for item in await Inbox(client).items() if item.workflow_id == handle.id), None)

        item: Item = await eventually("it to be in the inbox", found)
        return item

    return listed


async def test_what_waits_is_listed_answered_and_gone(
    client: Client, lend: Any, listed: Any, eventually: "Eventually"
) -> None:
    handle = await lend()
    item = await listed(handle)
    assert (item.waiting.text, item.waiting.details) == (f"Lend {SECRET}?", {"Who": "Anna"})
    box = Inbox(client)
    with pytest.raises(NotTaken, match="approved: Field required"):
        await box.answer(item, {"maybe": True}, "Ines")
    held = await box.answer(item, {"approved": True}, "Ines", "Fine.")
    assert held == Ruling(id=item.waiting.id, answer={"approved": True}, by="Ines", note="Fine.")
    assert await handle.result() == {"lent": True, "by": "Ines"}
    with pytest.raises(NotTaken, match=r"has ended|not wait"):
        await box.answer(item, {"approved": False}, "Omar")

    async def gone() -> bool:
        return all(other.workflow_id != handle.id for other in await box.items())

    await eventually("it to be out of the inbox", gone)


async def test_an_answer_that_no_worker_takes_has_an_end(client: Client) -> None:
    """And to be cancelled meanwhile is to be cancelled, which the SDK makes an error of its own of."""
    handle = await client.start_workflow("lend", "x", id=f"nobody-{uuid.uuid4()}", task_queue="nobody-works-here")
    until = datetime.now(UTC)
    waiting = Waiting(
        id="w",
        kind="approval",
        call_id="c",
        tool_call_id="t",
        tool="lend",
        text="Lend it?",
        answer={},
        since=until,
        until=until,
    )
    try:
        with pytest.raises(RPCError, match=r"No worker took the answer in 0\.2 seconds"):
            await Inbox(client, patience=0.2).answer(Item(handle.id, waiting), {"approved": True}, "Ines")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await Inbox(client).answer(Item(handle.id, waiting), {"approved": True}, "Ines")
    finally:
        await handle.terminate()


async def test_what_is_sensitive_may_be_answered_again_but_not_otherwise(client: Client, listed: Any) -> None:
    box = Inbox(client, seals=Seals({"k1": os.urandom(32)}))
    request = ToolRequested(
        call_id=new_id("call"),
        region="test",
        tool_call_id=new_id("code"),
        tool="lend",
        arguments={"thing": "a key"},
        turn=1,
    )
    pairs = [(CALL, request.call_id), (TOOL, "lend"), (STATE, "working")]
    async with Worker(
        client,
        task_queue=new_id("queue"),
        workflows=[AskCodeWorkflow],
        activities=activity_methods(OutletActivities(Nowhere(), Nowhere())),
        workflow_runner=UnsandboxedWorkflowRunner(),
    ) as worker:
        handle = await client.start_workflow(
            AskCodeWorkflow.run,
            request,
            id=request.tool_call_id,
            task_queue=worker.task_queue,
            search_attributes=TypedSearchAttributes([SearchAttributePair(key, value) for key, value in pairs]),
        )
        item = await listed(handle)
        first = await box.answer(item, {"code": "4711"}, "Ines")
        assert await box.answer(item, {"code": "4711"}, "Ines") == first
        assert "4711" not in first.model_dump_json()
        with pytest.raises(NotTaken, match="Ines has already answered"):
            await box.answer(item, {"code": "0815"}, "Ines")
        await handle.terminate()


async def test_an_answer_has_an_end_also_between_two_tries(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "AGAIN", 60.0)
    now = datetime.now(UTC)
    about: dict[str, Any] = {"call_id": "c", "tool_call_id": "t", "tool": "lend", "text": "Lend it?", "answer": {}}
    waiting = Waiting(id="w", kind="approval", **about, since=now, until=now)
    queue = new_id("queue")
    async with Worker(client, task_queue=queue, workflows=[DeafWorkflow], workflow_runner=UnsandboxedWorkflowRunner()):
        handle = await client.start_workflow(DeafWorkflow.run, id=new_id("deaf"), task_queue=queue)
        with pytest.raises(RPCError, match="No worker took the answer in 2 seconds"):
            await Inbox(client, patience=2).answer(Item(handle.id, waiting), {"approved": True}, "Ines")
        await handle.terminate()


async def test_temporals_database_holds_no_word_of_it(lend: Any, listed: Any, engines: Engines, client: Client) -> None:
    handle = await lend()
    await listed(handle)
    folder = Path(engines.data) / "temporal"
    stored = b"".join(file.read_bytes() for file in folder.iterdir() if file.is_file())
    assert handle.id.encode() in stored
    assert SECRET.encode() not in stored
    assert b"Anna" not in b"".join(each.SerializeToString() for each in (await handle.fetch_history()).events)
    await handle.terminate()


async def test_the_command_lists_and_answers(lend: Any, listed: Any, engines: Engines, tmp_path: Path) -> None:
    handle = await lend()
    item = await listed(handle)
    environment = {
        "TRUNKLINE_TEMPORAL_ADDRESS": engines.temporal_address,
        "TRUNKLINE_PAYLOAD_KEYS": KEYS,
        "TRUNKLINE_DATA": str(tmp_path),
    }

    def run(*words: str) -> Any:
        return CliRunner(env=environment).invoke(main, ["inbox", *words])

    shown = await asyncio.to_thread(run)
    assert f"Lend {SECRET}?" in shown.output, shown.output
    assert "approved (yes | no)" in shown.output
    refused = await asyncio.to_thread(run, "answer", "nonsense", "--yes")
    assert (refused.exit_code, "no id of what waits" in refused.output) == (1, True)
    taken = await asyncio.to_thread(run, "answer", item.waiting.id, "--yes", "--by", "Ines")
    assert taken.exit_code == 0, taken.output
    assert await handle.result() == {"lent": True, "by": "Ines"}


async def test_an_answer_that_meets_a_workflow_which_begins_anew_is_taken(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoint_rules, "LONG", 40)
    quick = Quick(client)
    async with Worker(
        client,
        task_queue=new_id("queue"),
        workflows=[LendForLongWorkflow],
        activities=activity_methods(OutletActivities(quick, Nowhere())),
        workflow_runner=UnsandboxedWorkflowRunner(),
    ) as worker:
        for _ in range(5):
            request = ToolRequested(
                call_id=new_id("call"),
                region="test",
                tool_call_id=new_id("lend"),
                tool="lend",
                arguments={"thing": "a ladder"},
                turn=1,
            )
            handle = await client.start_workflow(
                LendForLongWorkflow.run, request, id=request.tool_call_id, task_queue=worker.task_queue
            )
            async with asyncio.timeout(PATIENCE):
                assert await handle.result() == {"lent": True, "by": "Ines"}
            first = client.get_workflow_handle(handle.id, run_id=handle.first_execution_run_id)
            assert (await first.describe()).status == WorkflowExecutionStatus.CONTINUED_AS_NEW
    for answer in quick.answers:
        assert (await answer).by == "Ines"
