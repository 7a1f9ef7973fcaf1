"""Events on their way out: a bounded queue, one task that empties it, and the disk for when NATS is not there.

Order is one line: what is on disk is older than what is queued, and what is in the air is older than both or comes
from the disk. So an event never overtakes an earlier one, whatever fails in between; what is sent twice on the way is
known to JetStream by its id.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol, TypeVar

import structlog

from edge.errors import NotStored
from edge.metrics import Metrics
from edge.patience import GRANTED, STALLED
from edge.spill import Record, Spill

log = structlog.get_logger(__name__)
T = TypeVar("T")

QUEUE = 8192
"""Events queued before the lossy kinds are dropped and the others go to disk."""
WINDOW = 512
"""Events in the air, not yet acknowledged."""
WINDOW_BYTES = 1024 * 1024
ACK_SECONDS = 2.0
"""An acknowledgement that takes longer means that the connection is no good."""
STORE_SECONDS = 0.15
"""How long a store waits for JetStream before it goes to disk."""
DISK_SECONDS = 1.0
RETRY_SECONDS = 1.0
"""Pause before a disk, or a JetStream, that refused is asked again; after each further refusal of JetStream's twice as
long, up to the longest."""
LONGEST_RETRY_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Refusal:
    """JetStream's no. ``final``: it will never take this event. ``away``: the connection, or the stream, is no good."""

    final: bool
    message: str
    away: bool = False


class Link(Protocol):
    """One connection to NATS."""

    max_payload: int
    """Bytes of headers and body that the server takes."""

    def congested(self) -> bool:
        """Whether so much is unsent that what may be lost had better be."""

    async def send(self, record: Record, ticket: int | None) -> None:
        """Send it; with a ticket, ``Outbox.answered`` is told JetStream's answer."""


@dataclass(slots=True, eq=False)
class Item:
    """A queued event. ``safe`` is done when it is stored, or failed with NotStored."""

    record: Record
    durable: bool
    safe: asyncio.Future[None] | None = None
    sent_at: float = 0.0


class Outbox:
    """``run`` is its task. ``lost`` is told when the link turns out to be no good; attach a new one then."""

    def __init__(self, spill: Spill, metrics: Metrics, lost: Callable[[str], None]) -> None:
        self._spill = spill
        self._metrics = metrics
        self._lost = lost
        self._link: Link | None = None
        self._queue: deque[Item] = deque()
        self._air: dict[int, Item] = {}
        self._air_bytes = 0
        self._batch = False
        """What is in the air comes from the disk."""
        self._ticket = 0
        self._to_disk = False
        self._disk_rests_until = 0.0
        self._refused_until = 0.0
        """While JetStream rests, since it refused for a reason of its own."""
        self._pause = 0.0
        self._granted_until = 0.0
        """Until when acknowledgements may be read that came while this process stood still."""
        self._wake = asyncio.Event()
        self._disk = ThreadPoolExecutor(1, "spill")
        self._stop_at: float | None = None
        self._loop = asyncio.get_running_loop()
        metrics.spill_waiting.set(spill.waiting)

    def put(self, record: Record, *, durable: bool) -> None:
        """Queue the event; never waits."""
        if self._stop_at is not None:
            self._drop(Item(record, durable), "closed")
            return
        if len(self._queue) >= QUEUE:
            if not durable or len(self._queue) >= 2 * QUEUE:
                self._drop(Item(record, durable), "overflow")
                return
            self._to_disk = True
        self._queue.append(Item(record, durable))
        self._wake.set()

    async def store(self, record: Record) -> None:
        """Queue the event and return once it is safe.

        Raises:
            NotStored: neither JetStream nor the disk will have it; with code ``unknown`` either may.
        """
        if self._stop_at is not None:
            raise NotStored("closing", "The event was not stored: this process is shutting down.", retryable=True)
        if len(self._queue) >= 2 * QUEUE:
            raise NotStored("overflow", "The event was not stored: too many wait already.", retryable=True)
        item = Item(record, True, self._loop.create_future())
        self._queue.append(item)
        self._to_disk = self._to_disk or self._link is None or self._spill.waiting > 0
        self._wake.set()
        assert item.safe is not None
        # Whoever gave up waiting is not there to hear of a failure; it is logged where it happens.
        item.safe.add_done_callback(lambda safe: safe.cancelled() or safe.exception())
        for seconds in (STORE_SECONDS, DISK_SECONDS):
            await asyncio.wait((item.safe,), timeout=seconds)
            if item.safe.done():
                return item.safe.result()
            self._to_disk = True
            self._wake.set()
        if item not in self._queue:
            raise NotStored("unknown", "Nobody knows whether the event was stored: neither NATS nor the disk answered.")
        self._queue.remove(item)
        raise NotStored("timeout", "The event was not stored: neither NATS nor the disk answered.", retryable=True)

    def attach(self, link: Link) -> None:
        """NATS is there."""
        self._link = link
        self._wake.set()

    def detach(self) -> None:
        """NATS is gone; what is in the air is taken back. Harmless when it is gone already."""
        self._link = None
        self._take_back()

    def _take_back(self) -> None:
        if self._batch:
            self._air.clear()
            self._air_bytes = 0
            self._batch = False
        elif self._air:
            # Saved before anything newer is sent, also when the next link is there at once.
            self._to_disk = True
        self._wake.set()

    def answered(self, ticket: int, refusal: Refusal | None) -> None:
        """JetStream's answer to what was sent with this ticket."""
        item = self._air.get(ticket)
        if item is None:
            return
        if refusal is None:
            self._land(ticket)
            self._pause = 0.0
            self._metrics.published.labels(item.record.kind).inc()
            if item.safe is not None and not item.safe.done():
                item.safe.set_result(None)
        elif refusal.final:
            self._land(ticket)
            self._drop(item, "refused", refusal.message)
        elif refusal.away:
            self._give_up(refusal.message)
        else:
            self._be_refused(refusal.message)
        self._wake.set()

    def _be_refused(self, why: str) -> None:
        """JetStream is there and has trouble, a full disk say: another connection would not help."""
        if not self._pause:
            log.warning("JetStream takes no events; they wait on disk.", why=why)
        self._pause = min(max(RETRY_SECONDS, 2 * self._pause), LONGEST_RETRY_SECONDS)
        self._refused_until = self._loop.time() + self._pause
        self._take_back()

    async def run(self) -> None:
        """Send, acknowledge, save: until ``close``."""
        while not self._finished():
            self._wake.clear()
            try:
                await self._advance()
            except Exception:
                # A mistake here must not end the only task that empties the queue.
                log.exception("The outbox stumbled and goes on.")
                self._disk_rests_until = self._loop.time() + RETRY_SECONDS
            await self._rest()
        self._link = None
        self._disk_rests_until = 0.0
        await self._save()
        await self._on_disk(self._spill.close)
        self._disk.shutdown(wait=False)

    def close(self, seconds: float) -> None:
        """Let ``run`` end: once all is sent, or after so many seconds with the rest on disk."""
        self._stop_at = self._loop.time() + seconds
        self._wake.set()

    def _finished(self) -> bool:
        if self._stop_at is None:
            return False
        settled = not self._queue and not self._air and not self._spill.waiting
        return settled or self._link is None or self._loop.time() >= self._stop_at

    async def _advance(self) -> None:
        if self._air and (late := self._loop.time() - self._due()) >= 0:
            if late > STALLED and self._due() != self._granted_until:
                self._granted_until = self._loop.time() + GRANTED
            else:
                self._give_up("No acknowledgement came in time.")
        if self._open_link() is None or self._to_disk:
            await self._save()
        if (link := self._open_link()) and self._spill.waiting and (self._batch or not self._air):
            await self._drain(link)
        if (link := self._open_link()) and not self._spill.waiting:
            await self._send_queue(link)
        self._metrics.spill_waiting.set(self._spill.waiting)

    def _open_link(self) -> Link | None:
        """The link, where something may be sent now."""
        return self._link if self._refused_until <= self._loop.time() else None

    async def _rest(self) -> None:
        now = self._loop.time()
        ends = [self._due()] if self._air else []
        ends += [until for until in (self._disk_rests_until, self._refused_until) if until > now]
        if self._stop_at is not None:
            ends.append(self._stop_at)
        try:
            async with asyncio.timeout_at(min(ends, default=None)):
                await self._wake.wait()
        except TimeoutError:
            pass

    async def _send_queue(self, link: Link) -> None:
        while self._queue and not self._to_disk and self._open_link() is link and self._has_room():
            await self._send(link, self._queue.popleft())

    async def _drain(self, link: Link) -> None:
        """The next batch from the disk, once the one before is acknowledged."""
        if self._batch:
            if self._air:
                return
            self._batch = False
            await self._on_disk(self._spill.done)
        if not self._spill.waiting or self._open_link() is not link:
            return
        unreadable = self._spill.unreadable
        records = await self._on_disk(self._spill.read)
        self._metrics.unreadable.labels("spill").inc(self._spill.unreadable - unreadable)
        for record in records:
            if self._open_link() is not link:
                return
            self._batch = True
            await self._send(link, Item(record, True))
        if not self._air and self._open_link() is link:
            # Nothing of it is to be waited for.
            self._batch = True
            self._wake.set()

    async def _send(self, link: Link, item: Item) -> None:
        record = item.record
        if record.size > link.max_payload:
            self._drop(item, "too_big", f"It has {record.size} bytes; NATS takes {link.max_payload}.")
            return
        if not item.durable and link.congested():
            self._drop(item, "congested")
            return
        ticket = None
        if item.durable:
            self._ticket = ticket = self._ticket + 1
            item.sent_at = self._loop.time()
            self._air[ticket] = item
            self._air_bytes += record.size
        try:
            await link.send(record, ticket)
        except Exception as error:
            self._give_up(f"Sending failed: {error}")
            return
        if ticket is None:
            self._metrics.published.labels(record.kind).inc()

    async def _save(self) -> None:
        """Put on disk what is in the air (unless it came from there) and what is queued."""
        promised = any(item.safe is not None for item in self._queue)
        if not promised and self._disk_rests_until > self._loop.time():
            return
        self._to_disk = False
        items = self._take_all()
        if not items:
            return
        promised = any(item.safe is not None for item in items)
        try:
            records = [item.record for item in items]
            count = await self._on_disk(lambda: self._spill.append(records, promised=promised, sync=promised))
            self._metrics.spill_waiting.set(self._spill.waiting)
            trouble = f"The spill file {self._spill.path} is full."
        except OSError as error:
            count, trouble = 0, f"The spill file {self._spill.path} cannot be written: {error}"
        for item in items[:count]:
            self._metrics.spilled.labels(item.record.kind).inc()
            if item.safe is not None and not item.safe.done():
                item.safe.set_result(None)
        if count < len(items):
            self._keep(items[count:], trouble)

    def _take_all(self) -> list[Item]:
        items = [] if self._batch else list(self._air.values())
        if not self._batch:
            self._air.clear()
            self._air_bytes = 0
        while self._queue:
            item = self._queue.popleft()
            if item.durable:
                items.append(item)
            else:
                self._drop(item, "away")
        return items

    def _keep(self, items: Sequence[Item], trouble: str) -> None:
        """The disk has no place for these: who waits is told, the others stay in memory for a better moment."""
        self._disk_rests_until = self._loop.time() + RETRY_SECONDS
        log.error("Events cannot be saved while NATS is away.", events=len(items), why=trouble)
        for item in reversed(items):
            if item.safe is None and len(self._queue) < 2 * QUEUE:
                self._queue.appendleft(item)
            else:
                self._drop(item, "disk", trouble)

    def _give_up(self, why: str) -> None:
        if self._link is not None:
            self.detach()
            self._lost(why)

    def _drop(self, item: Item, reason: str, why: str = "") -> None:
        self._metrics.dropped.labels(item.record.kind, reason).inc()
        if item.durable:
            log.error("An event is lost.", kind=item.record.kind, id=item.record.id, reason=reason, why=why)
        if item.safe is not None and not item.safe.done():
            item.safe.set_exception(NotStored(reason, f"The event was not stored. {why}".rstrip()))

    def _land(self, ticket: int) -> None:
        self._air_bytes -= self._air.pop(ticket).record.size

    def _due(self) -> float:
        """When the oldest in the air should have been acknowledged."""
        return max(next(iter(self._air.values())).sent_at + ACK_SECONDS, self._granted_until)

    def _has_room(self) -> bool:
        return len(self._air) < WINDOW and self._air_bytes < WINDOW_BYTES

    def _on_disk(self, work: Callable[[], T]) -> Awaitable[T]:
        return self._loop.run_in_executor(self._disk, work)
