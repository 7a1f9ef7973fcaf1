"""The durable side as little as is honest: a real NATS server that stores what the edge stores, and an answer to tools.

A request is answered the moment it is stored, by an outcome and its words, so that a call goes on as it does with
workflows behind it. Nothing of this runs on the core that is measured.
"""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import nats
from nats.aio.client import Client
from nats.aio.msg import Msg

from benchmarks.load.conversation import TOOL
from schemas.announcements import AnnouncementRequested
from schemas.base import Event
from schemas.events import encode, headers
from schemas.subjects import TOOLS_BUCKET, call_subject, subject
from schemas.tools import ToolCompleted, ToolRequested, ToolSpec
from trunkline.stack.engine import Engine
from trunkline.stack.nats import Nats
from trunkline.stack.records import Records

REGION = "local"
_SPEC = ToolSpec(
    name=TOOL,
    title="book a visit",
    description="Book a visit.",
    parameters={"type": "object", "properties": {"service": {"type": "string"}, "day": {"type": "string"}}},
    result={"type": "object"},
    workflow=TOOL,
    slow_after=30.0,
)


class Durable:
    """``url`` of NATS; ``asked`` counts the tool calls that were stored."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.asked = 0


@contextlib.asynccontextmanager
async def durable(folder: Path) -> AsyncIterator[Durable]:
    """NATS with one tool on offer and somebody who does it; data under ``folder``."""
    engine = Engine(Nats(folder), Records(folder / "processes.json"))
    await engine.start()
    try:
        client = await nats.connect(engine.recipe.url)
        side = Durable(engine.recipe.url)
        bucket = await client.jetstream().create_key_value(bucket=TOOLS_BUCKET)
        await bucket.put(TOOL, _SPEC.model_dump_json().encode())

        async def do(msg: Msg) -> None:
            side.asked += 1
            asked = ToolRequested.model_validate_json(msg.data)
            about = {"call_id": asked.call_id, "region": asked.region, "tool_call_id": asked.tool_call_id}
            words = f"said-{asked.tool_call_id}"
            await _publish(client, AnnouncementRequested(**about, announcement_id=words, text="Your visit is booked."))
            await _publish(client, ToolCompleted(**about, tool=asked.tool, result={"booked": True}))

        await client.subscribe(call_subject(REGION, kind=ToolRequested.kind), cb=do)
        yield side
        await client.close()
    finally:
        await engine.stop()


async def _publish(client: Client, event: Event) -> None:
    await client.jetstream().publish(subject(event), encode(event), headers=headers(event))
