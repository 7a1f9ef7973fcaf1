"""Reading a JetStream stream as it grows: nothing missed, nothing out of order, through any number of connections."""

import asyncio
from collections.abc import Callable
from datetime import datetime

import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

from edge.patience import GRANTED, STALLED

log = structlog.get_logger(__name__)

HEARTBEAT = 1.0
"""Seconds of silence after which the server says that it is still there."""
SILENCE = 3 * HEARTBEAT
"""Seconds of silence after which the consumer is made anew."""


class Follower:
    """One stream, some of its subjects, one reader.

    Without acknowledgements and with its own memory of where it is: the consumer on the server is thrown away and
    made anew from the next sequence after each gap, silence or reconnect. The client's ordered consumer does the same
    except that it gives up when making it anew fails once.

    ``latest``: start with the last message of each subject, every time (a key-value bucket). Otherwise start with the
    first message after now, and go on from there.
    """

    def __init__(
        self,
        stream: str,
        subjects: list[str],
        receive: Callable[[Msg], None],
        *,
        latest: bool = False,
    ) -> None:
        self._stream = stream
        self._subjects = subjects
        self._receive = receive
        self._latest = latest
        self._next: int | None = None
        self._created: datetime | None = None
        self._consumer_seq = 0
        self._sign_at = 0.0
        self._broken = asyncio.Event()
        self._ready: Callable[[], None] | None = None

    async def follow(
        self, nc: Client, js: JetStreamContext, ready: Callable[[], None], begin: Callable[[], None] = lambda: None
    ) -> None:
        """Read until cancelled.

        ``begin`` is called whenever reading starts (again), ``ready`` when nothing from then on can be missed; with
        ``latest`` when the last message of every subject has been received.

        Raises:
            nats.errors.Error: the stream is not there, or NATS is not.
        """
        loop = asyncio.get_running_loop()
        while True:
            begin()
            self._ready = ready
            self._broken.clear()
            self._consumer_seq = 0
            self._sign_at = loop.time()

            async def take(msg: Msg) -> None:
                if not self._broken.is_set():
                    self._take(msg, loop.time())

            start = await self._start(js)
            inbox = nc.new_inbox()
            subscription = await nc.subscribe(inbox, cb=take)
            try:
                info = await js.add_consumer(self._stream, start, deliver_subject=inbox)
                nothing = not info.num_pending and (info.delivered is None or not info.delivered.consumer_seq)
                if nothing or not self._latest:
                    self._caught_up()
                await self._until_broken(loop)
            finally:
                if not nc.is_closed:
                    await subscription.unsubscribe()

    async def _start(self, js: JetStreamContext) -> ConsumerConfig:
        config = ConsumerConfig(
            ack_policy=AckPolicy.NONE,
            filter_subjects=self._subjects,
            idle_heartbeat=HEARTBEAT,
            inactive_threshold=SILENCE,
            max_deliver=1,
            mem_storage=True,
            num_replicas=1,
        )
        if self._latest:
            return config.evolve(deliver_policy=DeliverPolicy.LAST_PER_SUBJECT)
        info = await js.stream_info(self._stream)
        if self._next is None:
            self._next = info.state.last_seq + 1
        elif info.created != self._created:
            # Another stream of the same name: all of it is news. Readers know events they have seen by their ids.
            log.warning("The stream was made anew; reading it from its beginning.", stream=self._stream)
            self._next = 1
        self._created = info.created
        return config.evolve(deliver_policy=DeliverPolicy.BY_START_SEQUENCE, opt_start_seq=self._next)

    async def _until_broken(self, loop: asyncio.AbstractEventLoop) -> None:
        while not self._broken.is_set() and (left := self._sign_at + SILENCE - loop.time()) > 0:
            try:
                async with asyncio.timeout(left):
                    await self._broken.wait()
            except TimeoutError:
                if loop.time() - self._sign_at - SILENCE > STALLED:
                    await asyncio.sleep(GRANTED)  # For what came while this process stood still.
        log.warning("The consumer missed something or went silent; making it anew.", stream=self._stream)

    def _take(self, msg: Msg, now: float) -> None:
        self._sign_at = now
        headers = msg.headers or {}
        if headers.get("Status") == "100":
            # A heartbeat tells the last sequence that was sent: what went missing at the tail shows here.
            if headers.get("Nats-Last-Consumer", str(self._consumer_seq)) != str(self._consumer_seq):
                self._broken.set()
            return
        sequence = msg.metadata.sequence
        if sequence.consumer != self._consumer_seq + 1:
            self._broken.set()
            return
        self._consumer_seq = sequence.consumer
        self._next = sequence.stream + 1
        self._receive(msg)
        if not msg.metadata.num_pending:
            self._caught_up()

    def _caught_up(self) -> None:
        if self._ready is not None:
            self._ready()
            self._ready = None


async def read(nc: Client, js: JetStreamContext, stream: str, subject: str) -> list[tuple[str, bytes]]:
    """All messages that are on these subjects now, (subject, body), in order. Waits without end; bound it.

    Raises:
        nats.errors.Error: the stream is not there, or NATS is not.
    """
    messages: list[tuple[str, bytes]] = []
    done = asyncio.Event()

    async def take(msg: Msg) -> None:
        messages.append((msg.subject, msg.data))
        if not msg.metadata.num_pending:
            done.set()

    config = ConsumerConfig(
        ack_policy=AckPolicy.NONE,
        deliver_policy=DeliverPolicy.ALL,
        filter_subject=subject,
        inactive_threshold=SILENCE,
        max_deliver=1,
        mem_storage=True,
        num_replicas=1,
    )
    inbox = nc.new_inbox()
    subscription = await nc.subscribe(inbox, cb=take)
    try:
        info = await js.add_consumer(stream, config, deliver_subject=inbox)
        if info.num_pending or (info.delivered and info.delivered.consumer_seq):
            await done.wait()
    finally:
        if not nc.is_closed:
            await subscription.unsubscribe()
    return messages
