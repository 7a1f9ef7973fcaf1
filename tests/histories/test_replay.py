"""Histories of workflows that ran are replayed by today's code: what is in progress when it is deployed must go on."""

import json
from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer
from temporalio.workflow import NondeterminismError

from workers.codec import converter
from workers.sandbox import runner
from workflows.after_call import AfterCall
from workflows.catalog import scan
from workflows.deliver import DeliverMessage
from workflows.tool import workflow_type

FOLDER = Path(__file__).parent
HISTORIES = {file.stem: file.read_text() for file in sorted(FOLDER.glob("*.json"))}


@pytest.fixture(scope="module")
def replayer() -> Replayer:
    workflows: list[type] = [AfterCall, DeliverMessage, *(tool.workflow for tool in scan().tools)]
    return Replayer(workflows=workflows, workflow_runner=runner(workflows), data_converter=converter({}))


@pytest.mark.parametrize("name", HISTORIES)
async def test_todays_code_takes_the_steps_that_were_taken(replayer: Replayer, name: str) -> None:
    await replayer.replay_workflow(WorkflowHistory.from_json(name, HISTORIES[name]))


async def test_a_history_of_other_steps_is_noticed(replayer: Replayer) -> None:
    """As if the code had once written to the caller by another activity: a change of steps that nobody versioned."""
    text = HISTORIES["book_visit_hung_up"]
    assert '"send_message"' in text
    changed = json.loads(text.replace('"send_message"', '"send_letter"'))
    with pytest.raises(NondeterminismError):
        await replayer.replay_workflow(WorkflowHistory.from_json("changed", changed))


def test_each_workflow_has_one() -> None:
    first = [json.loads(text)["events"][0]["workflowExecutionStartedEventAttributes"] for text in HISTORIES.values()]
    named = {workflow_type(workflow) for workflow in (AfterCall, DeliverMessage)}
    assert {one["workflowType"]["name"] for one in first} == named | {workflow_type(t.workflow) for t in scan().tools}
    assert any(one.get("continuedExecutionRunId") for one in first), "one of them begins where another run ended"
