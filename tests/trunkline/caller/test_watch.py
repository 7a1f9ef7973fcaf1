"""Reading a call's events from a real NATS."""

from collections.abc import Awaitable, Callable
from typing import Any

from nats.aio.client import Client

from schemas.base import Event
from schemas.events import encode
from schemas.subjects import call_subject, subject
from schemas.tools import ToolCompleted, ToolFailed, ToolProgressed, ToolRequested, ToolStarted
from schemas.transcripts import TranscriptHeard
from trunkline.caller.watch import Watch, describe
from trunkline.stack.stack import Engines

OF: dict[str, Any] = {"call_id": "CA-watch", "region": "north"}
TOOL: dict[str, Any] = {**OF, "tool_call_id": "t1", "tool": "book_visit"}


async def test_it_hears_its_call_in_any_region_and_nothing_else(
    engines: Engines, nats_client: Client, until: Callable[..., Awaitable[Any]]
) -> None:
    heard: list[Event] = []
    watch = await Watch.start(engines.nats_url, "CA-watch", heard.append)
    assert watch
    other = ToolProgressed(**{**TOOL, "call_id": "CA-other"}, step="x")
    lossy = TranscriptHeard(**OF, text="x", final=False, start=0, end=1)
    wanted = ToolProgressed(**TOOL, step="held a slot")
    for event in (other, lossy):
        await nats_client.publish(subject(event), encode(event))
    await nats_client.publish(call_subject("north", "CA-watch", "of_tomorrow"), b"{}")
    await nats_client.publish(call_subject("north", "CA-watch", "tool_progressed"), b"not json")
    await nats_client.publish(subject(wanted), encode(wanted))
    await until(lambda: bool(heard))
    assert heard == [wanted]
    await watch.close()


async def test_nats_that_is_not_there_is_no_watch() -> None:
    assert await Watch.start("nats://127.0.0.1:1", "CA1", lambda event: None) is None


def test_events_read_well() -> None:
    requested = ToolRequested(**TOOL, arguments={"day": "2026-11-24", "phone": None}, turn=1)
    assert describe(requested) == ("tool", "book_visit(day='2026-11-24')")
    assert describe(ToolStarted(**TOOL, workflow_id="w1", run_id="r1")) == ("step", "workflow w1 started")
    assert describe(ToolProgressed(**TOOL, step="held a slot")) == ("step", "held a slot")
    assert describe(ToolCompleted(**TOOL, result={"a": 1})) == ("outcome", "book_visit completed: a=1")
    failed = ToolFailed(**TOOL, code="declined", message="It is taken.")
    assert describe(failed) == ("outcome", "book_visit failed (declined): It is taken.")
    assert describe(TranscriptHeard(**OF, text="x", final=True, start=0, end=1)) is None
