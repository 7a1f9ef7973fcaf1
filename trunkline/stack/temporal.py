"""Temporal's development server, with its web page."""

import os
from pathlib import Path

from schemas.searching import SEARCH_ATTRIBUTES
from trunkline.stack import probe, programs
from trunkline.stack.ports import LOOPBACK, free_ports
from trunkline.stack.process import Command

NAMESPACE = "default"


TUNING = (
    # It looks for new tasks 20 times a second otherwise, which adds 50 ms to each step of a workflow.
    "history.transferProcessorMaxPollRPS=2000",
    # Each tenant gets a fair share of the workers; priorities need nothing.
    "matching.enableFairness=true",
    # One process needs no parts of a queue. With four, which is usual, a task waits in one and its worker at another.
    "matching.numTaskqueueReadPartitions=1",
    "matching.numTaskqueueWritePartitions=1",
    # What was deleted goes once this is noted; every half minute otherwise.
    'history.transferProcessorUpdateAckInterval="1s"',
    'history.visibilityProcessorUpdateAckInterval="1s"',
    'history.timerProcessorUpdateAckInterval="1s"',
)

PRAGMAS = (
    # Seven times the starts a second of a rollback journal; an acknowledged start survives a kill all the same.
    "journal_mode=WAL",
    "synchronous=NORMAL",
    # 64 MiB of pages, and the log taken over every 32 MiB: usually it is 2 and 4, and all wait while it is done.
    "cache_size=-65536",
    "wal_autocheckpoint=8000",
)
COLLECTOR = {"GOGC": "400", "GOMEMLIMIT": "1GiB"}
"""How seldom its garbage collector runs, unless the environment says otherwise. Running as often as usual takes 5 % of
its time under load."""


class Temporal:
    """Workflows are kept in one SQLite file under ``data/temporal``."""

    name = "temporal"

    def __init__(self, data: Path, *, codec: bool = False) -> None:
        """``codec``: the web page asks a codec server on ``codec_port`` to open what is encrypted."""
        self._codec = codec
        self._folder = data / "temporal"
        self._log = data / "logs" / "temporal.log"
        self.port = self._ui_port = self._http_port = self._metrics_port = self.codec_port = 0

    @property
    def address(self) -> str:
        return f"{LOOPBACK}:{self.port}"

    @property
    def ui(self) -> str:
        return f"http://{LOOPBACK}:{self._ui_port}"

    @property
    def ui_origins(self) -> tuple[str, ...]:
        """Origins of the web page, by either name of this machine."""
        return self.ui, f"http://localhost:{self._ui_port}"

    def choose_ports(self) -> None:
        self.port, self._ui_port, self._http_port, self._metrics_port, self.codec_port = free_ports(5)

    async def prepare(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)

    def command(self) -> Command:
        flags = {
            "ip": LOOPBACK,
            "port": self.port,
            "ui-ip": LOOPBACK,
            "ui-port": self._ui_port,
            "http-port": self._http_port,
            "metrics-port": self._metrics_port,
            "db-filename": self._folder / "temporal.db",
            "log-level": "warn",
        }
        if self._codec:
            flags["ui-codec-endpoint"] = f"http://{LOOPBACK}:{self.codec_port}"
        pragmas = [word for pair in PRAGMAS for word in ("--sqlite-pragma", pair)]
        searches = [word for name in SEARCH_ATTRIBUTES for word in ("--search-attribute", f"{name}=Keyword")]
        words = [word for name, value in flags.items() for word in (f"--{name}", str(value))]
        tuning = [word for pair in TUNING for word in ("--dynamic-config-value", pair)]
        argv = (str(programs.temporal()), "server", "start-dev", *words, *tuning, *pragmas, *searches)
        return Command(self.name, argv, self._log, env={**COLLECTOR, **os.environ})

    async def ready(self) -> None:
        # The namespace comes a moment after the port, and the web page listens on its own.
        await probe.get(self._http_port, f"/api/v1/namespaces/{NAMESPACE}")
        await probe.get(self._ui_port, "/")
