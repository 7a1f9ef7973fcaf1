"""Each call's events reach Temporal in order and once, also when it is away for minutes or slow: over real NATS, with a
Temporal that is away when the test says so."""

import asyncio
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio
from nats.aio.client import Client
from nats.js.errors import NotFoundError

from schemas.announcements import AnnouncementSpoken
from schemas.base import Event
from schemas.calls import CallEnded
from schemas.subjects import calls_stream
from trunkline.stack.stack import Engines
from workers import bridge
from workers.bridge import Bridge
from workers.carrier import Carrier, Done, Verdict
from workers.settings import BridgeSettings

if TYPE_CHECKING:
    from tests.workers.conftest import Edge, Eventually


class Temporal(Carrier):
    """Takes what it is given, but for those of ``refuses`` and while it is away; for as long as ``slow`` says."""

    def __init__(self) -> None:
        self.away = False
        self.slow = 0.0
        self.refuses = ""
        self.tried: list[Event] = []
        self.taken: list[Event] = []

    async def carry(self, event: Event, stored: float) -> Verdict:
        self.tried.append(event)
        await asyncio.sleep(self.slow)
        if self.away or event.call_id == self.refuses:
            raise OSError("Temporal is away.")
        self.taken.append(event)
        return Done("signalled")


@pytest.fixture
def temporal() -> Temporal:
    return Temporal()


@pytest.fixture
def settings(engines: Engines, region: str) -> BridgeSettings:
    return BridgeSettings(
        region=region, nats_url=engines.nats_url, ack_seconds=4, rpc_seconds=60, in_flight=3, shutdown_seconds=5
    )


@pytest_asyncio.fixture
async def bridging(
    nats_client: Client, temporal: Temporal, settings: BridgeSettings, edge: "Edge"
) -> AsyncIterator["asyncio.Task[None]"]:
    task = asyncio.create_task(Bridge(nats_client.jetstream(), temporal, settings).run())
    yield task
    task.cancel()
    await asyncio.wait([task])


def spoken(edge: "Edge", call: str, number: int = 0) -> AnnouncementSpoken:
    about: dict[str, Any] = {"call_id": call, "region": edge.region}
    return AnnouncementSpoken(**about, announcement_id=f"a{number}", tool_call_id="t", heard="Your plumber comes.")


def ended(edge: "Edge", call: str) -> CallEnded:
    return CallEnded(call_id=call, region=edge.region, reason="caller_hung_up", seconds=9, turns=1, open_tools=["t"])


@pytest.mark.usefixtures("bridging")
async def test_who_hangs_up_while_temporal_is_away_has_heard_the_words_before(
    edge: "Edge", temporal: Temporal, eventually: "Eventually"
) -> None:
    temporal.away = True
    words = spoken(edge, "call_away")
    await edge.store(words)

    async def tried() -> bool:
        return len(temporal.tried) >= 3

    await eventually("it to be tried a few times", tried)
    end = ended(edge, "call_away")
    await edge.store(end)
    await eventually("its place to be kept", lambda: _pending(edge, 2))
    assert {event.id for event in temporal.tried} == {words.id}
    temporal.away = False
    await eventually("both to be taken", lambda: _pending(edge, 0))
    assert [event.id for event in temporal.taken] == [words.id, end.id]


@pytest.mark.usefixtures("bridging")
async def test_a_slow_temporal_gets_each_event_once(edge: "Edge", temporal: Temporal, eventually: "Eventually") -> None:
    temporal.slow = 1.6  # Those behind wait for longer than JetStream has patience.
    events = [spoken(edge, "call_slow", number) for number in range(4)]
    for event in events:
        await edge.store(event)
    await eventually("all to be taken", lambda: _pending(edge, 0))
    assert [event.id for event in temporal.tried] == [event.id for event in events]


@pytest.mark.usefixtures("bridging")
async def test_a_call_that_is_stuck_lets_the_others_pass_in_the_end(
    edge: "Edge", temporal: Temporal, eventually: "Eventually", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bridge, "STUCK", 0.5)
    monkeypatch.setattr(bridge, "LONGEST", 2.0)
    temporal.refuses = "call_stuck"
    stuck = [spoken(edge, "call_stuck", number) for number in range(5)]  # More than there are places.
    for event in stuck[:2]:
        await edge.store(event)
    await eventually("them to be tried", lambda: _pending(edge, 2))
    others = [spoken(edge, "call_other", number) for number in range(6)]
    for event in (*others[:1], *stuck[2:], *others[1:]):
        await edge.store(event)

    async def passed() -> bool:
        return {event.id for event in temporal.taken} == {event.id for event in others}

    await eventually("the others to be taken", passed)
    temporal.refuses = ""
    await eventually("all to be taken", lambda: _pending(edge, 0))
    assert {event.id for event in temporal.taken} == {event.id for event in (*stuck, *others)}


async def test_what_waits_in_its_place_holds_up_no_shutdown(
    edge: "Edge", temporal: Temporal, eventually: "Eventually", bridging: "asyncio.Task[None]"
) -> None:
    temporal.away = True
    await edge.store(spoken(edge, "call_left", 1))
    await eventually("it to be handed out", lambda: _pending(edge, 1))
    bridging.cancel()
    async with asyncio.timeout(60):
        await asyncio.wait([bridging])
    again = Temporal()
    task = asyncio.create_task(
        Bridge(edge.js, again, BridgeSettings(region=edge.region, nats_url="", ack_seconds=1)).run()
    )
    await eventually("another to take it", lambda: _pending(edge, 0))
    assert len(again.taken) == 1
    task.cancel()
    await asyncio.wait([task])


async def _pending(edge: "Edge", number: int) -> bool:
    """Whether so many are handed out and not acknowledged, and none waits."""
    try:
        info = await edge.js.consumer_info(calls_stream(edge.region), bridge.CONSUMER)
    except NotFoundError:
        return False  # The bridge has not made it yet.
    return (info.num_ack_pending, info.num_pending) == (number, 0)
