"""Writes the histories anew: ``.venv/bin/python -m tests.histories.record``, where a change to workflows is meant.

Each is of one real run: a booking on the embedded engines, told to a caller who hears it, or who has hung up.
"""

import asyncio
import json
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

import nats
from pydantic import SecretStr

from schemas.announcements import AnnouncementRequested
from schemas.calls import CallEnded
from tests.workers.conftest import Edge
from trunkline.stack.stack import Engines
from workers import bridge, worker
from workers.settings import BridgeSettings, WorkerSettings
from workers.telemetry import Telemetry
from workers.temporal import connect

FOLDER = Path(__file__).parent


async def record() -> None:
    """Run and write."""
    with tempfile.TemporaryDirectory() as data:
        async with Engines(Path(data)) as engines:
            where: Any = {
                "region": "history",
                "nats_url": engines.nats_url,
                "temporal_address": engines.temporal_address,
            }
            settings = WorkerSettings(**where, postgres_dsn=SecretStr(engines.postgres_dsn))
            ready = asyncio.Semaphore(0)
            roles = [
                asyncio.create_task(worker.serve(settings, lambda text: ready.release())),
                asyncio.create_task(bridge.serve(BridgeSettings(**where), lambda text: ready.release())),
            ]
            for _ in roles:
                await ready.acquire()
            await _write(engines)
            for role in roles:
                role.cancel()
            await asyncio.gather(*roles, return_exceptions=True)


async def _write(engines: Engines) -> None:
    client = await nats.connect(engines.nats_url)
    edge = Edge(client, "history")
    await edge.open()
    temporal = await connect(engines.temporal_address, "default", Telemetry(None, "test", "test"))
    for name in ("heard", "hung_up"):
        request: Any = edge.request()
        await edge.store(request)
        announced = await edge.expect(AnnouncementRequested, partial(_about, request.tool_call_id))
        if name == "heard":
            await edge.hears(announced)
        else:
            about: Any = {"call_id": request.call_id, "region": "history", "open_tools": [request.tool_call_id]}
            await edge.store(CallEnded(**about, reason="caller_hung_up", seconds=9, turns=2))
        handle = temporal.get_workflow_handle(request.tool_call_id)
        await handle.result()
        history = json.loads((await handle.fetch_history()).to_json())
        (FOLDER / f"book_visit_{name}.json").write_text(json.dumps(_nameless(history), indent=1) + "\n")
    await client.close()


def _about(tool_call: str, event: AnnouncementRequested) -> bool:
    return event.tool_call_id == tool_call


def _nameless(node: Any) -> Any:
    """Without the names of the machine and its processes."""
    if isinstance(node, list):
        return [_nameless(item) for item in node]
    if not isinstance(node, dict):
        return node
    if node.get("kind") == "TASK_QUEUE_KIND_STICKY":
        return {**node, "name": "sticky"}
    return {key: "recorded" if key == "identity" else _nameless(value) for key, value in node.items()}


if __name__ == "__main__":
    asyncio.run(record())
