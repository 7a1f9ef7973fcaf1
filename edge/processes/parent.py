"""The parent: it carries no call itself, and looks after those that do."""

import asyncio
import contextlib
import shutil
import socket
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import structlog
from aiohttp import web
from prometheus_client.multiprocess import mark_process_dead

from edge.processes.child import Place
from edge.processes.cores import cores
from edge.processes.desk import desk
from edge.processes.door import Door, listen
from edge.processes.speech import SpeechHub
from edge.settings import EdgeSettings

_log = structlog.get_logger(__name__)

PARTING = 12.0
"""Seconds for the children to end once they are told to: their calls get five of them, and four more what
callers who hung up asked for last."""


def count(settings: EdgeSettings) -> int:
    """How many processes: as set, or one a core."""
    return settings.processes or cores()


async def serve(settings: EdgeSettings, ready: Callable[[str], None], command: Callable[[int], Sequence[str]]) -> None:
    """Run ``count`` processes behind one port until cancelled; ``ready`` is called once, when all of them serve.

    ``command``: how a child is started, given the number of its end of the control socket, which it inherits.

    Raises:
        EdgeError: a child ended before it served.
        OSError: the address cannot be listened on.
    """
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(listen(settings.edge_host, settings.edge_port))
        # Only this user may look in: the socket of the speech processes is in it.
        folder = Path(tempfile.mkdtemp(prefix="trunkline-edge-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        async with SpeechHub(folder / "speech", settings.speech_processes):
            await Parent(settings, listener, folder, command).run(ready)


class Parent:
    """Its parts, put together."""

    def __init__(
        self,
        settings: EdgeSettings,
        listener: socket.socket,
        folder: Path,
        command: Callable[[int], Sequence[str]],
    ) -> None:
        self._listener = listener
        self._host = settings.edge_host
        self._metrics = folder / "metrics"
        self._metrics.mkdir()
        self._draining = False
        number = count(settings)
        environment = {
            "PROMETHEUS_MULTIPROC_DIR": str(self._metrics),
            "TRUNKLINE_SPEECH_HUB": str(folder / "speech"),
            "TRUNKLINE_PROCESSES": str(number),
            "TRUNKLINE_EDGE_PORT": str(listener.getsockname()[1]),
        }
        self.places = [Place(place, command, environment, self._bury) for place in range(number)]
        self._runner = web.AppRunner(
            desk(self.places, self._metrics, lambda: self._draining), access_log=None, shutdown_timeout=1.0
        )

    async def run(self, ready: Callable[[str], None]) -> None:
        """Start the children, open the door, and keep both until cancelled."""
        await self._runner.setup()
        keepers = [asyncio.create_task(place.keep(), name=f"edge process {place.number}") for place in self.places]
        door = asyncio.create_task(Door(self._listener, self.places, self._at_the_desk).run(), name="door")
        try:
            await _all_or_first_failure([asyncio.create_task(place.serves.wait()) for place in self.places], keepers)
            ready(f"http://{self._host}:{self._listener.getsockname()[1]}")
            done, _ = await asyncio.wait([door, *keepers], return_when=asyncio.FIRST_COMPLETED)
            done.pop().result()  # They end by a defect only.
        finally:
            self._draining = True
            await asyncio.shield(self._part(keepers))
            door.cancel()
            await asyncio.wait([door])
            await self._runner.cleanup()

    async def _part(self, keepers: "list[asyncio.Task[None]]") -> None:
        """Let every child end its calls; one that takes too long is ended."""
        for place in self.places:
            place.stop()
        for keeper, place in zip(keepers, self.places, strict=True):
            if place.pid is None:
                keeper.cancel()  # It waits to start another.
        _, pending = await asyncio.wait(keepers, timeout=PARTING)
        if pending:
            _log.warning("Edge processes do not end and are killed.", processes=len(pending))
            for place in self.places:
                place.kill()
            await asyncio.wait(pending, timeout=PARTING)

    async def _at_the_desk(self, connection: socket.socket) -> None:
        assert self._runner.server is not None
        await asyncio.get_running_loop().connect_accepted_socket(self._runner.server, connection)

    def _bury(self, pid: int) -> None:
        """What a dead child measured of the moment is gone with it; what it counted stays."""
        mark_process_dead(pid, str(self._metrics))  # type: ignore[no-untyped-call]


async def _all_or_first_failure(wanted: "list[asyncio.Task[bool]]", keepers: "list[asyncio.Task[None]]") -> None:
    """Return once all that is wanted has come. Raises what a keeper raises."""
    try:
        while pending := [task for task in wanted if not task.done()]:
            done, _ = await asyncio.wait([*pending, *keepers], return_when=asyncio.FIRST_COMPLETED)
            for task in done.intersection(keepers):
                task.result()
    finally:
        for task in wanted:
            task.cancel()


def describe(settings: EdgeSettings) -> str:
    """How an edge with these settings is made up, for people."""
    number = count(settings)
    if number == 1:
        return "one process"
    why = "as set" if settings.processes else "one a core"
    shared = "one process" if settings.speech_processes == 1 else f"{settings.speech_processes} processes"
    return f"{number} processes ({why}) behind one port, which share {shared} of each local speech model"
