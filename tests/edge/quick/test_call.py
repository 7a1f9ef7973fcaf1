"""A look-up in a whole call: told in the same turn, also while its service is slow. In real time, on real engines."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio

from edge.core.conversation import Conversation, Done, LookedUp, ReplyEvent, TextDelta, ToolCall
from edge.quick.declared import QuickTool
from edge.quick.tools import QuickTools
from schemas.events import decode
from schemas.subjects import call_subject, parse
from workers.adapters.nats import subscribed

if TYPE_CHECKING:
    from tests.edge.quick.conftest import Service


SLOW = 60.0


@pytest_asyncio.fixture
async def quick(edge: Any, track: Callable[..., QuickTool], slow: float) -> AsyncIterator[None]:
    """The edge's agent has the tool, which waits for its service, but not for a slow one."""
    tools = QuickTools.open([track(timeout=0.4) if slow else track()])
    edge.node.services = replace(edge.node.services, quick=tools)
    yield
    await tools.close()


def look_up(conversation: Conversation) -> list[ReplyEvent]:
    match conversation.entries[-1]:
        case LookedUp(content=content):
            return [TextDelta(str(content.get("status") or content["message"])), Done()]
        case _:
            return [ToolCall("track_parcel", {"code": "HB1042"}), Done()]


@pytest.mark.parametrize(("slow", "status"), [(0.0, "answered"), (SLOW, "failed")])
async def test_what_is_looked_up_is_told_in_the_same_turn(
    edge: Any,
    line_to: Any,
    nats_client: Any,
    until: Any,
    quick: None,
    service: "Service",
    slow: float,
    status: str,
) -> None:
    events: list[Any] = []

    async def take(msg: Any) -> None:
        event = decode(parse(msg.subject)[2], msg.data)
        if event not in events:  # It comes again where its acknowledgement was late.
            events.append(event)

    def of(kind: str) -> list[Any]:
        return [event for event in events if event.kind == kind]

    service.says(after=slow, status="It is on time.")
    edge.mind.answer = look_up
    call = f"look{int(slow)}"
    await nats_client.subscribe(call_subject("local", call, ">"), cb=take)
    await subscribed(nats_client)
    async with line_to(edge, call) as line:
        await line.silence(0.5)
        for key in "42#":
            await line.send("dtmf", dtmf={"digit": key})
        async with asyncio.TaskGroup() as group:
            silence = group.create_task(line.silence(SLOW))
            await until(lambda: [event for event in of("reply_heard") if event.cause == "turn"])
            silence.cancel()
    await until(lambda: of("call_ended"))
    (found,) = of("lookup_answered")
    assert (found.status, found.arguments) == (status, {"code": "HB1042"})
    assert found.seconds < SLOW / 4
    (said,) = [event.text for event in of("reply_heard") if event.cause == "turn"]
    assert said == ("It is on time." if status == "answered" else "I'm sorry, I can't look that up just now.")
    (turn,), (begun,) = of("turn_committed"), [event for event in of("reply_started") if event.turn == 1]
    assert (begun.time - turn.time).total_seconds() < SLOW / 4
    assert not of("tool_requested")
