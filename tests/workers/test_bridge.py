"""From JetStream to Temporal and back, on real engines, with everything coming twice and much of it wrong."""

import contextlib
import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import aiohttp
import asyncpg
import nats.errors
import nats.js.errors
import pytest
from temporalio.client import Client as Temporal
from temporalio.client import WorkflowExecutionStatus, WorkflowFailureError

from schemas.announcements import AnnouncementNotSpoken, AnnouncementRequested, AnnouncementSpoken
from schemas.base import new_id
from schemas.calls import CallEnded, CallStarted
from schemas.subjects import call_subject, calls_stream
from schemas.tools import ToolCompleted, ToolFailed, ToolStarted
from trunkline.stack.stack import Engines
from workers.pseudonyms import pseudonym
from workers.settings import BridgeSettings
from workers.telemetry import Telemetry
from workers.temporal import connect

if TYPE_CHECKING:
    from tests.workers.conftest import Edge, Eventually

    Database = asyncpg.Connection[asyncpg.Record]

pytestmark = pytest.mark.usefixtures("running_worker", "running_bridge")


@pytest.fixture
async def temporal(engines: Engines) -> Temporal:
    return await connect(engines.temporal_address, "default", Telemetry(None, "test", "test"))


async def counted(settings: BridgeSettings, kind: str, outcome: str) -> float:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{settings.metrics_port}/metrics") as response,
    ):
        text = await response.text()
    start = f'trunkline_bridge_events_total{{kind="{kind}",outcome="{outcome}"}} '
    return sum(float(line.removeprefix(start)) for line in text.splitlines() if line.startswith(start))


async def bookings(database: "Database", call_id: str) -> list[Any]:
    return list(await database.fetch("SELECT * FROM bookings WHERE call_id = $1", call_id))


async def test_a_request_becomes_a_booking_and_is_told(edge: "Edge", database: "Database", temporal: Temporal) -> None:
    request = edge.request()
    await edge.store(request)
    announced = await edge.expect(AnnouncementRequested, lambda event: event.tool_call_id == request.tool_call_id)
    await edge.hears(announced)
    assert "Your tap repair is booked for" in announced.text
    outcome = await edge.outcome(request)
    assert isinstance(outcome, ToolCompleted)
    (row,) = await bookings(database, request.call_id)
    assert (row["booking_id"], row["status"], row["name"]) == (request.tool_call_id, "confirmed", "Anna Miller")
    assert await temporal.get_workflow_handle(request.tool_call_id).result() == outcome.result
    assert not await database.fetch("SELECT * FROM outbox WHERE call_id = $1", request.call_id)


async def test_everything_twice_does_everything_once(edge: "Edge", database: "Database", temporal: Temporal) -> None:
    request = edge.request()
    repeated = request.model_copy(update={"id": new_id("evt")})
    for event in (request, repeated):
        await edge.store(event)
        await edge.store(event, again=True)
    announced = await edge.expect(AnnouncementRequested, lambda event: event.tool_call_id == request.tool_call_id)
    spoken = AnnouncementSpoken(
        call_id=request.call_id,
        region=edge.region,
        announcement_id=announced.announcement_id,
        tool_call_id=request.tool_call_id,
        heard="Your",
    )
    for _ in range(2):
        await edge.store(spoken, again=True)
    await temporal.get_workflow_handle(request.tool_call_id).result(rpc_timeout=timedelta(seconds=60))
    await edge.store(request, again=True)
    await edge.store(spoken, again=True)
    for kind in (ToolStarted, AnnouncementRequested, ToolCompleted):
        assert len(edge.of(kind, request.tool_call_id)) == 1
    assert len(await bookings(database, request.call_id)) == 1
    count = await temporal.count_workflows(f"WorkflowId = '{request.tool_call_id}'")
    assert count.count == 1


async def test_a_caller_who_hangs_up_gets_the_outcome_in_writing(
    edge: "Edge", database: "Database", eventually: "Eventually"
) -> None:
    request = edge.request()
    await edge.store(request)
    ended = CallEnded(
        call_id=request.call_id,
        region=edge.region,
        reason="caller_hung_up",
        seconds=12.0,
        turns=4,
        open_tools=[request.tool_call_id],
    )
    await edge.store(ended)
    await edge.outcome(request)
    message = await written(database, request.call_id, eventually)
    assert message["recipient"] == "+15550100"
    assert message["text"].startswith("Your tap repair is booked for ")


async def written(database: "Database", call_id: str, eventually: "Eventually") -> Any:
    """The one message to the caller."""
    query = "SELECT * FROM outbox WHERE call_id = $1"
    await eventually("a message", lambda: database.fetchrow(f"{query} AND status = 'delivered'", call_id))
    (message,) = await database.fetch(query, call_id)
    return message


async def test_a_caller_who_did_not_hear_it_gets_it_in_writing_once(
    edge: "Edge", database: "Database", eventually: "Eventually"
) -> None:
    request = edge.request()
    await edge.store(request)
    announced = await edge.expect(AnnouncementRequested, lambda event: event.tool_call_id == request.tool_call_id)
    unheard = AnnouncementNotSpoken(
        call_id=request.call_id,
        region=edge.region,
        announcement_id=announced.announcement_id,
        tool_call_id=request.tool_call_id,
        reason="call_ended",
    )
    await edge.store(unheard)
    await edge.store(unheard, again=True)
    await written(database, request.call_id, eventually)


async def test_a_tool_that_does_not_exist_is_answered(edge: "Edge") -> None:
    request = edge.request(tool="read_minds")
    await edge.store(request)
    failed = await edge.expect(ToolFailed, lambda event: event.tool_call_id == request.tool_call_id)
    assert (failed.code, failed.fault) == ("unknown_tool", "model")
    assert failed.message.startswith("There is no tool named read_minds. There are: ")
    assert "book_visit, " in failed.message


async def test_bad_arguments_are_answered_and_book_nothing(edge: "Edge", database: "Database") -> None:
    request = edge.request(time="half past ten", day="someday")
    await edge.store(request)
    failed = await edge.expect(ToolFailed, lambda event: event.tool_call_id == request.tool_call_id)
    assert (failed.code, failed.fault, failed.retryable) == ("invalid_arguments", "model", True)
    assert "day" in failed.message
    assert not await bookings(database, request.call_id)


async def test_what_is_malformed_is_thrown_away_and_counted(
    edge: "Edge", bridge_settings: BridgeSettings, eventually: "Eventually"
) -> None:
    subject = call_subject(edge.region, "call_bad", "tool_requested")
    alien = edge.request().model_dump_json().encode()
    for body in (b"", b"\xff\xfe", b"[]", b'{"arguments": 1}', b"x" * 500_000, alien):
        await edge.js.publish(subject, body)

    async def all_counted() -> bool:
        return await counted(bridge_settings, "tool_requested", "malformed") >= 6

    await eventually("all of them to be counted", all_counted)
    request = edge.request()
    await edge.store(request)
    assert isinstance(await edge.outcome(request), ToolCompleted)


async def test_word_for_a_workflow_that_never_starts_is_given_up(
    edge: "Edge", bridge_settings: BridgeSettings, eventually: "Eventually"
) -> None:
    async def counts() -> float:
        return await counted(bridge_settings, "announcement_spoken", "too_late")

    before = await counts()
    await edge.store(
        AnnouncementSpoken(
            call_id="call_x", region=edge.region, announcement_id="a", tool_call_id="never_started", heard=""
        )
    )

    async def given_up() -> bool:
        return await counts() > before

    await eventually("it to be given up", given_up)
    assert await counted(bridge_settings, "announcement_spoken", "later") > 0


async def test_asking_again_after_the_end_gets_the_outcome_again(edge: "Edge", temporal: Temporal) -> None:
    request = edge.request()
    await edge.store(request)
    await edge.hears(await edge.expect(AnnouncementRequested, lambda event: event.tool_call_id == request.tool_call_id))
    await temporal.get_workflow_handle(request.tool_call_id).result(rpc_timeout=timedelta(seconds=60))
    first = await edge.outcome(request)
    await edge.store(request.model_copy(update={"id": new_id("evt")}))
    second = await edge.expect(
        ToolCompleted, lambda event: event.tool_call_id == request.tool_call_id and event.id != first.id
    )
    assert second.result == getattr(first, "result", None)


async def test_asking_again_after_a_failure_tries_again(edge: "Edge", temporal: Temporal) -> None:
    request = edge.request(time="never")
    await edge.store(request)
    first = await edge.outcome(request)
    with pytest.raises(WorkflowFailureError):  # What is asked while it is still ending joins it.
        await temporal.get_workflow_handle(request.tool_call_id).result(rpc_timeout=timedelta(seconds=60))
    await edge.store(request, again=True)  # A redelivery is no new wish.
    await edge.store(request.model_copy(update={"id": new_id("evt")}))
    await edge.expect(ToolFailed, lambda event: event.tool_call_id == request.tool_call_id and event.id != first.id)
    assert len(edge.of(ToolStarted, request.tool_call_id)) == 2


async def test_requests_wait_while_temporal_is_away(edge: "Edge", engines: Engines, database: "Database") -> None:
    await engines.temporal.kill()
    try:
        requests = [edge.request() for _ in range(5)]
        for request in requests:
            await edge.store(request)
    finally:
        await engines.temporal.restart()
    for request in requests:
        assert isinstance(await edge.outcome(request), ToolCompleted)
        assert len(await bookings(database, request.call_id)) == 1


@pytest.mark.parametrize("engine", ["postgres", "nats"])
async def test_a_booking_survives_an_engine(
    edge: "Edge", engines: Engines, postgres_dsn: str, eventually: "Eventually", engine: str
) -> None:
    request = edge.request()
    await edge.store(request)
    await getattr(engines, engine).kill()
    await getattr(engines, engine).restart()
    subject = call_subject(edge.region, request.call_id, "tool_completed")

    async def completed() -> bool:
        # Asked of the stream, because a plain subscription misses what is published while it reconnects.
        with contextlib.suppress(nats.errors.Error, nats.js.errors.Error, TimeoutError):
            return bool(await edge.js.get_last_msg(calls_stream(edge.region), subject))
        return False

    await eventually("the booking to be completed", completed)
    database = await asyncpg.connect(postgres_dsn)
    assert [row["status"] for row in await bookings(database, request.call_id)] == ["confirmed"]
    await database.close()


async def test_nothing_is_left_unacknowledged(edge: "Edge", eventually: "Eventually") -> None:
    async def all_done() -> bool:
        info = await edge.js.consumer_info(calls_stream(edge.region), "bridge")
        return (info.num_ack_pending, info.num_pending) == (0, 0)

    await eventually("the consumer to be empty", all_done)


async def test_workflows_can_be_searched_by_call(edge: "Edge", temporal: Temporal, eventually: "Eventually") -> None:
    request = edge.request(day="wrong")
    await edge.store(request)
    await edge.outcome(request)

    async def found() -> bool:
        query = f"TrunklineCall = '{request.call_id}' AND TrunklineTool = 'book_visit'"
        return [one.status async for one in temporal.list_workflows(query)] == [WorkflowExecutionStatus.FAILED]

    await eventually("the workflow to be found", found)


async def test_a_caller_who_rings_again_is_told_in_the_new_call(
    edge: "Edge", temporal: Temporal, database: "Database", eventually: "Eventually"
) -> None:
    number = f"+1555{int(uuid.uuid4()) % 10**7:07}"
    first = edge.request()
    first = first.model_copy(update={"caller": number})
    await edge.store(first)
    # The outcome waits for the caller's ear; meanwhile the line drops.
    announced = await edge.expect(AnnouncementRequested, lambda event: event.tool_call_id == first.tool_call_id)

    async def found() -> bool:
        query = f"TrunklineCaller = '{pseudonym(number, '')}'"
        return [one.id async for one in temporal.list_workflows(query)] == [first.tool_call_id]

    await eventually("the workflow to be found by its caller", found)
    second = CallStarted(
        call_id=new_id("call"), region=edge.region, agent="Robin", transport="twilio", node="n", caller=number
    )
    await edge.store(second)
    await edge.store(CallEnded(call_id=first.call_id, region=edge.region, reason="transport_lost", seconds=9, turns=1))
    again = await edge.expect(AnnouncementRequested, lambda event: event.call_id == second.call_id)
    assert again.text == f"About your earlier call: {announced.text}"
    await edge.hears(again)
    await temporal.get_workflow_handle(first.tool_call_id).result(rpc_timeout=timedelta(seconds=60))
    assert not await database.fetch("SELECT * FROM outbox WHERE call_id = $1", first.call_id)
