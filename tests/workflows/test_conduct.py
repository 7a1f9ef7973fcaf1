"""The life of a tool call, as events."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import BaseModel, Field
from temporalio import workflow
from temporalio.client import WorkflowFailureError

from schemas.base import Event
from schemas.tools import ToolFailed, ToolStarted
from workflows.caller import Caller
from workflows.conduct import conducted

if TYPE_CHECKING:
    from tests.workflows.conftest import Line, Start


class Sum(BaseModel):
    """Add two numbers."""

    one: int = Field(description="The first.")
    two: int = Field(description="The second.", ge=0)


class Total(BaseModel):
    """Their sum."""

    total: int


class Hoard(BaseModel):
    """Very much."""

    things: str


@workflow.defn
class SumWorkflow:
    """Adds."""

    @workflow.run
    @conducted
    async def run(self, request: Sum, caller: Caller) -> Total:
        await caller.step("added")
        return Total(total=request.one + request.two)


@workflow.defn
class HoardWorkflow:
    """Has more to tell than can be told, by itself or at its end."""

    @workflow.run
    @conducted
    async def run(self, request: Sum, caller: Caller) -> Hoard:
        result = Hoard(things="x" * 1_000_000)
        if request.one:
            await caller.tell("It is done.", result)
        return result


@pytest.mark.parametrize("told", [0, 1])
async def test_a_result_that_is_too_big_for_the_wire_is_a_failure_and_no_wait_without_end(
    start: "Start", line: "Line", told: int
) -> None:
    handle = await start(HoardWorkflow, one=told, two=0)
    await handle.signal("call_ended", {})
    with pytest.raises(WorkflowFailureError):
        await handle.result(rpc_timeout=timedelta(seconds=60))
    (failed,) = line.of(ToolFailed)
    assert (failed.code, failed.fault, failed.retryable) == ("too_big", "system", False)
    assert "tool_completed" not in line.kinds


async def test_a_call_is_started_progressed_and_completed_once(start: "Start", line: "Line") -> None:
    handle = await start(SumWorkflow, one=1, two=2)
    assert await handle.result() == {"total": 3}
    assert line.kinds == ["tool_started", "tool_progressed", "tool_completed"]
    (started,) = line.of(ToolStarted)
    assert (started.workflow_id, started.run_id) == (handle.id, handle.result_run_id)
    assert {(event.tool, event.tool_call_id) for event in line.of(Event)} == {("a_tool", handle.id)}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"one": 1}, "two (The second.): Field required."),
        ({"one": "many", "two": 2}, "one: Input should be a valid integer"),
        ({"one": 1, "two": -1}, "two: Input should be greater than or equal to 0."),
        ({}, "one (The first.): Field required. two"),
    ],
)
async def test_bad_arguments_start_nothing_and_say_what_is_wrong(
    start: "Start", line: "Line", arguments: dict[str, Any], words: str
) -> None:
    with pytest.raises(WorkflowFailureError):
        await (await start(SumWorkflow, **arguments)).result()
    assert line.kinds == ["tool_started", "tool_failed"]
    (failed,) = line.of(ToolFailed)
    assert (failed.code, failed.fault, failed.retryable) == ("invalid_arguments", "model", True)
    assert words in failed.message


def test_a_run_method_of_another_form_is_refused() -> None:
    async def run(self: Any, request: int, caller: Caller) -> Total: ...  # type: ignore[empty-body]

    with pytest.raises(TypeError, match="must be 'async def run"):
        conducted(run)  # type: ignore[type-var]


def test_a_run_method_that_wants_what_the_kit_has_not_is_refused() -> None:
    async def run(self: Any, request: Sum, caller: Caller, barista: str) -> Total: ...  # type: ignore[empty-body]

    with pytest.raises(TypeError, match="what else it needs of: Caller, Dispatcher, Notify"):
        conducted(run)
