"""Writes histories anew: ``python -m tests.histories.record [NAME ...]``, where a change to workflows is meant.

Each is of one real run on the embedded engines, of a caller who agrees to everything, or has hung up. Without names all
are written.
"""

import asyncio
import json
import sys
import tempfile
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import nats
from pydantic import SecretStr
from temporalio.client import Client

from schemas.announcements import AnnouncementRequested
from schemas.base import Event, new_id
from schemas.calls import CallEnded
from schemas.cards import CardCollected, CardRequested
from schemas.decisions import DecisionAsked, Waiting
from schemas.questions import QuestionAnswered, QuestionAsked
from schemas.tools import ToolRequested
from tests.workers.conftest import Edge
from trunkline.gateway import app as gateway
from trunkline.gateway import cards
from trunkline.gateway.ledger import open_ledger
from trunkline.gateway.settings import GatewaySettings
from trunkline.stack.ports import free_ports
from trunkline.stack.stack import Engines
from workers import bridge, worker
from workers.adapters.outbox import delivery_id
from workers.inbox import Inbox, Item
from workers.settings import BridgeSettings, WorkerSettings
from workers.telemetry import Telemetry
from workers.temporal import connect
from workflows import checkpoint

FOLDER = Path(__file__).parent
REGION = "history"
CARD = "4539148803436467"
ANSWERS: dict[str, dict[str, Any]] = {
    "Do you take it?": {"accepted": True, "minutes": 20},
    "is the job done": {"done": True},
}
"""What people outside the call answer, by a part of what they are asked."""
DAYS = [(date.today() + timedelta(days=ahead)).isoformat() for ahead in range(60)]
WEEKDAYS = [day for day in DAYS[7:] if date.fromisoformat(day).weekday() < 5]
VISIT = {"service": "boiler service", "day": WEEKDAYS[0], "time": "10:00", "name": "Anna Miller"}
HELP = {"problem": "burst pipe", "address": "12 Harbor Street"}


async def record(wanted: list[str]) -> None:
    """Run and write."""
    with tempfile.TemporaryDirectory() as data:
        async with Engines(Path(data)) as engines:
            where: Any = {
                "region": REGION,
                "nats_url": engines.nats_url,
                "temporal_address": engines.temporal_address,
            }
            (port,) = free_ports(1)
            dsn = SecretStr(engines.postgres_dsn)
            settings = WorkerSettings(
                **where,
                postgres_dsn=dsn,
                gateway_url=f"http://127.0.0.1:{port}",
                gateway_charge_key=SecretStr("sandbox-charge-key"),
            )
            serving: list[Callable[[Callable[[str], None]], Awaitable[None]]] = [
                lambda ready: worker.serve(settings, ready),
                lambda ready: bridge.serve(BridgeSettings(**where), ready),
                lambda ready: gateway.serve(GatewaySettings(gateway_port=port, postgres_dsn=dsn), ready),
            ]
            ready = asyncio.Semaphore(0)
            roles = [asyncio.ensure_future(serve(lambda text: ready.release())) for serve in serving]
            for _ in roles:
                await ready.acquire()
            await Recorder(engines, wanted).all()
            for role in roles:
                role.cancel()
            await asyncio.gather(*roles, return_exceptions=True)


class Recorder:
    """A caller and everybody else, and the histories that come of it."""

    def __init__(self, engines: Engines, wanted: list[str]) -> None:
        self._engines = engines
        self._wanted = wanted
        self._there = True
        self._temporal: Client

    async def all(self) -> None:
        client = await nats.connect(self._engines.nats_url)
        self._edge = Edge(client, REGION)
        await self._edge.open()
        self._temporal = await connect(self._engines.temporal_address, "default", Telemetry(None, "test", "test"))
        answering = asyncio.create_task(self._answer_all())
        await self._tool("book_visit_heard", "book_visit", VISIT)
        await self._tool("move_visit", "move_visit", self._moved())
        await self._tool("cancel_visit", "cancel_visit", {"day": WEEKDAYS[1], "name": "Anna Miller"})
        await self._tool("book_replacement", "book_replacement", self._replaced())
        await self._tool("pay_invoice", "pay_invoice", {"invoice": "1042"})
        await self._tool("send_help", "send_help", HELP)
        usual, checkpoint.LONG = checkpoint.LONG, 20
        # Of one that began anew the last run is kept, which is short enough to go on by the usual rule.
        await self._tool("send_help_anew", "send_help", HELP)
        checkpoint.LONG = usual
        self._there = False
        gone = await self._tool("book_visit_hung_up", "book_visit", VISIT | {"day": WEEKDAYS[2]})
        await self._write("after_call", f"after-{gone.call_id}")
        message = await self._first(r"SELECT message_id FROM outbox WHERE call_id = $1", gone.call_id)
        await self._write("deliver_message", delivery_id(message))
        answering.cancel()
        await asyncio.gather(answering, return_exceptions=True)
        await client.close()

    def _moved(self) -> dict[str, Any]:
        return {"day": WEEKDAYS[0], "new_day": WEEKDAYS[1], "new_time": "11:00", "name": "Anna Miller"}

    def _replaced(self) -> dict[str, Any]:
        return {"day": WEEKDAYS[3], "time": "08:00", "name": "Anna Miller"}

    async def _tool(self, name: str, tool: str, arguments: dict[str, Any]) -> ToolRequested:
        request = self._edge.request(new_id("call"), tool).model_copy(update={"arguments": arguments})
        await self._edge.store(request)
        await self._write(name, request.tool_call_id)
        return request

    async def _write(self, name: str, workflow_id: str) -> None:
        handle = self._temporal.get_workflow_handle(workflow_id)
        async with asyncio.timeout(60):
            while True:
                try:
                    await handle.result()
                    break
                except Exception as error:
                    if "not found" not in str(error):
                        raise
                await asyncio.sleep(0.1)
        if self._wanted and name not in self._wanted:
            return
        history = json.loads((await handle.fetch_history()).to_json())
        (FOLDER / f"{name}.json").write_text(json.dumps(_nameless(history), indent=1) + "\n")
        print(name)

    async def _first(self, query: str, *values: Any) -> Any:
        connection = await asyncpg.connect(self._engines.postgres_dsn)
        try:
            return await connection.fetchval(query, *values)
        finally:
            await connection.close()

    async def _answer_all(self) -> None:
        known: set[str] = set()
        while True:
            for event in [each for each in self._edge.heard if each.id not in known]:
                known.add(event.id)
                await self._answer(event)
            await asyncio.sleep(0.02)

    async def _answer(self, event: Event) -> None:
        about: Any = {"call_id": event.call_id, "region": REGION}
        about["tool_call_id"] = getattr(event, "tool_call_id", "")
        match event:
            case AnnouncementRequested() if self._there:
                await self._edge.hears(event)
            case AnnouncementRequested():
                open_tools = [event.tool_call_id]
                del about["tool_call_id"]
                await self._edge.store(
                    CallEnded(**about, reason="caller_hung_up", seconds=9, turns=2, open_tools=open_tools)
                )
            case QuestionAsked():
                answer = {name: _yes(field) for name, field in event.answer["properties"].items()}
                await self._edge.store(
                    QuestionAnswered(**about, question_id=event.question_id, answer=answer, words="Yes.")
                )
            case CardRequested():
                ledger = await open_ledger(self._engines.postgres_dsn)
                token = await ledger.tokenise(cards.Known(CARD[-4:], *cards.CARDS[CARD]), new_id("key"))
                await ledger.close()
                card = {"token": token, "last4": CARD[-4:], "brand": "visa"}
                await self._edge.store(CardCollected(**about, card_request_id=event.card_request_id, **card))
            case DecisionAsked():
                answer = next(given for part, given in ANSWERS.items() if part in event.text)
                known = event.model_dump(include={"call_id", "tool_call_id", "tool", "text"})
                times = {"since": event.time, "until": event.time}
                waiting = Waiting(**known, **times, id=event.decision_id, kind=event.of, answer={})
                await Inbox(self._temporal).answer(Item(event.tool_call_id, waiting), answer, "Ines")
            case _:
                pass


def _yes(field: dict[str, Any]) -> Any:
    return field["enum"][0] if "enum" in field else True


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
    asyncio.run(record(sys.argv[1:]))
