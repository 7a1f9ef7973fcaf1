"""Waiting to the end, and being called off meanwhile."""

import asyncio
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
from pydantic import BaseModel
from temporalio import activity, workflow
from temporalio.client import WorkflowFailureError
from temporalio.testing import WorkflowEnvironment

from schemas.tools import ToolCancelRequested, ToolFailed
from workflows.caller import Caller
from workflows.conduct import conducted
from workflows.saga import Saga
from workflows.steps import surely, unbroken

if TYPE_CHECKING:
    from tests.workflows.conftest import Line, Start, Wire


class Pump(BaseModel):
    """Pump a cellar dry."""


class Dry(BaseModel):
    """A cellar."""


class Cellar:
    """What was done in it."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.begun, self.over = asyncio.Event(), asyncio.Event()

    @activity.defn
    async def pump_dry(self, what: str) -> None:
        self.lines.append("pump")
        self.begun.set()
        await self.over.wait()

    @activity.defn
    async def carry_pump_out(self, what: str) -> None:
        self.lines.append("carry out")
        self.over.set()


@workflow.defn
class PumpWorkflow:
    """One long step, which its author takes care to see through failures."""

    @workflow.run
    @conducted
    async def run(self, request: Pump, caller: Caller) -> Dry:
        async with Saga() as saga:
            saga.undo(Cellar.carry_pump_out, "cellar")
            try:
                await surely(Cellar.pump_dry, "cellar")
            except Exception:
                await caller.say("The pump has failed.")
                raise
        return Dry()


@pytest_asyncio.fixture(scope="module")
async def environment(wire: "type[Wire]") -> AsyncIterator[WorkflowEnvironment]:
    """Of its own: its time does not skip while an activity is under way, though nobody waits for it any more."""
    async with wire.skipping() as environment:
        yield environment


async def test_a_step_under_way_is_called_off_and_not_taken_for_one_that_failed(
    start: "Start", line: "Line", wire: "type[Wire]"
) -> None:
    line.replies, cellar = wire.attentive, Cellar()
    handle = await start(PumpWorkflow, [cellar.pump_dry, cellar.carry_pump_out])
    await asyncio.wait_for(cellar.begun.wait(), 60)
    await line.signal(
        handle.id, ToolCancelRequested(call_id="c", region="test", tool_call_id=handle.id, tool="a_tool", words="Stop.")
    )
    with pytest.raises(WorkflowFailureError):
        await asyncio.wait_for(handle.result(), 60)
    assert cellar.lines == ["pump", "carry out"]
    (failed,) = line.of(ToolFailed)
    assert (failed.code, failed.fault) == ("cancelled", "caller")
    assert [event.text for event in line.events if hasattr(event, "text")] == [failed.message]


async def test_it_waits_to_the_end_though_cancelled_twice() -> None:
    gate, ended = asyncio.Event(), []

    async def work() -> str:
        await gate.wait()
        ended.append(True)
        return "done"

    task = asyncio.create_task(unbroken(work()))
    for _ in range(2):
        await asyncio.sleep(0)
        task.cancel()
    await asyncio.sleep(0)
    assert not task.done()
    gate.set()
    assert await task == "done"
    assert ended


async def test_an_error_comes_through() -> None:
    async def work() -> None:
        raise ValueError("wrong")

    with pytest.raises(ValueError, match="wrong"):
        await unbroken(work())
