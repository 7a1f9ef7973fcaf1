"""The life of a tool call, as events."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import BaseModel, Field
from temporalio import workflow
from temporalio.client import WorkflowFailureError

from schemas.announcements import AnnouncementRequested
from schemas.base import Event
from schemas.tools import ToolFailed
from workflows.caller import Caller
from workflows.conduct import conducted
from workflows.errors import UNDONE, ToolError

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


class Much(BaseModel):
    """An answer that takes a million characters to describe."""

    much: str = Field(description="x" * 1_000_000)


@workflow.defn
class BoundlessWorkflow:
    """Says or asks, or fails with, what cannot be said."""

    @workflow.run
    @conducted
    async def run(self, request: Sum, caller: Caller) -> Total:
        match request.one:
            case 1:
                await caller.say("x" * 2001)
            case 2:
                await caller.ask("How much?", Much)
            case 3:
                await caller.tell("x" * 2001, Total(total=0))
            case 4:
                await caller.step("x" * 1_000_000)
        raise ToolError("odd", " " if request.two else "x" * 2001)


@pytest.mark.parametrize(
    ("what", "why"),
    [(1, "at most 2000 characters"), (2, "question_asked has 1000"), (3, "at most 2000"), (4, "tool_progressed has 1")],
)
async def test_what_is_too_much_to_be_said_is_a_fault_where_it_is_said(
    start: "Start", line: "Line", what: int, why: str
) -> None:
    with pytest.raises(WorkflowFailureError) as failed:
        await (await start(BoundlessWorkflow, one=what, two=0)).result(rpc_timeout=timedelta(seconds=60))
    assert why in str(failed.value.cause)
    assert line.of(ToolFailed)[0].code == "failed"
    assert line.kinds == ["announcement_requested", "tool_failed"]  # The apology.


@pytest.mark.parametrize(("blank", "said"), [(0, "x" * 2000), (1, UNDONE)])
async def test_a_failure_is_told_whatever_its_words_are(start: "Start", line: "Line", blank: int, said: str) -> None:
    with pytest.raises(WorkflowFailureError):
        await (await start(BoundlessWorkflow, one=0, two=blank)).result(rpc_timeout=timedelta(seconds=60))
    assert [announced.text for announced in line.of(AnnouncementRequested)] == [said]
    assert [(failed.code, failed.message) for failed in line.of(ToolFailed)] == [("odd", said)]


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


async def test_a_call_progresses_and_is_completed_once(start: "Start", line: "Line") -> None:
    handle = await start(SumWorkflow, one=1, two=2)
    assert await handle.result() == {"total": 3}
    assert line.kinds == ["tool_progressed", "tool_completed"]
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
    assert line.kinds == ["tool_failed"]
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
