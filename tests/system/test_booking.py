"""A caller books by voice, through the whole stack. Slow: each call takes as long as the talk does."""

import asyncio
import json
import sys
import time
from asyncio.subprocess import PIPE
from pathlib import Path
from typing import Any

import pytest

from trunkline.caller import script
from trunkline.caller.call import CallPlan, place_call
from trunkline.caller.recogniser import Recogniser
from trunkline.caller.script import Script
from trunkline.demo.evidence import bookings, confirms, stored_events
from trunkline.stack.local import LocalStack

pytestmark = pytest.mark.system
RECORDINGS = Path(__file__).parents[1] / "recordings"

HASTY = """
answers:
  - {when: right\\b|correct|shall i|should i|go ahead, say: 'Yes, please.', times: 3}
  - {when: booking|one moment|booked, interrupt: 0.5, hang_up: true}
  - {when: name, say: Mary Baker., times: 3}
  - {when: help you|do for you, say: I need a drain cleaning on Wednesday at two in the afternoon., times: 3}
"""
"""Hangs up as soon as the agent says that it is at it."""
HASTY_CALLER = "+12025550177"


def plan(stack: LocalStack, script: Script, **more: object) -> CallPlan:
    return CallPlan(to=stack.twilio_ws, nats=stack.nats, script=script, timeout=120.0, **more)  # type: ignore[arg-type]


async def test_recorded_speech_books_a_visit_exactly_once(
    stack: LocalStack, recogniser: Recogniser, tmp_path: Path
) -> None:
    recorded = script.load(RECORDINGS / "booking.yaml")
    record = tmp_path / "call.wav"
    report = await place_call(plan(stack, recorded, record=record), recogniser=recogniser)

    assert report.ok, report.ended
    rows = await bookings(stack.postgres, report.call_id)
    assert len(rows) == 1, str(report.to_dict())
    (booking,) = rows
    assert (booking.service, f"{booking.day:%A}", booking.time.hour) == ("boiler service", "Tuesday", 10)
    assert booking.name == "Charlie Victor"
    assert report.tools
    assert [(tool.name, tool.outcome) for tool in report.tools] == [("book_visit", "completed")]
    assert confirms(report.heard(), booking)
    assert record.stat().st_size > report.seconds * 8000 * 4
    answered = [turn.voice_to_voice_ms for turn in report.turns if turn.said][:-1]
    assert all(wait is not None for wait in answered)

    kinds = await stored_events(stack.nats, stack.region, report.call_id)
    assert kinds["call_started"] == kinds["call_ended"] == kinds["tool_completed"] == 1
    assert kinds["announcement_spoken"] == 1


async def test_a_caller_who_hangs_up_has_the_visit_booked_all_the_same(
    stack: LocalStack, recogniser: Recogniser
) -> None:
    report = await place_call(plan(stack, script.parse(HASTY), caller=HASTY_CALLER), recogniser=recogniser)
    assert (report.ended.by, report.ended.reason) == ("caller", "hung_up")
    deadline = time.monotonic() + 30
    while not (rows := await bookings(stack.postgres, report.call_id)):
        assert time.monotonic() < deadline, "The visit was not booked in 30 s."
        await asyncio.sleep(0.1)
    (booking,) = rows
    assert (booking.service, f"{booking.day:%A}", booking.time.hour) == ("drain cleaning", "Wednesday", 14)
    await they_are_erased(stack, HASTY_CALLER, report.call_id)


async def they_are_erased(stack: LocalStack, caller: str, call_id: str) -> None:
    """By the command, as a person would; then nothing that can be read has their number, or their call's id."""
    tape = Path(stack.data) / "calls" / f"{call_id}.jsonl.gz"
    assert await asyncio.to_thread(tape.exists)
    assert (await erase(stack, caller))["calls"] == [call_id]
    assert await asyncio.to_thread(tape.exists)  # So far it has only looked.
    certificate = await erase(stack, caller, "--yes", "--and-end")
    assert certificate["left"] == {}, certificate
    assert (certificate["erased"]["tapes"], len(certificate["nodes"])) == (1, 1)
    searched = certificate["searched"]
    assert searched.pop("NATS messages") >= 0  # None, where no other call has been stored.
    assert min(searched.values()) > 0
    assert not await asyncio.to_thread(tape.exists)
    assert not await bookings(stack.postgres, call_id)
    assert not await stored_events(stack.nats, stack.region, call_id)
    assert (await erase(stack, caller))["workflows"] == []


async def erase(stack: LocalStack, *options: str) -> Any:
    """What ``trunkline erase`` prints."""
    command = (sys.executable, "-m", "trunkline.cli", "erase", *options, "--data", stack.data, "--json")
    process = await asyncio.create_subprocess_exec(*command, stdout=PIPE, stderr=PIPE)
    out, err = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 0, err.decode() + out.decode()
    return json.loads(out)


async def test_a_caller_may_interrupt_and_hang_up_in_the_middle_of_a_sentence(
    stack: LocalStack, recogniser: Recogniser
) -> None:
    rude = script.parse(
        "lines: [{say: 'Hold on, hold on, what services do you offer at your company?', interrupt: 1.0}, "
        "{hang_up: true, interrupt: 0.5}]"
    )
    report = await place_call(plan(stack, rude), recogniser=recogniser)
    assert (report.ended.by, report.ended.reason) == ("caller", "hung_up")
    first = report.turns[0]
    assert first.silenced_ms is not None
    assert first.silenced_ms < 2000
    assert first.voice_to_voice_ms is not None

    again = await place_call(
        plan(stack, script.parse("lines: [{say: Goodbye., hang_up: true}]")), recogniser=recogniser
    )
    assert "Harbor Home Services" in again.turns[0].heard.replace("Harbour", "Harbor")
