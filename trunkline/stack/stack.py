"""The four engines, together."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from trunkline.stack.engine import Engine
from trunkline.stack.nats import Nats
from trunkline.stack.postgres import Postgres
from trunkline.stack.records import Hold, Records
from trunkline.stack.temporal import Temporal
from trunkline.stack.valkey import Valkey


class Engines:
    """NATS, Temporal, PostgreSQL and Valkey on free loopback ports, with their data under one folder.

    ``async with Engines(data) as engines`` or ``engines = await Engines.start(data)`` and, in the end, ``stop()``.
    The folder is ours alone meanwhile; what is in it survives. Each engine can be killed and restarted on its ports.
    """

    def __init__(self, data: Path, say: Callable[[str], None] = lambda sentence: None, *, codec: bool = False) -> None:
        """``say`` is told, in sentences, what is being done. ``codec``: see ``Temporal``."""
        self._codec = codec
        self.data = data.absolute()
        self._say = say
        self._hold: Hold | None = None

    @classmethod
    async def start(
        cls, data: Path, say: Callable[[str], None] = lambda sentence: None, *, codec: bool = False
    ) -> "Engines":
        """Start all; return once all serve.

        Raises:
            AlreadyRunning: another stack has the folder.
            TrunklineError: an engine does not come up; those that did are stopped again.
        """
        engines = cls(data, say, codec=codec)
        await engines._open()
        return engines

    async def _open(self) -> None:
        self._hold = Hold(self.data)
        try:
            self.records = Records(self.data)
            for name in await self.records.clear():
                self._say(f"Stopped {name}, which an earlier stack on this data had left running.")
            self.nats = Engine(Nats(self.data), self.records)
            self.temporal = Engine(Temporal(self.data, codec=self._codec), self.records)
            self.postgres = Engine(Postgres(self.data), self.records)
            self.valkey = Engine(Valkey(self.data), self.records)
            await all_or_none([self._start(engine) for engine in self.all])
        except BaseException:
            await self.stop()
            raise

    async def _start(self, engine: Engine[Any]) -> None:
        await engine.start()
        self._say(f"{engine.name} is ready.")

    async def stop(self) -> None:
        """Stop all in order, and let go of the folder. Harmless when done twice."""
        if hasattr(self, "valkey"):
            await asyncio.gather(*(engine.stop() for engine in self.all))
        if self._hold:
            self._hold.release()

    async def __aenter__(self) -> Self:
        await self._open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    @property
    def all(self) -> list[Engine[Any]]:
        return [self.nats, self.temporal, self.postgres, self.valkey]

    @property
    def nats_url(self) -> str:
        return self.nats.recipe.url

    @property
    def temporal_address(self) -> str:
        """host:port"""
        return self.temporal.recipe.address

    @property
    def temporal_ui(self) -> str:
        """Address of the web page."""
        return self.temporal.recipe.ui

    @property
    def postgres_dsn(self) -> str:
        return self.postgres.recipe.dsn

    @property
    def redis_url(self) -> str:
        return self.valkey.recipe.url

    @property
    def pids(self) -> dict[str, int]:
        """Engine → process."""
        return {engine.name: engine.pid for engine in self.all}


async def all_or_none(starts: list[Any]) -> None:
    """Run all; where one fails, wait for none of the others and raise what it raised."""
    tasks = [asyncio.ensure_future(start) for start in starts]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
