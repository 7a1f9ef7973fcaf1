"""Workflows that wait for long begin anew, and nothing is lost by it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio
from pydantic import BaseModel, Field
from temporalio import activity, workflow
from temporalio.client import WorkflowExecutionStatus, WorkflowFailureError, WorkflowHandle
from temporalio.testing import WorkflowEnvironment

from schemas.announcements import AnnouncementRequested
from schemas.decisions import DECIDE, WAITING, DecisionAsked, DecisionMade, Ruling, Waiting
from schemas.tools import ToolCancelRequested, ToolCompleted, ToolFailed
from workflows import checkpoint as rules
from workflows.caller import Caller
from workflows.checkpoint import Checkpoint
from workflows.conduct import conducted
from workflows.dispatcher import Dispatcher
from workflows.saga import Saga
from workflows.steps import quickly

if TYPE_CHECKING:
    from tests.workflows.conftest import Line, Start, Wire

MANY = 40
"""Signals that make a history long under the rule of these tests."""
DONE: list[str] = []


class Keep(BaseModel):
    """Keep something for a caller."""

    what: str = Field(description="What is kept.")


class Kept(BaseModel):
    """Something that is kept. ``rounds``: how often somebody wanted it kept longer."""

    what: str
    rounds: int = 0


class Due(BaseModel):
    """When something is to be said."""

    at: datetime


class Fetched(BaseModel):
    """Whether it was fetched."""

    fetched: bool


@activity.defn
async def put_away(what: str) -> None:
    """Put it away."""
    DONE.append(f"put {what}")


@activity.defn
async def give_back(kept: Kept) -> None:
    """Give it back."""
    DONE.append(f"gave {kept.what} back")


@workflow.defn
class KeepWorkflow:
    """Put it away, and wait until it is fetched."""

    @workflow.run
    @conducted
    async def run(self, request: Keep, caller: Caller, dispatcher: Dispatcher, checkpoint: Checkpoint[Kept]) -> Kept:
        async with Saga() as saga:
            saga.undo(give_back, Kept(what=request.what))
            kept = checkpoint.reached
            if kept is None:
                await quickly(put_away, request.what)
                kept = Kept(what=request.what)
            checkpoint.reach(kept)
            while True:
                decision = await dispatcher.ask(
                    f"Was {kept.what} fetched?", Fetched, default=Fetched(fetched=False), deadline=5 * 86400.0
                )
                if decision.answer.fetched:
                    break
                kept = kept.model_copy(update={"rounds": kept.rounds + 1})
                checkpoint.reach(kept)
        await caller.tell(f"{kept.what} was fetched.", kept)
        return kept


@workflow.defn
class RemindWorkflow:
    """Say it in three days."""

    @workflow.run
    @conducted
    async def run(self, request: Keep, caller: Caller, checkpoint: Checkpoint[Due]) -> Kept:
        due = checkpoint.reached or Due(at=workflow.now() + timedelta(days=3))
        checkpoint.reach(due)
        await checkpoint.until(due.at)
        kept = Kept(what=request.what)
        await caller.tell(f"You wanted to hear of {kept.what}.", kept)
        return kept


@pytest_asyncio.fixture(scope="module")
async def environment(wire: "type[Wire]") -> AsyncIterator[WorkflowEnvironment]:
    """Of its own: in the one that all share, time has been seen to run by itself, and what waits here ran out."""
    async with wire.skipping() as environment:
        yield environment


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """A history is long early."""
    monkeypatch.setattr(rules, "LONG", 60)
    DONE.clear()


Handle = WorkflowHandle[Any, Any]


async def until(what: Callable[[], Awaitable[Any]]) -> Any:
    """What it returns once that is true."""
    deadline = asyncio.get_running_loop().time() + 60
    while asyncio.get_running_loop().time() < deadline:
        if found := await what():
            return found
        await asyncio.sleep(0.05)
    raise AssertionError("Waited a minute in vain.")


async def waiting(handle: Handle) -> Waiting:
    """The one thing that waits at its desk."""

    async def one() -> Any:
        found: list[Waiting] = await handle.query(WAITING, result_type=list[Waiting])
        return found[0] if found else None

    found: Waiting = await until(one)
    return found


async def run_of(handle: Handle) -> str:
    """Its run, now."""
    return str((await handle.describe()).run_id)


async def crowd(handle: Handle, line: "Line", wire: "type[Wire]") -> str:
    """Make its history long, and wait until it has begun anew; its new run."""
    before = await run_of(handle)
    for _ in range(MANY):
        await line.signal(handle.id, wire.back("another-call"))

    async def anew() -> bool:
        return await run_of(handle) != before

    await until(anew)
    return await run_of(handle)


async def rule(handle: Handle, item: str, fetched: bool) -> None:
    await handle.execute_update(DECIDE, Ruling(id=item, answer={"fetched": fetched}, by="Ines"), result_type=Ruling)


async def test_what_waits_waits_on_and_is_answered_in_a_further_run(
    start: "Start", line: "Line", wire: "type[Wire]"
) -> None:
    line.replies = wire.attentive
    handle = await start(KeepWorkflow, [put_away, give_back], what="a coat")
    asked = await waiting(handle)
    runs = {await run_of(handle), await crowd(handle, line, wire), await crowd(handle, line, wire)}
    assert len(runs) == 3
    assert await waiting(handle) == asked, "the same item, asked for at the same time, until the same time"
    assert await (await handle.describe()).memo_value(WAITING, type_hint=list[Waiting]) == [asked]
    await rule(handle, asked.id, False)
    again = await waiting(handle)
    assert again.id != asked.id
    await line.signal(handle.id, wire.ended(line.events[0]))
    await rule(handle, asked.id, False)  # The same once more, as after an answer that got lost.
    await crowd(handle, line, wire)
    await rule(handle, asked.id, False)
    await rule(handle, again.id, True)
    assert await handle.result() == {"what": "a coat", "rounds": 1}
    assert DONE == ["put a coat"], "it is put away once, and not given back"
    assert len(line.of(ToolCompleted)) == 1
    assert len(line.of(DecisionAsked)) == len(line.of(DecisionMade)) == 2
    assert len({event.id for event in line.events}) == len(line.events), "no identifier is made twice"
    (told,) = line.of(AnnouncementRequested)
    assert told.call_id == "another-call", "it knows in which call the caller is by now"


async def test_what_is_owed_is_undone_in_a_further_run(start: "Start", line: "Line", wire: "type[Wire]") -> None:
    line.replies = wire.attentive
    handle = await start(KeepWorkflow, [put_away, give_back], what="a hat")
    await waiting(handle)
    await crowd(handle, line, wire)
    await waiting(handle)
    await handle.cancel()
    with pytest.raises(WorkflowFailureError):
        await handle.result()
    assert DONE == ["put a hat", "gave a hat back"]


async def test_a_wish_that_comes_while_it_begins_anew_is_heard(
    start: "Start", line: "Line", wire: "type[Wire]", environment: WorkflowEnvironment
) -> None:
    """In the midst of what makes it begin anew, and anew again: it may come in the very task that ends a run."""
    line.replies = wire.attentive
    handle = await start(KeepWorkflow, [put_away, give_back], what="a bag")
    await waiting(handle)
    first = await run_of(handle)
    await crowd(handle, line, wire)
    more = [line.signal(handle.id, wire.back("another-call")) for _ in range(80)]
    about: Any = {"call_id": "c", "region": "test", "tool_call_id": handle.id, "tool": "a_tool"}
    await asyncio.gather(*more, line.signal(handle.id, ToolCancelRequested(**about)))
    with pytest.raises(WorkflowFailureError):
        await handle.result()
    (failed,) = line.of(ToolFailed)
    assert failed.code == "cancelled"
    assert DONE == ["put a bag", "gave a bag back"]
    described = await environment.client.get_workflow_handle(handle.id, run_id=first).describe()
    assert described.status == WorkflowExecutionStatus.CONTINUED_AS_NEW


async def test_its_deadline_does_not_move(start: "Start", line: "Line", wire: "type[Wire]") -> None:
    line.replies = wire.attentive
    handle = await start(KeepWorkflow, [put_away, give_back], policies={"deadline": 3 * 86400.0}, what="a cake")
    began = (await handle.describe()).start_time
    await waiting(handle)
    await crowd(handle, line, wire)
    with pytest.raises(WorkflowFailureError):
        await handle.result()
    (failed,) = line.of(ToolFailed)
    assert failed.code == "deadline"
    assert timedelta(0) <= failed.time - began - timedelta(days=3) < timedelta(hours=1)
    assert DONE == ["put a cake", "gave a cake back"]


async def test_it_waits_for_days_across_runs(
    start: "Start", line: "Line", wire: "type[Wire]", environment: WorkflowEnvironment
) -> None:
    """Each hour's look leaves three events: three days are several histories."""
    line.replies = wire.attentive
    handle = await start(RemindWorkflow, what="the concert")
    began = (await handle.describe()).start_time
    first = await run_of(handle)
    assert await handle.result() == {"what": "the concert", "rounds": 0}
    described = await environment.client.get_workflow_handle(handle.id, run_id=first).describe()
    assert described.status == WorkflowExecutionStatus.CONTINUED_AS_NEW
    (told,) = line.of(AnnouncementRequested)
    assert timedelta(0) <= told.time - began - timedelta(days=3) < timedelta(hours=1)


async def test_a_checkpoint_says_what_it_keeps() -> None:
    async def run(self: Any, request: Keep, caller: Caller, checkpoint: Checkpoint) -> Kept:  # type: ignore[type-arg]
        raise NotImplementedError

    with pytest.raises(TypeError, match=r"Checkpoint\[AModel\]"):
        conducted(run)


async def test_an_answer_does_not_wait_for_nats(start: "Start", line: "Line") -> None:
    """What is to be published before a workflow begins anew may have to wait for long.

    A publish that fails keeps the workflow's task until that runs out, hence the short one.
    """
    line.outage = 1_000_000
    handle = await start(KeepWorkflow, [put_away, give_back], task_timeout=timedelta(seconds=1), what="a coat")
    try:
        item = await waiting(handle)
        for _ in range(MANY + 30):
            await handle.signal("call_ended", {})
        await handle.execute_update(DECIDE, Ruling(id=item.id, answer={"fetched": True}, by="Ines"))

        async def sent() -> bool:
            return bool(line.messages)

        await until(sent)
    finally:
        line.outage = 0
    assert (await handle.result())["what"] == "a coat"
