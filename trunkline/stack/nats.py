"""NATS with JetStream."""

from pathlib import Path

from trunkline.stack import probe, programs
from trunkline.stack.ports import LOOPBACK, free_ports
from trunkline.stack.process import Command


class Nats:
    """Streams are kept in files under ``data/nats``."""

    name = "nats"

    def __init__(self, data: Path) -> None:
        self._folder = data / "nats"
        self._log = data / "logs" / "nats.log"
        self.port = 0

    @property
    def url(self) -> str:
        return f"nats://{LOOPBACK}:{self.port}"

    def choose_ports(self) -> None:
        (self.port,) = free_ports(1)

    async def prepare(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)

    def command(self) -> Command:
        listen = ("--addr", LOOPBACK, "--port", str(self.port))
        store = ("--jetstream", "--store_dir", str(self._folder))
        return Command(self.name, (str(programs.nats_server()), *listen, *store), self._log)

    async def ready(self) -> None:
        # JetStream is recovered before the server listens, so its greeting is enough.
        await probe.talk(self.port, b"", b"INFO ")
