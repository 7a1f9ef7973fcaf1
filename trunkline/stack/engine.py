"""One engine: a server that is started, killed, restarted on the same ports, and stopped."""

from typing import Generic, Protocol, TypeVar

from trunkline.errors import NotReady
from trunkline.stack.process import Command, Process
from trunkline.stack.records import Records

DEADLINE = 60.0
"""Seconds for an engine to be ready; a fraction of one is usual, a busy machine takes longer."""
_TRIES = 3


class Recipe(Protocol):
    """How one kind of engine is run."""

    name: str

    def choose_ports(self) -> None:
        """Take free ports; the engine keeps them for its life."""

    async def prepare(self) -> None:
        """Make its data ready to be served. Raises TrunklineError."""

    def command(self) -> Command: ...

    async def ready(self) -> None:
        """Return if it serves; raise OSError or TimeoutError if it does not yet."""


R = TypeVar("R", bound=Recipe)


class Engine(Generic[R]):
    """A recipe and its process. Not for use by several tasks at once, but for ``wait``."""

    def __init__(self, recipe: R, records: Records) -> None:
        self.recipe = recipe
        self._records = records
        self._process: Process | None = None

    @property
    def name(self) -> str:
        return self.recipe.name

    @property
    def pid(self) -> int:
        """Its process, or the one it had."""
        return self._process.pid if self._process else 0

    async def start(self) -> None:
        """Start on free ports and return once it serves. A port may be lost to others meanwhile, so it tries again.

        Raises:
            NotReady: it does not come up.
        """
        for left in reversed(range(_TRIES)):
            self.recipe.choose_ports()
            try:
                return await self.restart()
            except NotReady:
                if not left:
                    raise
        return None

    async def restart(self) -> None:
        """Stop it if it runs, and start it on the same ports; return once it serves.

        Raises:
            NotReady: it does not come up.
        """
        await self.stop()
        await self.recipe.prepare()
        self._process = await Process.spawn(self.recipe.command())
        self._records.put(self.name, self._process.pid)
        try:
            await self._process.until_ready(self.recipe.ready, DEADLINE)
        except BaseException:
            await self.kill()
            raise

    async def wait(self) -> int:
        """Its exit status, once it has ended."""
        return await self._process.wait() if self._process else 0

    async def stop(self) -> None:
        """Stop it in order. Harmless when it does not run."""
        if self._process:
            await self._process.stop()
            self._records.drop(self.name)

    async def kill(self) -> None:
        """End it as a crash would, and return once it is gone."""
        if self._process:
            await self._process.kill()
            self._records.drop(self.name)
