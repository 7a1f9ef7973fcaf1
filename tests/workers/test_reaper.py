"""Calls whose edge died are ended once, on real NATS; those that somebody carries are left alone."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio
from nats.aio.client import Client as Nats
from nats.aio.msg import Msg
from temporalio.client import Client as Temporal

from schemas.base import Event, new_id
from schemas.calls import CallEnded, CallResumed, CallStarted
from schemas.subjects import CARRIED, call_subject, calls_stream, process_subject
from schemas.tools import ToolRequested
from schemas.turns import TurnCommitted
from trunkline.stack.stack import Engines
from workers import bridge, reaper
from workers.adapters.nats import subscribed
from workers.reaper import Doubts, Reaper
from workers.settings import BridgeSettings
from workers.telemetry import Telemetry
from workers.temporal import connect
from workflows.reporting import report_id

if TYPE_CHECKING:
    from tests.workers.conftest import Edge, Eventually, Running

PATIENCE = 0.6


@pytest_asyncio.fixture
async def carried(nats_client: Nats, region: str) -> set[str]:
    """Ids of calls that an edge of this region carries."""
    calls: set[str] = set()

    async def answer(msg: Msg) -> None:
        if msg.data.decode() in calls:
            await msg.respond(b"here")

    await nats_client.subscribe(process_subject(region, CARRIED), cb=answer)
    await subscribed(nats_client)
    return calls


@pytest_asyncio.fixture
async def reapers(nats_client: Nats, region: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[list[Reaper]]:
    """Two of them, at work."""
    monkeypatch.setattr(reaper, "LOOK", 0.2)
    monkeypatch.setattr(reaper, "ANSWER", 0.5)
    two = [Reaper(nats_client, region, PATIENCE) for _ in range(2)]
    tasks = [asyncio.create_task(each.run()) for each in two]
    yield two
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def begin(edge: "Edge", carried: set[str] | None = None) -> ToolRequested:
    """A call with a turn and a tool call under way. An edge carries it until that is stored, if reapers are at work."""
    request: ToolRequested = edge.request()
    carried = set() if carried is None else carried
    carried.add(request.call_id)
    call: dict[str, Any] = {"call_id": request.call_id, "region": edge.region}
    await edge.store(CallStarted(**call, agent="Robin", transport="webrtc", node="dead"))
    await edge.store(TurnCommitted(**call, at=4.5, turn=1, text="Book it.", start=1.0, end=2.0, why="silence"))
    await edge.store(request)
    carried.discard(request.call_id)
    return request


def ends(edge: "Edge", call_id: str) -> Callable[[Event], bool]:
    return lambda event: event.call_id == call_id


async def test_a_call_that_nobody_carries_is_ended_once(
    edge: "Edge", carried: set[str], reapers: list[Reaper], eventually: "Eventually"
) -> None:
    dead, living = await begin(edge, carried), edge.request()
    carried.add(living.call_id)
    await edge.store(
        CallStarted(call_id=living.call_id, region=edge.region, agent="Robin", transport="twilio", node="living")
    )
    ended = await edge.expect(CallEnded, ends(edge, dead.call_id))
    assert (ended.reason, ended.seconds, ended.turns) == ("transport_lost", 4.5, 1)
    assert ended.open_tools == [dead.tool_call_id]
    carried.discard(living.call_id)
    await edge.expect(CallEnded, ends(edge, living.call_id))
    # Nothing is left to be looked after, and each was ended once.
    stream = calls_stream(edge.region)

    async def done() -> bool:
        info = await edge.js.consumer_info(stream, reaper.CONSUMER)
        return not info.num_ack_pending and not info.num_pending

    await eventually("the reapers to be done", done)
    for call_id in (dead.call_id, living.call_id):
        events, _ = await reapers[0].read(call_id)
        assert sum(isinstance(event, CallEnded) for event in events) == 1


async def test_of_two_reapers_one_ends_a_call_and_none_one_that_was_taken_up(
    edge: "Edge", nats_client: Nats, region: str
) -> None:
    one, other = (Reaper(nats_client, region, PATIENCE) for _ in range(2))
    dead, taken_up = await begin(edge), await begin(edge)
    await asyncio.gather(one.end(dead.call_id), other.end(dead.call_id))
    assert await other.end(dead.call_id)
    events, _ = await one.read(dead.call_id)
    (ended,) = [event for event in events if isinstance(event, CallEnded)]
    # Even long after JetStream has forgotten the event's id.
    assert not await other.store(ended.model_copy(update={"id": new_id("evt")}), len(events))

    _, last = await one.read(taken_up.call_id)
    about: dict[str, Any] = {"call_id": taken_up.call_id, "region": region}
    await edge.store(CallResumed(**about, transport="webrtc", node="living", part=2))
    assert not await one.store(CallEnded(**about, reason="transport_lost", seconds=1, turns=1), last)
    events, _ = await one.read(taken_up.call_id)
    assert not any(isinstance(event, CallEnded) for event in events)


async def test_a_call_that_ended_or_was_erased_is_left_alone(edge: "Edge", nats_client: Nats, region: str) -> None:
    one = Reaper(nats_client, region, PATIENCE)
    call = await begin(edge)
    about: dict[str, Any] = {"call_id": call.call_id, "region": region}
    await edge.store(CallEnded(**about, reason="caller_hung_up", seconds=9, turns=1))
    assert await one.end(call.call_id)
    events, _ = await one.read(call.call_id)
    assert [event.reason for event in events if isinstance(event, CallEnded)] == ["caller_hung_up"]
    await edge.js.purge_stream(calls_stream(region), subject=call_subject(region, call.call_id))
    assert await one.end(call.call_id)
    assert await one.read(call.call_id) == ([], 0)


async def test_workflows_hear_of_the_end(
    engines: Engines, edge: "Edge", bridge_settings: BridgeSettings, running: "Running", eventually: "Eventually"
) -> None:
    """Through the bridge as it runs: what comes after a call is begun."""
    settings = bridge_settings.model_copy(update={"lost_seconds": PATIENCE, "metrics_port": None})
    temporal: Temporal = await connect(engines.temporal_address, "default", Telemetry(None, "test", "test"))
    async with running(lambda ready: bridge.serve(settings, ready)):
        call = await begin(edge)
        await edge.expect(CallEnded, ends(edge, call.call_id))

        async def begun() -> bool:
            with contextlib.suppress(Exception):
                await temporal.get_workflow_handle(report_id(call.call_id)).describe()
                return True
            return False

        await eventually("what comes after the call", begun)


async def test_a_defect_of_the_reaper_is_heard_of(
    bridge_settings: BridgeSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(self: Reaper) -> None:
        raise AssertionError("It has a defect.")

    monkeypatch.setattr(Reaper, "run", broken)
    settings = bridge_settings.model_copy(update={"metrics_port": None})
    with pytest.raises(ExceptionGroup) as heard:
        async with asyncio.timeout(60):
            await bridge.serve(settings, lambda text: None)
    assert heard.group_contains(AssertionError, match="It has a defect")


@pytest.mark.parametrize("every", [5, 20, 36, 600])
def test_a_call_that_is_missed_at_each_look_is_ended_however_late_the_looks(every: int) -> None:
    doubts = Doubts(60.0)
    ended = next(look for look in range(1, 100) if doubts.missed("c", look, (look - 1) * every))
    assert ended == 1 + max(1, -(-60 // every))


@pytest.mark.parametrize("bridges", [1, 2, 5, 10])
def test_however_many_bridges_share_the_looks_a_call_is_ended_soon(bridges: int) -> None:
    """Which of them gets a look is chance."""
    for seed in range(300):
        chance, counts, now, look = random.Random(seed), [Doubts(60.0) for _ in range(bridges)], 0.0, 1
        while not chance.choice(counts).missed("c", look, now):
            now, look = now + 5 + chance.random() / 5, look + 1
        assert now < 180


def test_one_look_that_found_it_carried_is_enough_to_count_anew() -> None:
    for others in range(6, 40):
        doubts = Doubts(60.0)
        assert not doubts.missed("c", 1, 0.0)
        assert not doubts.missed("c", 1 + others, 20.0 + 5.0 * (others - 1))


def test_a_doubt_does_not_outlive_word_of_the_call_nor_an_outage() -> None:
    doubts = Doubts(60.0)
    assert not doubts.missed("c", 1, 0.0)
    doubts.lift("c")
    assert not doubts.missed("c", 2, 100.0)
    doubts.lift_all()
    assert not doubts.missed("c", 3, 200.0)
    assert doubts.missed("c", 4, 260.0)


def test_what_another_reaper_may_have_found_carried_meanwhile_counts_anew() -> None:
    doubts = Doubts(60.0)
    assert not doubts.missed("c", 1, 0.0)
    assert not doubts.missed("c", 180, 3600.0)
    # As soon as this the other can but have missed it too.
    assert not doubts.missed("c", 182, 3610.0)
    assert not doubts.missed("c", 187, 3635.0)
    assert doubts.missed("c", 192, 3660.0)
