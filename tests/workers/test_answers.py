"""A question answered from a text message's link: the worker's own page, over HTTP, on the real engines."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

import aiohttp
import asyncpg
import pytest
import pytest_asyncio
from aiohttp import web
from pydantic import BaseModel, Field
from temporalio import workflow
from temporalio.client import Client, WorkflowHandle
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from schemas.base import Event, new_id
from schemas.tools import ToolRequested
from tests.serving import serving
from trunkline.stack.stack import Engines
from workers.adapters.links import PostgresLinks
from workers.adapters.migrate import migrate
from workers.answers import Answers, answer_of
from workers.telemetry import Telemetry
from workers.temporal import connect
from workflows.caller import Caller, Unanswered
from workflows.conduct import conducted
from workflows.elsewhere import Link
from workflows.outlet import OutletActivities
from workflows.ports import Delivery, Message
from workflows.tool import activity_methods

if TYPE_CHECKING:
    from tests.workers.conftest import Eventually


class Repaint(BaseModel):
    """Repaint it."""

    what: str = Field(description="What.")


class Colour(BaseModel):
    """A colour."""

    colour: Literal["red", "<green>"] = Field(description="Which colour?")
    coats: int = Field(default=1, le=3, description="How many coats?")


class Painted(BaseModel):
    """What was chosen."""

    colour: str
    coats: int


@workflow.defn(name="repaint_by_link")
class RepaintWorkflow:
    """Asks a caller who has gone."""

    @workflow.run
    @conducted
    async def run(self, request: Repaint, caller: Caller) -> Painted:
        answer = await caller.ask("Red & or <green>?", Colour, patience=1, otherwise=[Link(patience=600)])
        if isinstance(answer, Unanswered):
            return Painted(colour=answer.reason, coats=0)
        return Painted(colour=answer.colour, coats=answer.coats)


class Letters:
    """Publishes to nobody and keeps messages."""

    def __init__(self) -> None:
        self.sent: list[Message] = []

    async def publish(self, event: Event) -> None: ...

    async def send(self, message: Message) -> None:
        self.sent.append(message)

    async def record(self, delivery: Delivery) -> None: ...


class Page:
    """A workflow that asks by link, and the page."""

    def __init__(self, handle: WorkflowHandle[Any, Any], letters: Letters, session: aiohttp.ClientSession) -> None:
        self.handle = handle
        self.letters = letters
        self._session = session

    async def get(self, url: str) -> tuple[int, str]:
        async with self._session.get(url) as response:
            return response.status, await response.text()

    async def post(self, url: str, **fields: str) -> tuple[int, str]:
        async with self._session.post(url, data=fields) as response:
            return response.status, await response.text()


@pytest_asyncio.fixture
async def page(engines: Engines, postgres_dsn: str) -> AsyncIterator[Page]:
    client: Client = await connect(engines.temporal_address, "default", Telemetry(None, "test", "test"))
    letters, queue = Letters(), new_id("queue")
    async with asyncpg.create_pool(postgres_dsn, min_size=1, max_size=3) as pool, aiohttp.ClientSession() as session:
        await migrate(pool)
        links = PostgresLinks(pool, "")
        app = web.Application()
        app.add_routes(Answers(client, links).routes())
        worker = Worker(
            client,
            task_queue=queue,
            workflows=[RepaintWorkflow],
            activities=activity_methods(OutletActivities(letters, letters, links)),
            workflow_runner=UnsandboxedWorkflowRunner(),
        )
        async with serving(app) as links._base, worker:
            request = ToolRequested(
                call_id=new_id("call"),
                region="test",
                tool_call_id=f"repaint-{uuid.uuid4().hex[:12]}",
                tool="repaint",
                arguments={"what": "the door"},
                turn=1,
                caller="+15550100",
            )
            handle = await client.start_workflow(
                RepaintWorkflow.run, request, id=request.tool_call_id, task_queue=queue
            )
            await handle.signal("call_ended", {})
            yield Page(handle, letters, session)


async def test_a_link_shows_the_question_and_takes_one_answer(page: Page, eventually: "Eventually") -> None:
    async def sent() -> str | None:
        return next((message.text.rpartition(" ")[2] for message in page.letters.sent), None)

    url = await eventually("the message with the link", sent)
    status, shown = await page.get(url)
    assert status == 200
    assert "Red &amp; or &lt;green&gt;?" in shown
    assert 'value="&lt;green&gt;"' in shown
    assert 'max="3"' in shown.partition('name="coats"')[2].partition(">")[0]
    assert (await page.post(url, colour="blue"))[0] == 422
    assert (await page.post(url, colour="red", coats="many"))[0] == 422
    status, thanks = await page.post(url, colour="<green>", coats="2", extra="ignored")
    assert (status, "Thank you" in thanks) == (200, True)
    assert await page.handle.result() == {"colour": "<green>", "coats": 2}
    assert (await page.get(url))[0] == 404
    assert (await page.post(url, colour="red"))[0] == 404


@pytest.mark.parametrize("token", ["nonsense", "%00", "a" * 500])
async def test_a_link_that_was_never_made_leads_nowhere(page: Page, eventually: "Eventually", token: str) -> None:
    async def sent() -> str | None:
        return next((message.text.rpartition(" ")[2] for message in page.letters.sent), None)

    base = (await eventually("the message with the link", sent)).rpartition("/")[0]
    assert (await page.get(f"{base}/{token}"))[0] == 404
    await page.handle.terminate()


async def test_the_same_link_each_time_and_none_after_its_time(postgres_dsn: str) -> None:
    async with asyncpg.create_pool(postgres_dsn, min_size=1, max_size=3) as pool:
        await migrate(pool)
        links, now = PostgresLinks(pool, "https://answers.example/"), datetime.now(UTC)
        urls = await asyncio.gather(*(links.link("w", "i", now + timedelta(hours=1)) for _ in range(3)))
        assert len(set(urls)) == 1
        token = urls[0].removeprefix("https://answers.example/q/")
        assert await links.find(token) == ("w", "i")
        await links.link("w", "i", now - timedelta(seconds=1))
        assert await links.find(token) is None


def test_a_forms_fields_become_the_schemas_types() -> None:
    schema = {"properties": {"yes": {"type": "boolean"}, "many": {"type": "integer"}, "text": {"type": "string"}}}
    fields = {"yes": "true", "many": "3", "text": "3", "other": "x"}
    assert answer_of(schema, fields) == {"yes": True, "many": 3, "text": "3"}
    assert answer_of(schema, {"many": "three", "text": ""}) == {"many": "three"}
