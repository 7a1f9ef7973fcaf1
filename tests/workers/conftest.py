"""The durable side on real engines, and an edge's end of the wire to it."""

import asyncio
import contextlib
import os
import signal
import sys
import sysconfig
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any, TypeVar

import asyncpg
import pytest
import pytest_asyncio
from nats.aio.client import Client
from nats.aio.msg import Msg
from pydantic import SecretStr

from schemas.announcements import AnnouncementRequested, AnnouncementSpoken
from schemas.base import Event, new_id
from schemas.events import decode, encode, headers
from schemas.subjects import call_subject, parse, subject
from schemas.tools import ToolCompleted, ToolFailed, ToolRequested, tool_call_id
from trunkline.stack.ports import free_ports
from trunkline.stack.stack import Engines
from workers import bridge, worker
from workers.adapters.nats import ensure_stream, subscribed
from workers.settings import BridgeSettings, WorkerSettings
from workflows.slots import slots_of

AnEvent = TypeVar("AnEvent", bound=Event)
PATIENCE = 60.0
"""Seconds until a test gives up; other work shares the machine."""


SLOTS = iter(slots_of("tap repair", [date.today() + timedelta(days=ahead) for ahead in range(20, 170)]))
"""Hours that nobody has asked for yet: there is one technician, and the database outlives a test."""

Eventually = Callable[[str, Callable[[], Awaitable[Any]]], Awaitable[Any]]


async def _eventually(what: str, condition: Callable[[], Awaitable[Any]], seconds: float = PATIENCE) -> Any:
    deadline = asyncio.get_running_loop().time() + seconds
    while asyncio.get_running_loop().time() < deadline:
        if found := await condition():
            return found
        await asyncio.sleep(0.05)
    raise AssertionError(f"Waited {seconds} s in vain for {what}.")


@pytest.fixture
def eventually() -> Eventually:
    """``await eventually(what, condition)``: what the condition returns once that is true."""
    return _eventually


class Edge:
    """What an edge does with events: stores its own, hears those of the durable side."""

    def __init__(self, client: Client, region: str) -> None:
        self.client = client
        self.js = client.jetstream()
        self.region = region
        self.heard: list[Event] = []
        """Each once: one comes again where its acknowledgement was late."""
        self._known: set[str] = set()
        self._news = asyncio.Condition()

    async def open(self) -> None:
        await ensure_stream(self.js, self.region)
        await self.client.subscribe(call_subject(self.region), cb=self._hear)
        await subscribed(self.client)

    async def _hear(self, msg: Msg) -> None:
        with contextlib.suppress(KeyError, ValueError):
            event = decode(parse(msg.subject)[2], msg.data)
            if event.id in self._known:
                return
            self._known.add(event.id)
            async with self._news:
                self.heard.append(event)
                self._news.notify_all()

    async def store(self, event: Event, *, again: bool = False) -> None:
        """``again``: as if the stream had taken it twice."""
        known = headers(event)
        if again:
            known["Nats-Msg-Id"] = new_id("again")
        await self.js.publish(subject(event), encode(event), headers=known)

    async def expect(
        self, kind: type[AnEvent], matching: Callable[[AnEvent], bool] = lambda event: True, seconds: float = PATIENCE
    ) -> AnEvent:
        """The first event of this kind, heard already or soon."""

        def found() -> AnEvent | None:
            return next((event for event in self.heard if isinstance(event, kind) and matching(event)), None)

        async with asyncio.timeout(seconds), self._news:
            await self._news.wait_for(lambda: found() is not None)
        event = found()
        assert event is not None
        return event

    async def hears(self, announced: AnnouncementRequested) -> None:
        """The caller hears it."""
        await self.store(
            AnnouncementSpoken(
                call_id=announced.call_id,
                region=self.region,
                announcement_id=announced.announcement_id,
                tool_call_id=announced.tool_call_id,
                heard=announced.text,
            )
        )

    async def outcome(self, request: ToolRequested) -> ToolCompleted | ToolFailed:
        """What became of the request."""
        await self.expect(Event, lambda event: self._ends(event, request))
        return next(event for event in self.heard if self._ends(event, request))  # type: ignore[return-value]

    @staticmethod
    def _ends(event: Event, request: ToolRequested) -> bool:
        return isinstance(event, ToolCompleted | ToolFailed) and event.tool_call_id == request.tool_call_id

    def of(self, kind: type[AnEvent], tool_call: str) -> list[AnEvent]:
        """Events of one tool call."""
        return [
            event for event in self.heard if isinstance(event, kind) and getattr(event, "tool_call_id", "") == tool_call
        ]

    def request(self, call_id: str | None = None, tool: str = "book_visit", **arguments: Any) -> ToolRequested:
        """A booking for Anna in her own hour, with what is given in place of that."""
        call = call_id or new_id("call")
        asked: dict[str, Any] = {**next(SLOTS).model_dump(mode="json"), "name": "Anna Miller"} | arguments
        return ToolRequested(
            call_id=call,
            region=self.region,
            tool_call_id=tool_call_id(call, tool, asked),
            tool=tool,
            arguments=asked,
            turn=1,
            caller="+15550100",
            timezone="America/New_York",
        )


Serve = Callable[[Callable[[str], None]], Awaitable[None]]
Running = Callable[[Serve], AbstractAsyncContextManager[asyncio.Task[None]]]


@pytest.fixture(scope="session")
def running() -> Running:
    """``async with _running(serve)``: a role in this process."""
    return _running


@asynccontextmanager
async def _running(serve: Serve) -> AsyncIterator[asyncio.Task[None]]:
    """A role in this process, ready to serve."""
    ready = asyncio.Event()

    async def role() -> None:
        await serve(lambda text: ready.set())

    task = asyncio.create_task(role())
    waiting = asyncio.create_task(ready.wait())
    try:
        await asyncio.wait((task, waiting), timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            task.result()
        assert ready.is_set(), "The role is not ready."
        yield task
    finally:
        waiting.cancel()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


class Process:
    """A role in a process of its own, as production runs it."""

    def __init__(self, role: str, settings: dict[str, str]) -> None:
        self._role = role
        self._settings = settings
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Return once it serves."""
        program = Path(sysconfig.get_path("scripts")) / "trunkline"
        environment = {name: value for name, value in os.environ.items() if not name.startswith("TRUNKLINE_")}
        self._process = await asyncio.create_subprocess_exec(
            program, self._role, env=environment | self._settings, stdout=asyncio.subprocess.PIPE, stderr=sys.stderr
        )
        assert self._process.stdout is not None
        line = await asyncio.wait_for(self._process.stdout.readline(), PATIENCE)
        assert b"ready" in line, f"{self._role} did not start: {line!r}"

    async def end(self, number: int) -> int:
        """Send the signal, and return what the process ended with."""
        assert self._process is not None
        if self._process.returncode is None:
            self._process.send_signal(number)
        return await asyncio.wait_for(self._process.wait(), PATIENCE)


@pytest_asyncio.fixture
async def processes(
    worker_settings: WorkerSettings, bridge_settings: BridgeSettings
) -> AsyncIterator[Callable[[str], Awaitable[Process]]]:
    """``await processes("worker")`` starts one; all are gone in the end."""
    settings = {
        f"TRUNKLINE_{name.upper()}": value.get_secret_value() if isinstance(value, SecretStr) else str(value)
        for name, value in (worker_settings.model_dump() | bridge_settings.model_dump(exclude_defaults=True)).items()
        if value not in (None, "")
    }
    started: list[Process] = []

    async def start(role: str) -> Process:
        process = Process(role, settings)
        started.append(process)
        await process.start()
        return process

    yield start
    for process in started:
        with contextlib.suppress(ProcessLookupError):
            await process.end(signal.SIGKILL)


@pytest.fixture(scope="module")
def region() -> str:
    """A region of the test module's own: its own stream and its own task queue."""
    return f"t{uuid.uuid4().hex[:8]}"


@pytest.fixture(scope="module")
def worker_settings(engines: Engines, postgres_dsn: str, region: str) -> WorkerSettings:
    return WorkerSettings(
        region=region,
        nats_url=engines.nats_url,
        temporal_address=engines.temporal_address,
        postgres_dsn=SecretStr(postgres_dsn),
        deployment=f"trunkline-{region}",
        shutdown_seconds=3,
    )


@pytest.fixture(scope="module")
def bridge_settings(engines: Engines, region: str) -> BridgeSettings:
    return BridgeSettings(
        region=region,
        nats_url=engines.nats_url,
        temporal_address=engines.temporal_address,
        ack_seconds=2,
        rpc_seconds=1.5,
        orphan_seconds=1,
        lost_seconds=3600,
        shutdown_seconds=3,
        metrics_port=free_ports(1)[0],
    )


@pytest_asyncio.fixture(scope="module")
async def running_worker(worker_settings: WorkerSettings) -> AsyncIterator[asyncio.Task[None]]:
    async with _running(lambda ready: worker.serve(worker_settings, ready)) as task:
        yield task


@pytest_asyncio.fixture(scope="module")
async def running_bridge(bridge_settings: BridgeSettings) -> AsyncIterator[asyncio.Task[None]]:
    async with _running(lambda ready: bridge.serve(bridge_settings, ready)) as task:
        yield task


@pytest_asyncio.fixture
async def edge(nats_client: Client, region: str) -> Edge:
    edge = Edge(nats_client, region)
    await edge.open()
    return edge


@pytest_asyncio.fixture
async def database(postgres_dsn: str) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    connection = await asyncpg.connect(postgres_dsn)
    yield connection
    await connection.close()
