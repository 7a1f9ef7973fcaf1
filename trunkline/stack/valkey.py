"""Valkey: what may be lost."""

from pathlib import Path

from trunkline.stack import probe, programs
from trunkline.stack.ports import LOOPBACK, free_ports
from trunkline.stack.process import Command


class Valkey:
    """A snapshot is kept under ``data/valkey``; memory is bounded, and what was not used for longest goes first."""

    name = "valkey"

    def __init__(self, data: Path) -> None:
        self._folder = data / "valkey"
        self._log = data / "logs" / "valkey.log"
        self.port = 0

    @property
    def url(self) -> str:
        return f"redis://{LOOPBACK}:{self.port}/0"

    def choose_ports(self) -> None:
        (self.port,) = free_ports(1)

    async def prepare(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)

    def command(self) -> Command:
        options = {
            "bind": LOOPBACK,
            "port": str(self.port),
            "dir": str(self._folder),
            "save": "60 1",
            "maxmemory": "256mb",
            "maxmemory-policy": "allkeys-lru",
        }
        flags = [word for name, value in options.items() for word in (f"--{name}", value)]
        return Command(self.name, (str(programs.valkey_server()), *flags), self._log)

    async def ready(self) -> None:
        await probe.talk(self.port, b"PING\r\n", b"+PONG")
