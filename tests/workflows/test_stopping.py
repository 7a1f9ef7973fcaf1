"""A caller who changes their mind, in time and too late; a tool that takes too long."""

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import BaseModel, Field
from temporalio import activity, workflow
from temporalio.client import WorkflowFailureError

from schemas.announcements import AnnouncementRequested
from schemas.tools import ToolCancelRequested, ToolFailed
from workflows.caller import Caller
from workflows.conduct import conducted
from workflows.saga import Saga
from workflows.steps import quickly

if TYPE_CHECKING:
    from tests.workflows.conftest import Line, Start, Wire


class Dig(BaseModel):
    """Dig a hole."""

    committed: bool = Field(default=False, description="Whether it is too late when the caller speaks up.")
    seconds: float = Field(default=3600, description="How long it takes.")


class Hole(BaseModel):
    """A hole."""

    deep: bool = True


class Ground:
    """What was done to it."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.dug = asyncio.Event()

    @activity.defn
    async def dig(self, what: str) -> None:
        self.lines.append("dig")
        self.dug.set()

    @activity.defn
    async def fill(self, what: str) -> None:
        self.lines.append("fill")


@workflow.defn
class DigWorkflow:
    """Digs, which takes a while."""

    @workflow.run
    @conducted
    async def run(self, request: Dig, caller: Caller) -> Hole:
        async with Saga() as saga:
            saga.undo(Ground.fill, "hole")
            if request.committed:
                caller.commit()
            await quickly(Ground.dig, "hole")
            await workflow.sleep(request.seconds)
        await caller.tell("The hole is dug.", Hole())
        return Hole()


@pytest.fixture
def ground() -> Ground:
    return Ground()


async def wish(line: "Line", handle: Any) -> None:
    await line.signal(
        handle.id, ToolCancelRequested(call_id="c", region="test", tool_call_id=handle.id, tool="a_tool", words="Stop.")
    )


@pytest.fixture
def dig(start: "Start", ground: Ground, line: "Line", wire: "type[Wire]") -> Any:
    line.replies = wire.attentive

    async def dig(policies: dict[str, Any] | None = None, **arguments: Any) -> Any:
        handle = await start(DigWorkflow, [ground.dig, ground.fill], policies=policies or {}, **arguments)
        await ground.dug.wait()
        return handle

    return dig


async def test_a_wish_undoes_what_was_done_and_is_told(dig: Any, ground: Ground, line: "Line") -> None:
    handle = await dig()
    await wish(line, handle)
    await wish(line, handle)
    with pytest.raises(WorkflowFailureError):
        await handle.result()
    assert ground.lines == ["dig", "fill"]
    (failed,) = line.of(ToolFailed)
    assert (failed.code, failed.fault) == ("cancelled", "caller")
    (told,) = line.of(AnnouncementRequested)
    assert told.text == "Your earlier request is cancelled, and nothing was changed by it."


@pytest.mark.parametrize("why", ["committed", "not cancellable"])
async def test_a_wish_that_comes_too_late_is_refused_and_the_work_goes_on(
    dig: Any, ground: Ground, line: "Line", why: str
) -> None:
    if why == "committed":
        handle = await dig(committed=True, seconds=60)
    else:
        handle = await dig({"cancellable": False}, seconds=60)
    await wish(line, handle)
    assert await handle.result() == {"deep": True}
    assert ground.lines == ["dig"]
    texts = [told.text for told in line.of(AnnouncementRequested)]
    assert texts == ["I'm sorry, that can't be cancelled any more.", "The hole is dug."]


async def test_a_deadline_undoes_what_was_done(dig: Any, ground: Ground, line: "Line") -> None:
    handle = await dig({"deadline": 120})
    with pytest.raises(WorkflowFailureError):
        await handle.result()
    assert ground.lines == ["dig", "fill"]
    (failed,) = line.of(ToolFailed)
    assert (failed.code, failed.fault, failed.retryable) == ("deadline", "system", True)


async def test_a_deadline_that_is_kept_changes_nothing(dig: Any, ground: Ground) -> None:
    assert await (await dig({"deadline": 120}, seconds=60)).result() == {"deep": True}
    assert ground.lines == ["dig"]


async def test_strange_wishes_count_as_wishes(dig: Any, ground: Ground, line: "Line") -> None:
    handle = await dig()
    await handle.signal(ToolCancelRequested.kind, args=[1, "two"])
    with pytest.raises(WorkflowFailureError):
        await handle.result()
    assert ground.lines == ["dig", "fill"]
