"""The bus over NATS: events out through the outbox, events in to the calls of this node, tools from their bucket."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
import nats.errors
import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.api import StorageType, StreamConfig
from nats.js.errors import BadRequestError

from edge.core.conversation import Tool
from edge.errors import EdgeError, NotStored
from edge.follow import Follower, read
from edge.link import NatsLink
from edge.metrics import Metrics
from edge.outbox import Outbox
from edge.spill import Record, Spill
from edge.toolbox import Toolbox
from schemas.base import Event
from schemas.conversations import events_of
from schemas.events import TO_EDGE, TO_OTHER_EDGES, decode, encode, headers
from schemas.subjects import call_subject, calls_stream, parse, process_subject, subject
from schemas.tools import ToolSpec

log = structlog.get_logger(__name__)

CONNECT_SECONDS = 2
RETRY_SECONDS = 0.25
START_SECONDS = 3.0
"""How long a start waits for NATS before it goes on without."""
CLOSE_SECONDS = 3.0
ASK_SECONDS = 1.0
"""How long another process may take to answer."""
RECALL_SECONDS = 2.0
"""How long the events of a call may take to read."""
SEEN = 1024
"""Event ids remembered of each call, to hear each event once."""


async def ensure_stream(js: JetStreamContext, region: str) -> None:
    """Make the region's stream of durable events where it is missing; whoever comes first makes it.

    Raises:
        nats.errors.Error: JetStream did not answer, or refused.
    """
    config = StreamConfig(
        name=calls_stream(region),
        subjects=[call_subject(region, ">").removesuffix(".*")],
        storage=StorageType.FILE,
        max_age=7 * 24 * 3600,
        duplicate_window=120,
    )
    with suppress(BadRequestError):  # It is there, in another's form.
        await js.add_stream(config)


class NatsBus:
    """``edge.ports.Bus`` over NATS. Made by ``connect``."""

    def __init__(self, url: str, region: str, node: str, spill: Spill, metrics: Metrics) -> None:
        self._servers = url.split(",")
        self._region = region
        self._node = node
        self._metrics = metrics
        self._toolbox = Toolbox(metrics)
        self._ears: dict[str, tuple[Callable[[Event], None], dict[str, None]]] = {}
        kinds = [call_subject(region, kind=event.kind) for event in (*TO_EDGE, *TO_OTHER_EDGES)]
        self._follower = Follower(calls_stream(region), kinds, self._receive)
        self._outbox = Outbox(spill, metrics, self._lost)
        self._broken = asyncio.Event()
        self._ready = asyncio.Event()
        self._up = False
        self._why = ""
        """Why the outbox gave the connection up."""
        self._told = False
        """Whether it was said that NATS is not there."""
        self._connection: tuple[Client, JetStreamContext] | None = None
        self._answers: dict[str, Callable[[bytes], Awaitable[bytes | None]]] = {}
        self._side: set[asyncio.Task[None]] = set()
        self._tasks = [asyncio.create_task(self._outbox.run()), asyncio.create_task(self._stay_connected())]

    @classmethod
    async def connect(
        cls,
        url: str,
        region: str,
        node: str,
        spill: Path,
        metrics: Metrics | None = None,
        patience: float = START_SECONDS,
    ) -> "NatsBus":
        """A bus that is connected, or will be as soon as NATS is there: it waits ``patience`` seconds for that.

        ``url``: one server or several, with commas between. ``node``: this process's name, shown by NATS.
        ``spill``: the file for durable events while NATS is away; no two processes may share it. What is left in other
        ``*.jsonl`` files of its folder, which should hold nothing else, is sent as well.

        Raises:
            OSError: the spill file cannot be made, or another process has it.
        """
        bus = cls(url, region, node, await asyncio.to_thread(_opened, spill), metrics or Metrics.create())
        with suppress(TimeoutError):
            async with asyncio.timeout(patience):
                await bus._ready.wait()
        return bus

    @property
    def connected(self) -> bool:
        """Whether NATS is there."""
        return self._up

    def publish(self, event: Event) -> None:
        """Queue the event; never waits, never raises."""
        try:
            record = _record(event)
        except Exception:
            # A value that is no JSON: the mistake of one call, which must not end it.
            self._metrics.dropped.labels(event.kind, "unreadable").inc()
            log.exception("An event cannot be written as JSON and is lost.", kind=event.kind, call=event.call_id)
            return
        self._outbox.put(record, durable=event.durable)

    async def store(self, event: Event) -> None:
        """Return once the event is on JetStream, or on local disk while NATS does not answer.

        Raises:
            NotStored: it is on neither; or, with code ``unknown``, it may be.
        """
        try:
            record = _record(event)
        except Exception as error:
            raise NotStored("unreadable", f"The event cannot be written as JSON: {error}") from error
        began = asyncio.get_running_loop().time()
        await self._outbox.store(record)
        self._metrics.store_seconds.observe(asyncio.get_running_loop().time() - began)

    def listen(self, call_id: str, hear: Callable[[Event], None]) -> None:
        """From now on hand ``hear`` the events for this call, on the loop, each once. It must not wait."""
        self._ears[call_id] = (hear, {})

    def unlisten(self, call_id: str) -> None:
        """No more of them."""
        self._ears.pop(call_id, None)

    async def recall(self, call_id: str) -> list[Event]:
        """The durable events of this call so far, in order; none where there is no such call.

        Raises:
            EdgeError: ``no_bus``; NATS is not there, or does not answer.
        """
        connection = self._connection
        try:
            if connection is None:
                raise TimeoutError("it is not connected")
            async with asyncio.timeout(RECALL_SECONDS):
                messages = await read(*connection, calls_stream(self._region), call_subject(self._region, call_id))
            return events_of(messages)
        except (nats.errors.Error, OSError, TimeoutError, ValueError) as error:
            why = str(error) or type(error).__name__
            raise EdgeError(
                "no_bus", f"What was said before cannot be read from NATS: {why}.", retryable=True
            ) from error

    def answer(self, name: str, answer: Callable[[bytes], Awaitable[bytes | None]]) -> None:
        """From now on ``answer`` what is asked of ``name``, through any number of connections; None is silence."""
        self._answers[name] = answer
        if self._connection:
            self._own(self._listen(self._connection[0], name))

    async def ask(self, name: str, question: bytes) -> bytes | None:
        """Ask another process of the region; None where there is none of that name, or it does not answer."""
        if self._connection is None:
            return None
        try:
            reply = await self._connection[0].request(process_subject(self._region, name), question, ASK_SECONDS)
        except (nats.errors.Error, OSError, TimeoutError):
            return None
        return bytes(reply.data)

    async def _listen(self, nc: Client, name: str) -> None:
        async def hear(msg: Msg) -> None:
            with suppress(nats.errors.Error):
                if (answer := await self._answers[name](msg.data)) is not None:
                    await msg.respond(answer)

        with suppress(nats.errors.Error, OSError):
            await nc.subscribe(process_subject(self._region, name), cb=hear)

    def _own(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._side.add(task)
        task.add_done_callback(self._side.discard)

    def tools(self) -> dict[str, Tool]:
        """The durable tools that workers offer at this moment, by name."""
        return self._toolbox.tools()

    def tool_specs(self) -> dict[str, ToolSpec]:
        """The same with all that workers say of them, such as ``slow_after``."""
        return dict(self._toolbox.specs)

    async def close(self, seconds: float = CLOSE_SECONDS) -> None:
        """Send what is queued; what is not acknowledged in so many seconds stays on disk for the next start."""
        outbox, connection = self._tasks
        self._outbox.close(seconds)
        await asyncio.wait((outbox,), timeout=seconds + 1.0)
        await _end(outbox, connection)

    async def _stay_connected(self) -> None:
        while True:
            self._why = ""
            try:
                await self._session()
                self._tell(self._why or "It closed the connection.")
            except (nats.errors.Error, OSError, TimeoutError) as error:
                self._tell(self._why or str(error) or repr(error))
            except Exception:
                log.exception("The session with NATS ended by a mistake of ours; starting another.")
            await asyncio.sleep(RETRY_SECONDS)

    def _tell(self, why: str) -> None:
        """Once, however often it is tried again."""
        if not self._told:
            log.warning("NATS is not there; events wait on disk until it is.", why=why)
        self._told = True

    async def _session(self) -> None:
        """One connection, from its making to its loss. Never reused: the client's own reconnect sends what it had
        buffered behind our back, and so out of order."""
        nc = Client()
        self._broken.clear()

        async def closed() -> None:
            self._broken.set()

        async def trouble(error: Exception) -> None:
            log.debug("NATS reports trouble.", why=str(error) or repr(error))

        try:
            # The client tries each server again and again, for minutes, unless told not to: here, twice.
            async with asyncio.timeout(CONNECT_SECONDS * (1 + len(self._servers))):
                await nc.connect(
                    self._servers,
                    name=self._node,
                    allow_reconnect=False,
                    max_reconnect_attempts=1,
                    reconnect_time_wait=0,
                    connect_timeout=CONNECT_SECONDS,
                    ping_interval=2,
                    pending_size=64 * 1024 * 1024,
                    closed_cb=closed,
                    error_cb=trouble,
                )
            await self._serve(nc)
        finally:
            self._broken.set()
            self._up = False
            self._connection = None
            self._outbox.detach()
            self._metrics.connected.set(0)
            with suppress(nats.errors.Error, OSError, TimeoutError):
                async with asyncio.timeout(CONNECT_SECONDS):
                    await nc.close()

    async def _serve(self, nc: Client) -> None:
        js = nc.jetstream(timeout=CONNECT_SECONDS)
        await ensure_stream(js, self._region)
        link = NatsLink(nc, self._outbox.answered)
        await link.open()
        following, tools = asyncio.Event(), asyncio.Event()

        async def welcome() -> None:
            # What the outbox sends may be answered at once, so hearing comes first.
            await following.wait()
            self._outbox.attach(link)
            await tools.wait()
            self._metrics.connected.set(1)
            self._up = True
            self._told = False
            self._connection = nc, js
            for name in self._answers:
                await self._listen(nc, name)
            self._ready.set()
            # Not the whole address: there may be a password in it.
            log.info("NATS is there.", server=nc.connected_url.hostname if nc.connected_url else "")

        tasks = [
            asyncio.create_task(self._broken.wait()),
            asyncio.create_task(self._follower.follow(nc, js, following.set)),
            asyncio.create_task(self._toolbox.watch(nc, js, tools)),
        ]
        greeting = asyncio.create_task(welcome())
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            await _end(*tasks, greeting)

    def _lost(self, why: str) -> None:
        self._why = why
        self._broken.set()

    def _receive(self, msg: Msg) -> None:
        try:
            _, call_id, kind = parse(msg.subject)
            ear = self._ears.get(call_id)
            if ear is None:
                return
            event = decode(kind, msg.data)
        except (KeyError, ValueError) as error:
            self._metrics.unreadable.labels("events").inc()
            log.error("A message is not an event and is skipped.", subject=msg.subject, why=str(error))
            return
        hear, seen = ear
        if event.id in seen:
            return
        seen[event.id] = None
        if len(seen) > SEEN:
            del seen[next(iter(seen))]
        try:
            hear(event)
        except Exception:
            log.exception("A call stumbled over an event.", call=call_id, kind=kind)


def _opened(path: Path) -> Spill:
    spill = Spill(path)
    if found := spill.adopt():
        log.info("Events that another process left on disk are sent now.", events=found, folder=str(path.parent))
    return spill


async def _end(*tasks: "asyncio.Task[Any]") -> None:
    """Cancel until they are done: a request to NATS that is answered at the moment of cancelling swallows it."""
    while pending := [task for task in tasks if not task.done()]:
        for task in pending:
            task.cancel()
        await asyncio.wait(pending, timeout=0.5)
    await asyncio.gather(*tasks, return_exceptions=True)


def _record(event: Event) -> Record:
    return Record(event.id, event.kind, subject(event), headers(event), msgspec.Raw(encode(event)))
