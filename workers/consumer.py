"""What happens in the calls of a region, pulled from a durable consumer for as long as the process runs.

JetStream hands a message out again until it is acknowledged: whoever pulls may die at any moment and loses nothing.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import nats.errors
import structlog
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.api import ConsumerConfig
from nats.js.errors import Error as JetStreamError

from schemas.subjects import calls_stream
from workers.adapters import nats as bus
from workers.waiting import heed_cancellation, until_there

log = structlog.get_logger(__name__)

TROUBLE = (nats.errors.Error, JetStreamError, OSError, TimeoutError)
"""What means that NATS is away for a while."""
PULL = 1.0
"""Seconds that one pull waits on the server; a pull that NATS forgot in a restart costs no more than that."""

Pull = Callable[[int], Awaitable[list[Msg]]]
"""At most so many messages; none where none came within ``PULL``. Raises one of ``TROUBLE``."""


class Consumer:
    """A durable consumer of a region's calls; ``config`` gives its name, and what it is to be handed."""

    def __init__(self, js: JetStreamContext, region: str, config: ConsumerConfig) -> None:
        self._js = js
        self._region = region
        self._stream = calls_stream(region)
        self._config = config

    async def ensure(self) -> None:
        """Make the stream and the consumer where they are missing.

        Raises:
            nats.errors.Error: JetStream is not there.
        """
        await bus.ensure_stream(self._js, self._region)
        await self._js.add_consumer(self._stream, self._config)

    async def _open(self) -> "JetStreamContext.PullSubscription":
        await self.ensure()
        return await self._js.pull_subscribe_bind(consumer=self._config.durable_name, stream=self._stream)

    async def run(self, take: Callable[[Pull], Awaitable[None]]) -> None:
        """Have ``take`` pull, and deal with what came, again and again until cancelled; where NATS was away meanwhile,
        the consumer is opened again."""
        while True:
            subscription = await until_there("JetStream", self._open)
            try:
                await self._pull(subscription, take)
            except TROUBLE as error:
                heed_cancellation()
                log.warning("The consumer must be opened again.", error=f"{type(error).__name__}: {error}")
                await asyncio.sleep(0.2)
            finally:
                with suppress(*TROUBLE):
                    await subscription.unsubscribe()

    async def _pull(
        self, subscription: "JetStreamContext.PullSubscription", take: Callable[[Pull], Awaitable[None]]
    ) -> None:
        async def pull(most: int) -> list[Msg]:
            try:
                return await subscription.fetch(most, timeout=PULL)
            except TimeoutError:  # By either name: nats-py's own, and Python's where its time was up between two asks.
                return []

        while True:
            await take(pull)
            heed_cancellation()
