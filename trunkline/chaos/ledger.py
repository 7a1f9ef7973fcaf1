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

Kind = Literal["asked", "accepted", "refused", "done", "reserved", "heard", "written"]
"""``asked``: the model called the tool. ``accepted``, ``refused``: it was told so. ``done``: the effect was asked for,
by the key in ``detail``. ``reserved``: a row in PostgreSQL, by that key. ``heard``: the caller heard the outcome.
``written``: the outcome was written to the caller."""

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


class Ledger:
    """An SQLite file that is only ever added to, and the address at which effects are asked for."""

    def __init__(self, file: Path, seed: int) -> None:
        self._database = sqlite3.connect(file, isolation_level=None)
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.execute("PRAGMA synchronous=NORMAL")
        self._database.execute("CREATE TABLE IF NOT EXISTS entries (at REAL, kind TEXT, number INTEGER, detail TEXT)")
        self._random = random.Random(seed)
        self.entries: list[Entry] = []

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
