"""A call's business at an edge, beside the sound: its own time, and a real bus."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from nats.aio.msg import Msg

from edge.agent import Agent
from edge.app import manners
from edge.bus import NatsBus
from edge.business import Business
from edge.core import events as do
from edge.core.conversation import ToolCall, ToolOutcome
from edge.core.history import History
from edge.errors import EdgeError
from edge.metrics import Metrics
from edge.services import Services
from schemas.base import Event, new_id
from schemas.events import decode
from schemas.questions import QuestionAsked
from schemas.subjects import parse
from schemas.tools import ToolProgressed


@asynccontextmanager
async def services_on(
    nats_url: str, folder: Path, agent: Agent, region: str = "local", **parts: Any
) -> AsyncIterator[tuple[Services, NatsBus]]:
    """What the calls of an edge share, and its bus; ``parts`` that are not given are nobody."""
    metrics = Metrics.create()
    bus = await NatsBus.connect(nats_url, region, "test", folder / "spill.jsonl", metrics)
    rest: dict[str, Any] = {"ears": None, "mind": None, "voice": None, "vad": None, **parts}
    yield (
        Services(
            region=region,
            node="test",
            agent=agent,
            manners=manners(agent),
            bus=bus,
            metrics=metrics,
            max_call_seconds=600,
            **rest,
        ),
        bus,
    )
    await bus.close()


class Desk:
    """A call's business, what it does to TurnTaker, and what it tells the bus."""

    def __init__(self, services: Services, bus: NatsBus) -> None:
        self.call = new_id("call")
        self.services = services
        self.bus = bus
        self.at = 0.0
        self.done: list[Any] = []
        self._told: asyncio.Queue[Event] = asyncio.Queue()
        self._heard: set[str] = set()
        self.history = History()
        self.business = Business(
            self.call, "+15550100", services, self.history, lambda: self.at, self.done.append, asyncio.ensure_future
        )

    async def hear(self, msg: Msg) -> None:
        """From the bus. An event comes again where its acknowledgement was late; here each counts once."""
        event = decode(parse(msg.subject)[2], msg.data)
        if event.id not in self._heard:
            self._heard.add(event.id)
            self._told.put_nowait(event)

    async def told(self) -> Event:
        """The next event that the call tells the bus."""
        try:
            async with asyncio.timeout(60):
                return await self._told.get()
        except TimeoutError:
            try:
                stored: object = await self.bus.recall(self.call)
            except EdgeError as error:
                stored = error
            connected = "connected" if self.bus.connected else "not connected"
            raise AssertionError(f"Nothing came. The bus is {connected}; on the stream: {stored}") from None

    async def told_besides(self) -> list[Event]:
        """What else the call has told the bus, which keeps the order: whatever comes before what is stored now."""
        last = self.event(ToolProgressed, tool="paint", step="the last")
        await self.bus.store(last)
        besides = []
        while (event := await self.told()) != last:
            besides.append(event)
        return besides

    def event(self, kind: type[Any], **fields: Any) -> Any:
        return kind(call_id=self.call, region="local", tool_call_id="paint-1", **fields)

    def asked(self, **fields: Any) -> QuestionAsked:
        answer = {"type": "object", "properties": {"colour": {"type": "string"}}}
        event: QuestionAsked = self.event(QuestionAsked, question_id="q1", text="Red?", answer=answer, **fields)
        self.business.receive(event)
        self.business.settle("q1", "spoken")
        return event

    def tick(self, at: float, *, busy: bool = False, keying: bool = False, owing: bool = False) -> None:
        self.at = at
        self.business.tick(at, busy=busy, keying=keying, owing=owing)

    @property
    def said(self) -> list[str]:
        return [each.text for each in self.done if isinstance(each, do.Announce)]


def settled() -> asyncio.Event:
    """The caller has not gone on."""
    event = asyncio.Event()
    event.set()
    return event


async def ask(desk: Desk, turn: int, tool: str = "dig", **arguments: Any) -> bool:
    desk.business.turn_committed(turn, "Dig.")
    stored = await desk.business.request(ToolCall(tool, arguments), settled())
    desk.business.turn_answered(turn)
    return stored


def refusals(desk: Desk) -> list[str]:
    outcomes = [entry for entry in desk.history.entries if isinstance(entry, ToolOutcome)]
    return [str(entry.content["code"]) for entry in outcomes if entry.status == "refused"]


def notes(desk: Desk) -> list[str]:
    return [str(entry.content.get("message")) for entry in desk.history.entries if isinstance(entry, ToolOutcome)]
