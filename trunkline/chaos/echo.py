"""A NATS that delivers everything twice: each event of a call comes once more, a while later, under another id."""

import asyncio
import contextlib
import random
import uuid

import nats
import nats.errors
from nats.aio.client import Client
from nats.aio.msg import Msg

MARK = "Trunkline-Echo"
ID = "Nats-Msg-Id"
LATEST = 3.0
"""Seconds after which the second copy comes, at most."""


class Echo:
    """``run`` it beside a trial."""

    def __init__(self, url: str, region: str, chance: random.Random) -> None:
        self._url = url
        self._subject = f"trunkline.v1.{region}.calls.>"
        self._chance = chance
        self._tasks: set[asyncio.Task[None]] = set()
        self.sent = 0

    async def run(self) -> None:
        """Until cancelled, through any number of NATS's deaths."""
        while True:
            with contextlib.suppress(nats.errors.Error, OSError, TimeoutError):
                await self._session()
            await asyncio.sleep(0.1)

    async def _session(self) -> None:
        closed = asyncio.Event()
        client = Client()

        async def over() -> None:
            closed.set()

        async def hush(_: Exception) -> None:
            """A lost connection ends the session, and the next one follows."""

        await client.connect(self._url, allow_reconnect=False, connect_timeout=1, closed_cb=over, error_cb=hush)
        try:
            await client.subscribe(self._subject, cb=lambda msg: self._hear(client, msg))
            await closed.wait()
        finally:
            for task in self._tasks:
                task.cancel()
            with contextlib.suppress(nats.errors.Error, OSError):
                await client.close()

    async def _hear(self, client: Client, msg: Msg) -> None:
        if MARK in (msg.headers or {}):
            return
        task = asyncio.create_task(self._again(client, msg))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _again(self, client: Client, msg: Msg) -> None:
        await asyncio.sleep(self._chance.uniform(0.0, LATEST))
        headers = {**(msg.headers or {}), ID: uuid.uuid4().hex, MARK: "1"}
        with contextlib.suppress(nats.errors.Error, OSError):
            await client.publish(msg.subject, msg.data, headers=headers)
            self.sent += 1
