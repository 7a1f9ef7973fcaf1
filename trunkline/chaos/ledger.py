"""The ledger: what was asked, done and told, seen from outside of the system and kept where no kill reaches it."""

import asyncio
import itertools
import random
import sqlite3
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from aiohttp import web

Kind = Literal[
    "asked", "accepted", "refused", "done", "reserved", "held", "taken", "given_back", "heard", "written", "declined"
]
"""``asked``: the model called the tool. ``accepted``, ``refused``: it was told so. ``done``: the effect was asked for,
by the key in ``detail``. ``reserved``: a row in PostgreSQL, by that key. ``held``, ``taken``, ``given_back``: what the
gateway did to a card, by its payment. ``heard``: the caller heard the outcome. ``written``: it was written to them.
``declined``: what was heard or written is that nothing was charged."""

TABLES = (
    "entries (at REAL, kind TEXT, number INTEGER, detail TEXT)",
    "strikes (at REAL, victim TEXT, frozen REAL)",
    "calls (at REAL)",
    "kept (name TEXT PRIMARY KEY, value TEXT)",
)
CUT, SLOW = 0.05, 0.05
"""How many effects in one are done without an answer, or with one that comes late."""
LATE = 1.0


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened to the order ``number``, at seconds of wall clock."""

    at: float
    kind: Kind
    number: int
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Strike:
    """A victim was hit, at seconds of wall clock; frozen for so many seconds, or killed where None."""

    at: float
    victim: str
    frozen: float | None = None


class Ledger:
    """An SQLite file that is only ever added to, and the address at which effects are asked for.

    A file that is there already is gone on with.
    """

    def __init__(self, file: Path, seed: int) -> None:
        self._database = sqlite3.connect(file, isolation_level=None)
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.execute("PRAGMA synchronous=NORMAL")
        for table in TABLES:
            self._database.execute(f"CREATE TABLE IF NOT EXISTS {table}")
        self._random = random.Random(seed)
        self.entries = [
            Entry(*row) for row in self._database.execute("SELECT at, kind, number, detail FROM entries ORDER BY rowid")
        ]
        self.strikes = [
            Strike(*row) for row in self._database.execute("SELECT at, victim, frozen FROM strikes ORDER BY at")
        ]
        self.calls = [float(at) for (at,) in self._database.execute("SELECT at FROM calls ORDER BY at")]

    def strike(self, strike: Strike) -> None:
        """Write down that a victim was hit."""
        self.strikes.append(strike)
        self._database.execute("INSERT INTO strikes VALUES (?, ?, ?)", (strike.at, strike.victim, strike.frozen))

    def call(self, at: float) -> None:
        """Write down that a call began."""
        self.calls.append(at)
        self._database.execute("INSERT INTO calls VALUES (?)", (at,))

    def keep(self, name: str, value: str) -> None:
        """Remember a value of the trial's own."""
        self._database.execute("INSERT OR REPLACE INTO kept VALUES (?, ?)", (name, value))

    def kept(self, name: str) -> str | None:
        """What was remembered under this name, now or in an earlier run."""
        row = self._database.execute("SELECT value FROM kept WHERE name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def note(self, kind: Kind, number: int, detail: str = "", at: float | None = None) -> None:
        """Write it down, now or as of ``at``."""
        entry = Entry(time.time() if at is None else at, kind, number, detail)
        self.entries.append(entry)
        self._database.execute("INSERT INTO entries VALUES (?, ?, ?, ?)", (entry.at, kind, number, detail))

    def since(self, at: float) -> list[Entry]:
        """What was written down from then on, newest first."""
        return list(itertools.takewhile(lambda entry: entry.at >= at, reversed(self.entries)))

    def note_all(self, entries: Iterable[Entry]) -> None:
        """Write them down, as of their own times."""
        for entry in entries:
            self.note(entry.kind, entry.number, entry.detail, entry.at)

    async def deliver(self, request: web.Request) -> web.Response:
        """POST /deliver: do the effect. Some answers are late, and some never come, as in the world."""
        wanted = await request.json()
        self.note("done", int(wanted["number"]), str(wanted["key"]))
        lot = self._random.random()
        if lot < CUT and request.transport:
            request.transport.abort()
        elif lot < CUT + SLOW:
            await asyncio.sleep(LATE)
        return web.json_response({})

    def close(self) -> None:
        """The file stays."""
        self._database.close()
