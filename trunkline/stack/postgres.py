"""PostgreSQL: what may not be lost."""

import asyncio
import contextlib
import os
import pwd
import shutil
import signal
from pathlib import Path

import asyncpg

from trunkline.errors import NotReady, TrunklineError
from trunkline.stack import programs
from trunkline.stack.ports import LOOPBACK, free_ports
from trunkline.stack.process import Command, Process, tail

DATABASE = USER = "trunkline"
_INITDB_DEADLINE = 120.0
_STARTING = (asyncpg.CannotConnectNowError, asyncpg.ConnectionDoesNotExistError, asyncpg.ConnectionFailureError)


class Postgres:
    """A cluster under ``data/postgres`` with a database and a superuser named ``trunkline``, without a password: it
    listens on loopback alone."""

    name = "postgres"

    def __init__(self, data: Path) -> None:
        self._folder = data / "postgres"
        self._logs = data / "logs"
        self.port = 0

    @property
    def dsn(self) -> str:
        return self.dsn_of(DATABASE)

    def dsn_of(self, database: str) -> str:
        """Where a database of this cluster is. TLS is off, as it never leaves the machine."""
        return f"postgresql://{USER}@{LOOPBACK}:{self.port}/{database}?sslmode=disable"

    def choose_ports(self) -> None:
        (self.port,) = free_ports(1)

    async def prepare(self) -> None:
        if not (self._folder / "PG_VERSION").exists():
            await self._create()
        self._forget_stale_lock()

    async def _create(self) -> None:
        """Make the cluster beside its place, and move it there when it is whole: a kill in between leaves no half."""
        unborn = self._folder.with_name("postgres.new")
        shutil.rmtree(unborn, ignore_errors=True)
        unborn.mkdir(parents=True, mode=0o700)
        if (user := server_user()) is not None:
            os.chown(unborn, user, -1)
        options = (
            "--username",
            USER,
            "--auth",
            "trust",
            "--encoding",
            "UTF8",
            "--locale",
            "C.UTF-8",
            "--no-instructions",
        )
        argv = (str(programs.postgres("initdb")), "--pgdata", str(unborn), *options)
        log = self._logs / "initdb.log"
        process = await Process.spawn(Command("initdb", argv, log, user=user))
        try:
            status = await _within(process, _INITDB_DEADLINE)
        except BaseException:
            await process.kill()
            raise
        if status != 0:
            raise NotReady(f"PostgreSQL's data could not be made in {self._folder}. The log {log} ends:\n{tail(log)}")
        unborn.rename(self._folder)

    def _forget_stale_lock(self) -> None:
        """PostgreSQL forgets the lock of a dead server by itself, but not if another process has its pid by now.

        Raises:
            TrunklineError: a server that we did not start is at work there.
        """
        lock = self._folder / "postmaster.pid"
        try:
            pid = abs(int(lock.read_text().split()[0]))
            program = os.readlink(f"/proc/{pid}/exe")
        except (OSError, ValueError, IndexError):
            return
        if Path(program.removesuffix(" (deleted)")).name == "postgres":
            with contextlib.suppress(OSError):
                if Path(f"/proc/{pid}/cwd").samefile(self._folder):
                    raise TrunklineError(
                        f"A PostgreSQL server that this stack did not start, process {pid}, serves {self._folder}. "
                        "Stop it first."
                    )
        lock.unlink(missing_ok=True)

    def command(self) -> Command:
        settings = {
            "listen_addresses": LOOPBACK,
            "port": self.port,
            # A socket's path may have 107 characters, which a data folder may pass.
            "unix_socket_directories": "",
            "max_connections": 200,
            "timezone": "UTC",
            "log_timezone": "UTC",
        }
        flags = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return Command(
            self.name,
            (str(programs.postgres("postgres")), "-D", str(self._folder), *flags),
            self._logs / "postgres.log",
            user=server_user(),
            # A fast shutdown, also when we die: its own children end with it, and the next start need not recover.
            death=signal.SIGINT,
            stop=(signal.SIGINT, signal.SIGQUIT),
        )

    async def ready(self) -> None:
        try:
            connection = await asyncpg.connect(self.dsn_of("postgres"), timeout=5)
        except _STARTING as starting:
            raise OSError(str(starting)) from starting
        try:
            if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", DATABASE):
                await connection.execute(f"CREATE DATABASE {DATABASE}")
        finally:
            await connection.close(timeout=5)


def server_user() -> int | None:
    """The user that PostgreSQL runs as: ourselves, but for root, whom it refuses.

    Raises:
        TrunklineError: we are root and the machine has no user ``nobody``.
    """
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("nobody").pw_uid
    except KeyError:
        raise TrunklineError(
            "PostgreSQL does not run as root, and this machine has no user 'nobody' to run it as. Run as another user."
        ) from None


async def _within(process: Process, seconds: float) -> int:
    return await asyncio.wait_for(process.wait(), seconds)
