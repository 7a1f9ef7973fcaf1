"""What comes after a call, on real engines: from the stored end of a call to a CRM that is told once."""

import time
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
from aiohttp import web
from pydantic import SecretStr
from temporalio.client import Client as Temporal

from schemas import signing
from schemas.announcements import AnnouncementRequested
from schemas.base import new_id
from schemas.calls import CallEnded, CallStarted
from schemas.reports import DELIVERY, CallReport
from tests.serving import serving
from trunkline.stack.stack import Engines
from workers.settings import WorkerSettings
from workers.telemetry import Telemetry
from workers.temporal import connect
from workflows.reporting import report_id

if TYPE_CHECKING:
    from tests.workers.conftest import Edge, Eventually

pytestmark = pytest.mark.usefixtures("running_worker", "running_bridge")
CALLER = "+12025550187"


class Crm:
    """A CRM at ``url`` that is away for the first ``away`` tries."""

    def __init__(self) -> None:
        self.url = ""
        self.away = 0
        self.got: list[CallReport] = []

    async def take(self, request: web.Request) -> web.Response:
        body = await request.read()
        assert signing.verify("whsec", body, request.headers[signing.HEADER], time.time())
        if self.away:
            self.away -= 1
            return web.Response(status=503, headers={"Retry-After": "0"})
        report = CallReport.model_validate_json(body)
        assert request.headers[DELIVERY] == report.id
        self.got.append(report)
        return web.Response(status=204)

    def of(self, call_id: str) -> list[CallReport]:
        return [report for report in self.got if report.call_id == call_id]


@pytest_asyncio.fixture(scope="module")
async def crm() -> AsyncIterator[Crm]:
    crm = Crm()
    app = web.Application()
    app.router.add_post("/calls", crm.take)
    async with serving(app) as url:
        crm.url = f"{url}/calls"
        yield crm


@pytest.fixture(scope="module")
def worker_settings(worker_settings: WorkerSettings, crm: Crm) -> WorkerSettings:
    return worker_settings.model_copy(update={"crm_url": crm.url, "crm_secrets": SecretStr("whsec")})


@pytest.fixture
async def temporal(engines: Engines) -> Temporal:
    return await connect(engines.temporal_address, "default", Telemetry(None, "test", "test"))


async def test_a_call_is_reported_once_however_often_its_end_comes(
    edge: "Edge", crm: Crm, temporal: Temporal, eventually: "Eventually"
) -> None:
    crm.away = 1
    request = edge.request()
    started = CallStarted(
        call_id=request.call_id, region=edge.region, agent="Robin", transport="twilio", node="n", caller=CALLER
    )
    ended = CallEnded(call_id=request.call_id, region=edge.region, reason="caller_hung_up", seconds=9, turns=2)
    for event in (started, request):
        await edge.store(event)
    await edge.hears(await edge.expect(AnnouncementRequested, lambda event: event.tool_call_id == request.tool_call_id))
    await edge.outcome(request)
    for _ in range(3):
        await edge.store(ended, again=True)
    await edge.store(ended.model_copy(update={"id": new_id("evt")}))

    async def told() -> bool:
        return bool(crm.of(request.call_id))

    await eventually("the CRM to be told", told)
    report = await temporal.get_workflow_handle(report_id(request.call_id), result_type=CallReport).result()
    await edge.store(ended, again=True)

    async def all_carried() -> bool:
        info = await edge.js.consumer_info(f"TRUNKLINE_CALLS_{edge.region.upper()}", "bridge")
        return not info.num_pending and not info.num_ack_pending

    await eventually("all events to be carried", all_carried)
    assert crm.of(request.call_id) == [report]
    assert (report.disposition, report.caller) == ("resolved", CALLER)
    assert [(tool.tool, tool.status) for tool in report.tools] == [("book_visit", "completed")]
    assert (await temporal.count_workflows(f"WorkflowId = '{report.id}'")).count == 1
