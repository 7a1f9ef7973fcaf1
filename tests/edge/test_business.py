"""What a call does about the durable side's events, beside the sound: its own time, and a real bus."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest_asyncio
from nats.aio.client import Client

from edge.agent import Agent
from edge.app import manners
from edge.bus import NatsBus
from edge.business import Business
from edge.core import events as do
from edge.core.history import History
from edge.metrics import Metrics
from edge.services import Services
from schemas.announcements import AnnouncementRequested
from schemas.base import Event, new_id
from schemas.events import decode
from schemas.questions import QuestionAsked, QuestionWithdrawn
from schemas.subjects import call_subject, parse
from schemas.transfers import TransferEnded, TransferRequested
from trunkline.stack.stack import Engines

AGENT = Agent(name="Robin", business="Harbor Home Services", greeting="Hello.", still_working=[])


class Desk:
    """A call's business, what it does to TurnTaker, and what it tells the bus."""

    def __init__(self, services: Services) -> None:
        self.call = new_id("call")
        self.at = 0.0
        self.done: list[Any] = []
        self.told: asyncio.Queue[Event] = asyncio.Queue()
        self.history = History()
        self.business = Business(
            self.call, "+15550100", services, self.history, lambda: self.at, self.done.append, asyncio.ensure_future
        )

    def event(self, kind: type[Any], **fields: Any) -> Any:
        return kind(call_id=self.call, region="local", tool_call_id="paint-1", **fields)

    def asked(self, **fields: Any) -> QuestionAsked:
        answer = {"type": "object", "properties": {"colour": {"type": "string"}}}
        event: QuestionAsked = self.event(QuestionAsked, question_id="q1", text="Red?", answer=answer, **fields)
        self.business.receive(event)
        self.business.settle("q1", "spoken")
        return event

    def tick(self, at: float, *, busy: bool = False) -> None:
        self.at = at
        self.business.tick(at, busy=busy)

    @property
    def said(self) -> list[str]:
        return [each.text for each in self.done if isinstance(each, do.Announce)]


@pytest_asyncio.fixture
async def desk(engines: Engines, nats_client: Client, tmp_path: Path) -> AsyncIterator[Desk]:
    metrics = Metrics.create()
    bus = await NatsBus.connect(engines.nats_url, "local", "test", tmp_path / "spill.jsonl", metrics)
    nobody: Any = None
    services = Services(
        region="local",
        node="test",
        agent=AGENT,
        manners=manners(AGENT),
        ears=nobody,
        mind=nobody,
        voice=nobody,
        vad=nobody,
        bus=bus,
        metrics=metrics,
        max_call_seconds=600,
    )
    desk = Desk(services)

    async def hear(msg: Any) -> None:
        desk.told.put_nowait(decode(parse(msg.subject)[2], msg.data))

    await nats_client.subscribe(call_subject("local", desk.call), cb=hear)
    await nats_client.flush()
    yield desk
    await bus.close()


async def told(desk: Desk) -> Event:
    async with asyncio.timeout(10):
        return await desk.told.get()


async def test_a_transfer_that_the_carrier_cannot_do_is_answered_at_once(desk: Desk) -> None:
    wanted = desk.event(TransferRequested, transfer_id="t1", to="+15550199", expires=45)
    desk.business.receive(wanted)
    desk.business.receive(wanted)
    ended = await told(desk)
    assert isinstance(ended, TransferEnded)
    assert (ended.transfer_id, ended.outcome) == ("t1", "unsupported")
    assert desk.told.empty()


async def test_a_question_that_is_not_answered_is_asked_once_more(desk: Desk) -> None:
    desk.asked(reminder=10, expires=60)
    desk.tick(9.9)
    desk.tick(10.1, busy=True)  # Somebody speaks: it waits.
    assert desk.said == ["Red?"]
    for at in (10.3, 20.0, 30.0):
        desk.tick(at)
    assert desk.said == ["Red?", "I still need to know: Red?"]


async def test_a_question_whose_answer_came_another_way_is_dropped(desk: Desk) -> None:
    desk.asked(reminder=10)
    assert [question.question_id for question in desk.history.questions] == ["q1"]
    desk.business.receive(desk.event(QuestionWithdrawn, question_id="q1"))
    desk.business.receive(desk.event(QuestionWithdrawn, question_id="q1"))
    assert not desk.history.questions
    desk.tick(11)
    desk.business.end()
    assert desk.said == ["Red?"]
    assert desk.told.empty()


async def test_the_business_of_an_earlier_call_hears_that_this_one_ended(desk: Desk) -> None:
    assert desk.business.open_tools() == []
    desk.business.receive(desk.event(AnnouncementRequested, announcement_id="a1", text="It is done."))
    assert desk.business.open_tools() == ["paint-1"]
