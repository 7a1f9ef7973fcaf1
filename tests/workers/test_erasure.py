"""A caller is erased from real engines, and looked for there by other means than the eraser's own."""

import asyncio
import json
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest
from nats.aio.client import Client as Nats
from nats.aio.msg import Msg
from temporalio.client import Client as Temporal
from temporalio.worker import UnsandboxedWorkflowRunner, Worker
from temporalio.workflow import continue_as_new, defn, run

from schemas.announcements import AnnouncementRequested
from schemas.base import new_id
from schemas.calls import CallEnded, CallStarted
from schemas.subjects import ERASURE, call_subject, calls_stream, process_subject
from schemas.tools import ToolRequested
from trunkline.stack.stack import Engines
from workers.adapters.nats import subscribed
from workers.erasure import Erasure, Found
from workers.searchable import ensure_searchable
from workers.telemetry import Telemetry
from workers.temporal import connect
from workflows.reporting import report_id

if TYPE_CHECKING:
    from tests.workers.conftest import Edge, Eventually

    Database = asyncpg.Connection[asyncpg.Record]

pytestmark = pytest.mark.usefixtures("running_worker", "running_bridge")
CALLER, OTHER = "+12025550171", "+12025550172"


@pytest.fixture
async def temporal(engines: Engines) -> Temporal:
    return await connect(engines.temporal_address, "default", Telemetry(None, "test", "test"))


async def called(edge: "Edge", temporal: Temporal, caller: str, eventually: "Eventually") -> ToolRequested:
    """A call in which a visit was booked, heard of by text message, and reported."""
    request: ToolRequested = edge.request(name=f"Somebody {caller[-2:]}").model_copy(update={"caller": caller})
    call: dict[str, Any] = {"call_id": request.call_id, "region": edge.region}
    await edge.store(CallStarted(**call, agent="Robin", transport="twilio", node="n", caller=caller))
    await edge.store(request)
    await edge.expect(AnnouncementRequested, lambda event: event.tool_call_id == request.tool_call_id)
    await edge.store(CallEnded(**call, reason="caller_hung_up", seconds=9, turns=2, open_tools=[request.tool_call_id]))
    await edge.outcome(request)
    for workflow in (request.tool_call_id, report_id(request.call_id)):

        async def ended(workflow: str = workflow) -> bool:
            found = [each async for each in temporal.list_workflows(f"WorkflowId = '{workflow}'")]
            return bool(found) and found[0].close_time is not None

        await eventually(f"{workflow} to end", ended)
    return request


async def everything(edge: "Edge", database: "Database", temporal: Temporal) -> str:
    """All that the engines hold of this region, as text."""
    tables = await database.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    parts = [row[0] for table in tables for row in await database.fetch(f"SELECT t::text FROM {table[0]} t")]
    stream = calls_stream(edge.region)
    state = (await edge.js.stream_info(stream)).state
    for sequence in range(state.first_seq, state.last_seq + 1):
        try:
            msg = await edge.js.get_msg(stream, sequence)
        except Exception:  # It was erased.
            continue
        parts.append(f"{msg.subject} {(msg.data or b'').decode()}")
    query = f"TrunklineRegion = '{edge.region}'"
    ids = {each.id async for each in temporal.list_workflows(query)}
    for workflow in sorted(ids):
        history = await temporal.get_workflow_handle(workflow).fetch_history()
        parts.append(f"{workflow} {history.to_json()}")
    return "\n".join(parts)


async def test_a_caller_is_erased_and_nobody_else(
    edge: "Edge", database: "Database", temporal: Temporal, nats_client: Nats, eventually: "Eventually"
) -> None:
    mine, other = await asyncio.gather(*(called(edge, temporal, caller, eventually) for caller in (CALLER, OTHER)))
    before = await everything(edge, database, temporal)
    assert all(trace in before for trace in (CALLER, OTHER, mine.call_id, "Somebody 71"))
    asked: list[Any] = []

    async def answer(msg: Msg) -> None:
        asked.append(json.loads(msg.data))
        await msg.respond(b'{"node": "edge-1", "erased": 1, "left": 0, "answers": 2, "answers_left": 1}')
        await msg.respond(b"not JSON")

    await nats_client.subscribe(process_subject(edge.region, ERASURE), cb=answer)
    await subscribed(nats_client)
    searchable = await ensure_searchable(temporal)
    erasure = Erasure(
        nats_client, database, temporal, edge.region, "", CALLER, searchable=searchable, edges_seconds=0.3
    )
    found = await erasure.find()
    assert found.calls == [mine.call_id]
    assert (found.live, found.business) == ([], [])
    assert {mine.tool_call_id, report_id(mine.call_id)} <= set(found.workflows)
    assert (found.rows["visits"], found.rows["standing"], found.rows["messages"]) == (1, 1, 1)
    looked = await everything(edge, database, temporal)
    assert [looked.count(trace) for trace in (CALLER, OTHER)] == [before.count(trace) for trace in (CALLER, OTHER)]

    certificate = await erasure.erase(found)
    await erasure.keep(certificate)
    assert certificate.left == {"cache of edge-1": 1}
    assert certificate.erased["cached answers"] == 2
    assert certificate.erased["events"] == found.events
    assert (certificate.erased["messages"], certificate.erased["tapes"]) == (1, 1)
    assert certificate.nodes == ["edge-1"]
    assert asked == [[mine.call_id]]
    assert all(certificate.searched.values())

    after = await everything(edge, database, temporal)
    for trace in (CALLER, CALLER[1:], mine.call_id, mine.id, "Somebody 71"):
        assert trace not in after, trace
    for trace in (OTHER, other.call_id, "Somebody 72", certificate.id):
        assert trace in after, trace
    again = await erasure.find()
    assert (again.calls, again.workflows, again.events, any(again.rows.values())) == ([], [], 0, False)


@defn
class Long:
    """Continues as new until ``runs`` are made."""

    @run
    async def run(self, runs: int) -> None:
        if runs > 1:
            continue_as_new(runs - 1)


async def test_each_run_of_one_that_continued_as_new_is_erased(
    edge: "Edge", database: "Database", temporal: Temporal, nats_client: Nats, eventually: "Eventually"
) -> None:
    call = new_id("call")
    async with Worker(temporal, task_queue=call, workflows=[Long], workflow_runner=UnsandboxedWorkflowRunner()):
        await temporal.execute_workflow(Long.run, 3, id=call, task_queue=call)

    async def runs() -> int:
        return len([each async for each in temporal.list_workflows(f"WorkflowId = '{call}'")])

    async def there(count: int) -> bool:
        return await runs() == count

    await eventually("all runs to be found", lambda: there(3))
    erasure = Erasure(nats_client, database, temporal, edge.region, "", CALLER, searchable=True, edges_seconds=0.1)
    found = Found(calls=[], live=[], events=0, workflows=[call], business=[], rows={})
    assert (await erasure.erase(found)).left == {}
    assert await runs() == 0


async def test_what_is_left_is_told(edge: "Edge", database: "Database", temporal: Temporal, nats_client: Nats) -> None:
    """A row that nobody thought of, and an event of another's call that speaks of the caller."""
    await database.execute("CREATE TABLE forgotten AS SELECT 'ring +12025550173' AS note")
    await edge.js.publish(call_subject(edge.region, "call_x", "turn_committed"), b"I am +12025550173")
    erasure = Erasure(
        nats_client, database, temporal, edge.region, "", "+12025550173", searchable=True, edges_seconds=0.3
    )
    certificate = await erasure.erase(await erasure.find())
    assert certificate.left == {"PostgreSQL public.forgotten": 1, "NATS messages": 1}
    assert certificate.nodes == []
    await database.execute("DROP TABLE forgotten")


async def test_a_caller_on_the_line_is_known(
    edge: "Edge", database: "Database", temporal: Temporal, nats_client: Nats
) -> None:
    started = CallStarted(
        call_id="call_now", region=edge.region, agent="R", transport="twilio", node="n", caller="+12025550174"
    )
    await edge.store(started)
    erasure = Erasure(
        nats_client, database, temporal, edge.region, "", "+12025550174", searchable=True, edges_seconds=0.3
    )
    assert (await erasure.find()).live == ["call_now"]
