"""An emergency by voice, through the whole stack: a unit takes it, and the caller hears who comes. Slow: a call."""

import asyncio

import asyncpg
import nats
import pytest
from nats.aio.msg import Msg
from temporalio.client import Client

from schemas.decisions import DECIDE, DecisionAsked, Ruling
from schemas.events import decode
from schemas.subjects import call_subject
from trunkline.caller import script
from trunkline.caller.call import CallPlan, place_call
from trunkline.caller.recogniser import Recogniser
from trunkline.stack.local import LocalStack
from workers.codec import converter

pytestmark = pytest.mark.system

SCRIPT = """
answers:
  - {when: anything else|something else, say: 'No, thank you, goodbye.', hang_up: true}
  - {when: right\\b|correct, say: 'Yes, please.', times: 3}
  - {when: address, say: 12 Harbor Street., times: 3}
  - {when: help you|do for you|happened, say: Help me please. There is a burst pipe in my kitchen., times: 3}
"""


async def test_a_unit_takes_the_job_and_the_caller_hears_who_comes(stack: LocalStack, recogniser: Recogniser) -> None:
    temporal = await Client.connect(stack.temporal, data_converter=converter({}))
    offered: list[str] = []

    async def decide(msg: Msg) -> None:
        """The units, at the other end of an update: Alex is at lunch, Nina goes."""
        event = decode(DecisionAsked.kind, msg.data)
        assert isinstance(event, DecisionAsked)
        offered.append(event.text)
        answer: dict[str, object] = {"accepted": event.text.startswith("Nina"), "minutes": 25}
        if "is the job done" not in event.text:
            handle = temporal.get_workflow_handle(event.tool_call_id)
            await handle.execute_update(
                DECIDE, Ruling(id=event.decision_id, answer=answer, by=event.text.split(":")[0])
            )

    client = await nats.connect(stack.nats)
    try:
        await client.subscribe(call_subject(stack.region, kind=DecisionAsked.kind), cb=decide)
        plan = CallPlan(to=stack.twilio_ws, nats=stack.nats, script=script.parse(SCRIPT), timeout=120.0)
        report = await place_call(plan, recogniser=recogniser)
    finally:
        await client.close()

    assert report.tools, str(report.to_dict())
    (tool,) = report.tools
    assert (tool.name, tool.outcome) == ("send_help", "completed"), str(report.to_dict())
    assert (tool.result["who"], tool.result["minutes"]) == ("Nina", 25)
    assert "on the way" in report.heard().lower(), report.heard()
    assert [text.split(":")[0] for text in offered[:2]] == ["Alex", "Nina"]
    database = await asyncpg.connect(stack.postgres)
    try:
        query = "SELECT unit_id, offers.status FROM offers JOIN jobs USING (job_id) WHERE call_id = $1 ORDER BY attempt"
        rows = await database.fetch(query, report.call_id)
    finally:
        await database.close()
    assert [tuple(row) for row in rows] == [("van-1", "refused"), ("van-2", "accepted")]
    handle = temporal.get_workflow_handle(tool.id)
    async with asyncio.timeout(60):
        waiting = await handle.query("waiting")
    assert "is the job done" in waiting[0]["text"]
