"""A dispatcher who decides, who is asked something else, and who is at lunch."""

from typing import TYPE_CHECKING, Any, Literal

import pytest
from pydantic import BaseModel, Field
from temporalio import workflow
from temporalio.client import WorkflowHandle, WorkflowUpdateFailedError

from schemas.decisions import DECIDE, WAITING, DecisionAsked, DecisionMade, Ruling, Waiting
from workflows.caller import Caller
from workflows.conduct import conducted
from workflows.dispatcher import Dispatcher

if TYPE_CHECKING:
    from tests.workflows.conftest import Line, Start

    Handle = WorkflowHandle[Any, Any]


class Send(BaseModel):
    """Send a van."""

    what: str = Field(description="What the dispatcher is asked.")


class Outcome(BaseModel):
    """What was decided."""

    text: str
    by: str | None
    note: str = ""


class Unit(BaseModel):
    """A unit."""

    unit: Literal["north", "south"] = Field(description="Which unit goes.")


@workflow.defn
class SendWorkflow:
    """Asks the dispatcher."""

    @workflow.run
    @conducted
    async def run(self, request: Send, caller: Caller, dispatcher: Dispatcher) -> Outcome:
        if request.what == "unit":
            unit = await dispatcher.ask("Which unit goes?", Unit, default=Unit(unit="north"), deadline=60)
            return Outcome(text=unit.answer.unit, by=unit.by, note=unit.note)
        details = {"Address": "12 Harbour Street"}
        said = await dispatcher.approve("Send a van tonight?", default=False, deadline=120, details=details)
        return Outcome(text=str(said.answer.approved), by=said.by, note=said.note)


async def waiting(handle: "Handle") -> Waiting:
    while True:
        found: list[Waiting] = await handle.query(WAITING, result_type=list[Waiting])
        if found:
            return found[0]


async def decide(handle: "Handle", item: str, by: str = "Ines", note: str = "", **answer: Any) -> Ruling:
    ruling = Ruling(id=item, answer=answer, by=by, note=note)
    held: Ruling = await handle.execute_update(DECIDE, ruling, result_type=Ruling)
    return held


async def test_what_waits_can_be_seen_and_approved(start: "Start", line: "Line") -> None:
    handle = await start(SendWorkflow, what="approve")
    item = await waiting(handle)
    assert (item.kind, item.text, item.details) == ("approval", "Send a van tonight?", {"Address": "12 Harbour Street"})
    assert (item.until - item.since).total_seconds() == 120
    assert item.otherwise == "It is taken as: approved no."
    assert (await decide(handle, item.id, note="Go.", approved=True)).by == "Ines"
    assert await handle.result() == {"text": "True", "by": "Ines", "note": "Go."}
    (asked,), (made,) = line.of(DecisionAsked), line.of(DecisionMade)
    assert (asked.decision_id, asked.of, made.decision_id, made.by) == (item.id, "approval", item.id, "Ines")
    assert line.kinds == ["decision_asked", "decision_made", "tool_completed"]
    assert await handle.query(WAITING, result_type=list[Waiting]) == []


@pytest.mark.parametrize(("what", "text"), [("approve", "False"), ("unit", "north")])
async def test_a_deadline_leaves_the_default(start: "Start", line: "Line", what: str, text: str) -> None:
    handle = await start(SendWorkflow, what=what)
    assert await handle.result() == {"text": text, "by": None, "note": ""}
    (made,) = line.of(DecisionMade)
    assert made.by is None


async def test_another_answer_than_yes_and_no(start: "Start") -> None:
    handle = await start(SendWorkflow, what="unit")
    item = await waiting(handle)
    assert item.answer["properties"]["unit"]["enum"] == ["north", "south"]
    await decide(handle, item.id, unit="south")
    assert (await handle.result())["text"] == "south"


@pytest.mark.parametrize(
    ("item", "answer", "why"),
    [
        ("right", {"unit": "west"}, "unit: Input should be 'north' or 'south'"),
        ("right", {}, "unit: Field required"),
        ("another", {"unit": "south"}, "does not wait"),
    ],
)
async def test_an_answer_that_does_not_fit_decides_nothing(
    start: "Start", item: str, answer: dict[str, Any], why: str
) -> None:
    handle = await start(SendWorkflow, what="unit")
    right = (await waiting(handle)).id
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await decide(handle, right if item == "right" else item, **answer)
    assert why in str(refused.value.cause)
    await decide(handle, right, unit="south")
    assert (await handle.result())["text"] == "south"


async def test_the_same_twice_is_one_and_another_comes_too_late(start: "Start") -> None:
    handle = await start(SendWorkflow, what="unit")
    item = (await waiting(handle)).id
    await decide(handle, item, unit="south")
    # The workflow ends with the answer; what is under way with it is told what holds or that it is over.
    with pytest.raises(Exception, match=r"already|completed|not found"):
        await decide(handle, item, by="Omar", unit="north")
    assert (await handle.result())["by"] == "Ines"
