"""A caller changes their mind while a unit is being found: it is called off once, and they hear so. Slow: a call."""

import asyncpg
import pytest

from trunkline.caller import script
from trunkline.caller.call import CallPlan, place_call
from trunkline.caller.recogniser import Recogniser
from trunkline.demo.evidence import stored_events
from trunkline.stack.local import LocalStack

pytestmark = pytest.mark.system

SCRIPT = """
lines:
  - {say: There is a burst pipe in my kitchen., interrupt: 0.4}
answers:
  - {when: changed, hang_up: true}
  - {when: "finding|I've asked", say: Cancel that., interrupt: 1.0}
  - {when: (that|sound|it) right|correct, say: 'Yes, please.', times: 3}
  - {when: address, say: 12 Harbor Street., times: 3}
  - {when: help you|do for you|catch that|hear you, say: There is a burst pipe in my kitchen., times: 3}
"""
OFFERS = """
SELECT closed, array(SELECT status FROM offers WHERE offers.job_id = jobs.job_id) AS offers FROM jobs WHERE call_id = $1
"""


async def test_a_caller_calls_off_what_is_under_way_and_hears_that_it_is(
    stack: LocalStack, recogniser: Recogniser
) -> None:
    plan = CallPlan(to=stack.twilio_ws, nats=stack.nats, script=script.parse(SCRIPT), timeout=120.0)
    report = await place_call(plan, recogniser=recogniser)

    assert report.tools, str(report.to_dict())
    (tool,) = report.tools
    assert (tool.name, tool.outcome) == ("send_help", "failed"), str(report.to_dict())
    assert "nothing was changed" in report.heard().lower(), str(report.to_dict())
    kinds = await stored_events(stack.nats, stack.region, report.call_id)
    assert kinds["tool_requested"] == kinds["tool_cancel_requested"] == kinds["tool_failed"] == 1
    database = await asyncpg.connect(stack.postgres)
    try:
        rows = await database.fetch(OFFERS, report.call_id)
    finally:
        await database.close()
    assert [tuple(row) for row in rows] == [(True, ["over"])]
