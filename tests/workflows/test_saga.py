"""Undoing in reverse, also when cancelled."""

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import BaseModel, Field
from temporalio import activity, workflow
from temporalio.client import WorkflowFailureError

from schemas.decisions import DECIDE, WAITING, Ruling, Waiting
from schemas.tools import ToolFailed
from workflows.caller import Caller
from workflows.conduct import conducted
from workflows.errors import ToolError
from workflows.saga import Saga
from workflows.steps import quickly, surely

if TYPE_CHECKING:
    from tests.workflows.conftest import Line, Start, Wire


class Steps(BaseModel):
    """Do three things."""

    end: str = Field(description="How it ends.")


class Nothing(BaseModel):
    """No result."""


class Ledger:
    """What was done and undone, in order."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.tries = 0
        self.third = asyncio.Event()

    @activity.defn
    async def do(self, what: str) -> None:
        self.lines.append(f"do {what}")
        if what == "c":
            self.third.set()

    @activity.defn
    async def undo(self, what: str) -> None:
        if what == "stuck":
            raise ToolError("failed", "It cannot be undone.", fault="system")
        if what == "b" and self.tries < 2:
            self.tries += 1
            raise OSError("not yet")
        self.lines.append(f"undo {what}")

    @activity.defn
    async def refuse(self, what: str) -> None:
        raise ToolError("refused", "The bank said no.")


@workflow.defn
class SagaWorkflow:
    """Three steps, then an end of some kind."""

    @workflow.run
    @conducted
    async def run(self, request: Steps, caller: Caller) -> Nothing:
        async with Saga() as saga:
            for what in ("a", "b", "c"):
                saga.undo(Ledger.undo, what)
                await quickly(Ledger.do, what)
            if request.end == "stuck":
                saga.undo(Ledger.undo, "stuck")
            if request.end == "cancelled":
                await workflow.wait_condition(lambda: False)
            if request.end == "bug":
                raise KeyError("a mistake")
            if request.end != "well":
                await surely(Ledger.refuse, "d")
        return Nothing()


DONE = ["do a", "do b", "do c"]
UNDONE = [*DONE, "undo c", "undo b", "undo a"]


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


async def play(start: Any, ledger: Ledger, end: str) -> Any:
    return await start(SagaWorkflow, [ledger.do, ledger.undo, ledger.refuse], end=end)


async def test_nothing_is_undone_when_all_went_well(start: "Start", ledger: Ledger, line: "Line") -> None:
    await (await play(start, ledger, "well")).result()
    assert ledger.lines == DONE
    assert line.kinds == ["tool_completed"]


async def test_a_failure_undoes_in_reverse_and_is_told(
    start: "Start", ledger: Ledger, line: "Line", wire: "type[Wire]"
) -> None:
    line.replies = wire.attentive
    with pytest.raises(WorkflowFailureError):
        await (await play(start, ledger, "refused")).result()
    assert ledger.lines == UNDONE
    (failed,) = line.of(ToolFailed)
    assert (failed.code, failed.message, failed.fault) == ("refused", "The bank said no.", "business")
    assert line.kinds == ["announcement_requested", "tool_failed"]


async def test_a_mistake_in_the_code_undoes_and_keeps_its_words_to_itself(
    start: "Start", ledger: Ledger, line: "Line", wire: "type[Wire]"
) -> None:
    line.replies = wire.attentive
    with pytest.raises(WorkflowFailureError):
        await (await play(start, ledger, "bug")).result()
    assert ledger.lines == UNDONE
    (failed,) = line.of(ToolFailed)
    assert (failed.code, failed.fault) == ("failed", "system")
    assert "mistake" not in failed.message


async def test_cancelling_undoes_too_however_often(
    start: "Start", ledger: Ledger, line: "Line", wire: "type[Wire]"
) -> None:
    line.replies = wire.attentive
    handle = await play(start, ledger, "cancelled")
    await ledger.third.wait()
    await handle.cancel()
    await handle.cancel()
    with pytest.raises(WorkflowFailureError):
        await handle.result()
    assert ledger.lines == UNDONE
    (failed,) = line.of(ToolFailed)
    assert failed.code == "cancelled"


async def test_what_cannot_be_undone_waits_for_a_person_and_the_caller_is_told_so_first(
    start: "Start", ledger: Ledger, line: "Line", wire: "type[Wire]"
) -> None:
    line.replies = wire.attentive
    handle = await play(start, ledger, "stuck")
    first = await _waiting(handle)
    assert ledger.lines == UNDONE  # One that is stuck does not stop the others.
    (failed,) = line.of(ToolFailed)
    assert (failed.code, failed.fault, failed.retryable) == ("unsettled", "system", False)
    assert "put it right" in failed.message
    assert "Nothing has been" not in failed.message
    assert (first.kind, first.details["step"], first.details["given"]) == ("repair", "undo", '"stuck"')
    assert first.details["error"] == "It cannot be undone."

    # It is tried again, in vain, and waits again; then somebody has done it by hand.
    await handle.execute_update(DECIDE, Ruling(id=first.id, answer={"done": False}, by="Ada"))
    second = await _waiting(handle, first.id)
    await handle.execute_update(DECIDE, Ruling(id=second.id, answer={"done": True}, by="Ada"))
    with pytest.raises(WorkflowFailureError):
        await handle.result()
    assert len(line.of(ToolFailed)) == 1


async def _waiting(handle: Any, other_than: str = "") -> Waiting:
    while True:
        found: list[Waiting] = await handle.query(WAITING, result_type=list[Waiting])
        if found and found[0].id != other_than:
            return found[0]
