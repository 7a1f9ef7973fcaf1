"""The bridge: the one place where NATS meets Temporal. ``serve`` puts the process together, with a reaper beside it.

A durable JetStream consumer hands out the events that workflows wait for. One is acknowledged when Temporal has it, not
before, so that a bridge which dies loses nothing; what comes twice therefore changes nothing (see ``workers.carrier``).
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from functools import partial

import structlog
from nats.aio.client import Client as Nats
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from prometheus_client import CollectorRegistry, Counter, start_http_server
from pydantic import ValidationError
from temporalio.service import RPCError

from schemas.base import Event
from schemas.events import TO_WORKFLOWS, decode
from schemas.subjects import call_subject, calls_stream, parse
from workers import consumer
from workers.adapters import nats as bus
from workers.carrier import Carrier, Done
from workers.consumer import Consumer, Pull
from workers.lanes import Lanes
from workers.reaper import Reaper
from workers.searchable import ensure_searchable
from workers.settings import BridgeSettings
from workers.telemetry import Telemetry
from workers.temporal import connect
from workers.waiting import until_there

log = structlog.get_logger(__name__)

CONSUMER = "bridge"
STUCK = 60.0
"""Seconds for which an event is tried in its place, those of its call behind it, while others do get through."""
LONGEST = 600.0
"""The same while none gets through, since Temporal is away. After that the order of a call is no longer kept."""

TROUBLE = (RPCError, *consumer.TROUBLE)
"""What means that an engine is away for a while."""


class Bridge:
    """Pulls events, carries each to Temporal, acknowledges it."""

    def __init__(self, js: JetStreamContext, carrier: Carrier, settings: BridgeSettings) -> None:
        self._carrier = carrier
        self._settings = settings
        config = ConsumerConfig(
            durable_name=CONSUMER,
            deliver_policy=DeliverPolicy.ALL,
            ack_policy=AckPolicy.EXPLICIT,
            ack_wait=settings.ack_seconds,
            max_ack_pending=10_000,
            filter_subjects=[call_subject(settings.region, kind=kind.kind) for kind in TO_WORKFLOWS],
        )
        self._consumer = Consumer(js, settings.region, config)
        self._lanes = Lanes(settings.in_flight)
        self._held: dict[int, tuple[Msg, float]] = {}
        """What waits or is carried here, by its place in the stream, and since when."""
        self._closing = asyncio.Event()
        self._clock = asyncio.get_running_loop().time
        self._got_through = 0.0
        """When Temporal last took an event."""
        self.registry = CollectorRegistry()
        self.counted = Counter(
            "trunkline_bridge_events",
            "Events by kind and by what became of them.",
            ("kind", "outcome"),
            registry=self.registry,
        )
        self.reaped = Counter(
            "trunkline_bridge_calls_reaped",
            "Calls that were ended here because no edge carried them any more.",
            registry=self.registry,
        )

    async def open(self) -> None:
        """Make the durable consumer where it is missing.

        Raises:
            nats.errors.Error: JetStream is not there.
        """
        await self._consumer.ensure()

    async def run(self) -> None:
        """Carry events until cancelled; then finish those under way."""
        async with asyncio.TaskGroup() as group:
            holding = group.create_task(self._hold(), name="hold")
            try:
                await self._consumer.run(self._take)
            finally:
                self._closing.set()
                await self._lanes.drain(self._settings.shutdown_seconds)
                holding.cancel()

    async def _hold(self) -> None:
        """Keep JetStream from giving to another, or to us once more, what waits here for longer than its patience."""
        while True:
            await asyncio.sleep(self._settings.ack_seconds / 3)
            for msg, _ in list(self._held.values()):
                with suppress(*TROUBLE):
                    await msg.in_progress()

    async def _take(self, pull: Pull) -> None:
        await self._lanes.room()
        found: list[Msg] = []
        try:
            found = await pull(1)  # nats-py fills a larger batch before it returns the first of it.
        finally:
            if not found:
                self._lanes.leave()
        for msg in found:
            place = msg.metadata.sequence.stream
            if place in self._held:
                self._lanes.leave()  # NATS was away for longer than its patience; the first of them is acknowledged.
            else:
                self._held[place] = msg, self._clock()
                self._lanes.put(msg.subject.rpartition(".")[0], partial(self._handle, msg))

    async def _handle(self, msg: Msg) -> None:
        kind = msg.subject.rpartition(".")[2]
        try:
            outcome = await self._carried(msg)
        except Exception:
            # A fault of ours: it must not stop the others, nor is the event lost.
            log.exception("An event could not be carried.", subject=msg.subject)
            outcome = "error"
            with suppress(*TROUBLE):
                await msg.nak(delay=_pause(msg.metadata.num_delivered))
        finally:
            del self._held[msg.metadata.sequence.stream]
        self.counted.labels(kind, outcome).inc()

    async def _carried(self, msg: Msg) -> str:
        try:
            event = _event(msg)
        except (KeyError, ValueError) as error:
            log.error("A malformed event is thrown away.", subject=msg.subject, size=len(msg.data), why=_brief(error))
            with suppress(*TROUBLE):
                await msg.term()
            return "malformed"
        tries = 0
        while True:
            tries += 1
            try:
                async with asyncio.timeout(self._settings.rpc_seconds):
                    verdict = await self._carrier.carry(event, msg.metadata.timestamp.timestamp())
                self._got_through = self._clock()
                if isinstance(verdict, Done):
                    await msg.ack()
                    return verdict.outcome
                # It has to wait for something of its own, which those behind it need not.
                why, stays = verdict.why, False
            except TROUBLE as error:
                why, stays = _brief(error), not self._closing.is_set() and not self._stuck(msg)
            delay = _pause(tries if stays else msg.metadata.num_delivered)
            log.warning("An event is tried again later.", kind=event.kind, call=event.call_id, seconds=delay, why=why)
            if not stays:
                with suppress(*TROUBLE):
                    await msg.nak(delay=delay)
                return "later"
            self.counted.labels(event.kind, "later").inc()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._closing.wait(), delay)

    def _stuck(self, msg: Msg) -> bool:
        """Whether the event has been held for so long that others go first from now on."""
        since = self._held[msg.metadata.sequence.stream][1]
        return self._clock() - since > (STUCK if self._got_through > since else LONGEST)


def _pause(tries: int) -> float:
    """Seconds until the next try: 0.25, 0.5, ... 5."""
    return float(min(5.0, 0.25 * 2 ** min(10, tries - 1)))


def _event(msg: Msg) -> Event:
    region, call_id, kind = parse(msg.subject)
    event = decode(kind, msg.data)
    if (event.region, event.call_id) != (region, call_id):
        raise ValueError(f"It says it is of call {event.call_id} in {event.region}.")
    return event


def _brief(error: BaseException) -> str:
    if isinstance(error, ValidationError):
        # Without the input, which may hold what is a caller's own.
        return "; ".join(f"{problem['loc']}: {problem['msg']}" for problem in error.errors(include_input=False)[:5])
    return f"{type(error).__name__}: {error}"[:300]


async def serve(settings: BridgeSettings, ready: Callable[[str], None]) -> None:
    """Run until cancelled; then finish what is under way, within ``shutdown_seconds``.

    Waits for NATS and Temporal where they are not there yet. ``ready`` is called once events are carried.

    Raises:
        ExceptionGroup: the bridge or its reaper has a defect; both are ended by then.
    """
    telemetry = Telemetry(settings.otlp_endpoint, "bridge", settings.region)
    connection: Nats | None = None
    try:
        connection = await until_there(
            f"NATS at {settings.nats_url}", lambda: bus.connect(settings.nats_url, f"bridge-{settings.region}")
        )
        keys = settings.payload_keys.get_secret_value()
        client = await connect(settings.temporal_address, settings.temporal_namespace, telemetry, keys)
        js = connection.jetstream()
        carrier = Carrier(
            client,
            settings.region,
            bus.ToolsBucket(js),
            bus.NatsPublisher(connection),
            telemetry,
            orphan_seconds=settings.orphan_seconds,
            searchable=await ensure_searchable(client),
            pseudonym_key=settings.pseudonym_key.get_secret_value(),
        )
        bridge = Bridge(js, carrier, settings)
        await until_there("JetStream", bridge.open)
        reaper = Reaper(connection, settings.region, settings.lost_seconds, bridge.reaped.inc)
        if settings.metrics_port is not None:
            start_http_server(settings.metrics_port, "127.0.0.1", bridge.registry)
        ready(f"{calls_stream(settings.region)} to {settings.temporal_address}")
        async with asyncio.TaskGroup() as both:
            both.create_task(bridge.run(), name="bridge")
            both.create_task(reaper.run(), name="reaper")
    finally:
        if connection is not None:
            await connection.close()
        await asyncio.to_thread(telemetry.close)
