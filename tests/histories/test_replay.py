"""Histories of workflows that ran are replayed by today's code: what is in progress when it is deployed must go on."""

import json
from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer
from temporalio.workflow import NondeterminismError

from workers.sandbox import runner
from workflows.catalog import scan

FOLDER = Path(__file__).parent
HISTORIES = {file.stem: file.read_text() for file in sorted(FOLDER.glob("*.json"))}


@pytest.fixture(scope="module")
def replayer() -> Replayer:
    workflows = [tool.workflow for tool in scan().tools]
    return Replayer(workflows=workflows, workflow_runner=runner(workflows), data_converter=pydantic_data_converter)


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


def test_there_are_histories() -> None:
    assert list(HISTORIES) == ["book_visit_heard", "book_visit_hung_up"]
