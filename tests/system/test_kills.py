"""kill -9 in the middle of a booking by voice: it is booked once, and the caller hears so. Slow: a whole call each."""

import os
import signal
from pathlib import Path
from typing import Any

import pytest

from schemas.base import Event
from schemas.tools import ToolRequested
from trunkline.caller import script
from trunkline.caller.call import CallPlan, place_call
from trunkline.caller.recogniser import Recogniser
from trunkline.demo.evidence import bookings, confirms, stored_events
from trunkline.stack.local import LocalStack, find

pytestmark = pytest.mark.system

SCRIPT = """
answers:
  - {{when: anything else|something else|what else, say: No. Goodbye.}}
  - {{when: right\\b|correct|shall i|should i|go ahead, say: 'Yes, please.', times: 3}}
  - {{when: name, say: Mary Baker., times: 3}}
  - {{when: help you|do for you, say: I need a tap repair on {day} at nine in the morning., times: 3}}
"""


@pytest.mark.parametrize(("victim", "day"), [("worker", "Monday"), ("bridge", "Thursday")])
async def test_a_killed_role_neither_loses_nor_doubles_the_booking(
    stack: LocalStack, recogniser: Recogniser, victim: str, day: str, until: Any
) -> None:
    killed: list[int] = []

    def kill(event: Event) -> None:
        # The very moment at which the request is stored: bridge and worker have it in their hands.
        if isinstance(event, ToolRequested) and not killed:
            now = find(Path(stack.data))
            assert now is not None
            killed.append(now.pids[victim])
            os.kill(killed[0], signal.SIGKILL)

    plan = CallPlan(to=stack.twilio_ws, nats=stack.nats, script=script.parse(SCRIPT.format(day=day)), timeout=120.0)
    report = await place_call(plan, on_news=kill, recogniser=recogniser)

    assert killed
    (booking,) = await bookings(stack.postgres, report.call_id)
    assert (booking.service, f"{booking.day:%A}", booking.time.hour) == ("tap repair", day, 9)
    assert report.tools
    assert [(tool.name, tool.outcome) for tool in report.tools] == [("book_visit", "completed")]
    assert confirms(report.heard(), booking), report.heard()
    kinds = await stored_events(stack.nats, stack.region, report.call_id)
    assert kinds["tool_requested"] == kinds["tool_completed"] == kinds["announcement_spoken"] == 1

    def replaced() -> bool:
        now = find(Path(stack.data))
        return now is not None and now.pids[victim] != killed[0]

    await until(replaced)
