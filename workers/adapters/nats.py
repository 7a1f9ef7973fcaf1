"""NATS as the durable side uses it: the region's stream, events into it, and the bucket of tools."""

import asyncio
from collections.abc import Iterable
from contextlib import suppress

import nats.errors
import structlog
from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.api import StorageType, StreamConfig
from nats.js.errors import (
    APIError,
    BadRequestError,
    BucketNotFoundError,
    InvalidKeyError,
    KeyNotFoundError,
    NoKeysError,
)
from nats.js.kv import KeyValue
from pydantic import ValidationError

from schemas.base import Event
from schemas.events import encode, headers
from schemas.subjects import TOOLS_BUCKET, calls_stream, subject
from schemas.tools import ToolSpec

log = structlog.get_logger(__name__)

CONNECT_SECONDS = 2
PUBLISH_SECONDS = 2.0
"""How long JetStream's acknowledgement is waited for; whoever publishes tries again."""


async def subscribed(client: Client) -> None:
    """Return once the server knows of what was subscribed to before, so that nothing published from now on is missed.

    nats-py sends a ping past what it has queued, so that one answer proves nothing; but what was queued before the
    first ping has left before the second.

    Raises:
        nats.errors.Error: the server does not answer.
    """
    for _ in range(2):
        await client.flush()


async def connect(url: str, name: str) -> Client:
    """A connection that comes back by itself, without end, once it was made.

    Raises:
        OSError, nats.errors.Error: no server answers now.
    """

    client = Client()

    async def disconnected() -> None:
        if not client.is_closed:
            log.warning("The connection to NATS is lost; reconnecting.", name=name)

    async def reconnected() -> None:
        log.info("NATS is back.", name=name)

    trouble: Exception | None = None

    async def troubled(error: Exception) -> None:
        nonlocal trouble
        trouble = error
        log.debug("NATS reports trouble.", name=name, error=f"{type(error).__name__}: {error}")

    try:
        # What makes it come back without end also makes the first connection try without end.
        async with asyncio.timeout(CONNECT_SECONDS):
            await client.connect(
                url.split(","),
                name=name,
                connect_timeout=CONNECT_SECONDS,
                reconnect_time_wait=1,
                max_reconnect_attempts=-1,
                ping_interval=5,
                disconnected_cb=disconnected,
                reconnected_cb=reconnected,
                error_cb=troubled,
            )
    except asyncio.CancelledError:
        # Told to stop: the trouble with NATS must not hide it.
        with suppress(Exception):
            await client.close()
        raise
    except Exception as error:
        with suppress(Exception):
            await client.close()
        raise trouble or error from error
    return client


async def ensure_stream(js: JetStreamContext, region: str) -> None:
    """Make the region's stream of durable events where it is missing; whoever comes first makes it.

    Raises:
        nats.errors.Error: JetStream did not answer, or refused.
    """
    config = StreamConfig(
        name=calls_stream(region),
        subjects=[f"trunkline.v1.{region}.calls.>"],
        storage=StorageType.FILE,
        max_age=7 * 24 * 3600,
        duplicate_window=120,
    )
    with suppress(BadRequestError):  # It is there, in another's form.
        await js.add_stream(config)


class NatsPublisher:
    """``Publisher`` on JetStream."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._js = client.jetstream()

    async def publish(self, event: Event) -> None:
        body, head = encode(event), headers(event)
        size = len(body) + sum(len(name) + len(value) + 4 for name, value in head.items()) + 12
        # nats-py counts the body alone; what is too big only with its headers the server answers by hanging up.
        if size > self._client.max_payload:
            raise ValueError(
                f"{event.kind} {event.id} has {size} bytes; NATS takes {self._client.max_payload}. "
                "Have the tool say less, or raise the server's max_payload."
            )
        try:
            await self._js.publish(subject(event), body, headers=head, timeout=PUBLISH_SECONDS)
        except (nats.errors.Error, APIError, TimeoutError) as error:
            raise OSError(f"NATS did not store {event.kind} {event.id}: {type(error).__name__} {error}") from error


class PublishedSpec(ToolSpec):
    """A spec in the bucket, with the name of the deployment that offers the tool and may take it away again."""

    publisher: str = ""


class ToolsBucket:
    """The key-value bucket of tool specs."""

    def __init__(self, js: JetStreamContext) -> None:
        self._js = js
        self._bucket: KeyValue | None = None

    async def find(self, name: str) -> ToolSpec | None:
        """The tool of this name, if a worker offers it.

        Raises:
            nats.errors.Error, nats.js.errors.APIError: the bucket cannot be read now.
        """
        bucket = await self._open()
        with suppress(KeyNotFoundError, InvalidKeyError, ValidationError):
            entry = await bucket.get(name)
            return PublishedSpec.model_validate_json(entry.value or b"")
        return None

    async def names(self) -> list[str]:
        """The names of all tools offered."""
        bucket = await self._open()
        with suppress(NoKeysError):
            return sorted(await bucket.keys())
        return []

    async def offer(self, publisher: str, specs: Iterable[ToolSpec]) -> None:
        """Put these in, and take out what ``publisher`` offered before and does no more."""
        bucket = await self._open()
        offered = {spec.name: PublishedSpec(**spec.model_dump(), publisher=publisher) for spec in specs}
        for name in await self.names():
            there = await self.find(name)
            if name not in offered and isinstance(there, PublishedSpec) and there.publisher == publisher:
                await bucket.delete(name)
                log.info("A tool is no longer offered.", tool=name)
            elif name in offered and there == offered[name]:
                del offered[name]
        for name, spec in offered.items():
            await bucket.put(name, spec.model_dump_json().encode())
            log.info("A tool is offered.", tool=name)

    async def _open(self) -> KeyValue:
        if self._bucket is None:
            try:
                self._bucket = await self._js.key_value(TOOLS_BUCKET)
            except BucketNotFoundError:
                self._bucket = await self._js.create_key_value(bucket=TOOLS_BUCKET, history=1)
        return self._bucket
