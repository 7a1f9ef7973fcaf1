"""A trial: a stack of its own, calls on it without pause, blows in between, and then the account."""

import asyncio
import contextlib
import itertools
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import asyncpg

from trunkline.chaos import account, caller
from trunkline.chaos.account import Row, Strike
from trunkline.chaos.echo import Echo
from trunkline.chaos.ledger import Entry, Ledger
from trunkline.chaos.strikes import VICTIMS, Standing, Striker, blows
from trunkline.chaos.tools.place_order import number_of
from trunkline.chaos.world import World
from trunkline.stack.whole import Plan, WholeStack
from workflows.ports import Slot

AGENT = Path(__file__).with_name("agent.yaml")
FIRST = 1000
"""Number of the first order."""
ROOM = 50
"""Technicians of each service, so that no order finds its slot taken."""
SETTLE = 90.0
"""Seconds after the last blow within which everything wanted must be done and told."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be tried. ``callers`` at once; ``repeats``: the model repeats itself; ``twice``: so does NATS."""

    kills: int = 35
    seed: int = 1
    victims: tuple[str, ...] = VICTIMS
    callers: int = 6
    repeats: bool = False
    twice: bool = False


@dataclass(slots=True)
class Progress:
    """How far a trial has come; ``say`` hears it after each blow, and each sentence of the stack."""

    kills: int = 0
    wanted: int = 0
    latest: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The account of a trial."""

    wish: Wish
    seconds: float
    kills: int
    rows: list[Row]
    open: list[int]
    """Orders that were not done, or not told."""

    @property
    def ok(self) -> bool:
        return self.rows[-1].ok

    def to_dict(self) -> dict[str, Any]:
        return {
            "ok": self.ok,
            "seed": self.wish.seed,
            "kills": self.kills,
            "callers": self.wish.callers,
            "model_repeats": self.wish.repeats,
            "delivered_twice": self.wish.twice,
            "seconds": round(self.seconds, 1),
            "victims": [row.to_dict() for row in self.rows[:-1]],
            "all": self.rows[-1].to_dict(),
            "open": self.open,
        }


class Trial:
    """``run`` once. ``stop`` ends the blows early; what was struck until then is accounted for."""

    def __init__(self, wish: Wish, data: Path, tell: Callable[[Progress], None] = lambda progress: None) -> None:
        self._wish = wish
        self._data = data
        self._tell = tell
        self._chance = random.Random(wish.seed)
        self._strikes: list[Strike] = []
        self._calls: list[float] = []
        self._numbers = itertools.count(FIRST)
        self._progress = Progress()
        self._standing = Standing()
        self._ending = asyncio.Event()

    def stop(self) -> None:
        """No more blows."""
        self._ending.set()

    async def run(self) -> Verdict:
        """Raises TrunklineError where the stack does not come up."""
        self._data.mkdir(parents=True, exist_ok=True)
        ledger = Ledger(self._data / "ledger.db", self._wish.seed)
        world = World(ledger, repeats=self._wish.repeats)
        await world.start()
        began = time.monotonic()
        try:
            plan = Plan(self._data / "stack", agent=AGENT, extra=world.environment)
            stack = await WholeStack.start(plan, self._hear)
            try:
                await _make_room(stack.engines.postgres_dsn)
                await self._strike(stack, ledger)
                await self._settle(stack, ledger)
            finally:
                await stack.stop()
        finally:
            await world.stop()
            ledger.close()
        found = account.rows(ledger.entries, self._strikes, self._calls)
        still = [order.number for order in account.open_orders(ledger.entries)]
        return Verdict(self._wish, time.monotonic() - began, self._progress.kills, found, still)

    def _hear(self, sentence: str) -> None:
        self._standing.say(sentence)
        self._progress.latest = sentence
        self._tell(self._progress)

    async def _strike(self, stack: WholeStack, ledger: Ledger) -> None:
        """Calls and blows, until there were enough blows; then the calls under way end as they like."""
        calls_over = asyncio.Event()

        def busy() -> bool:
            latest = self._strikes[-1].at if self._strikes else 0.0
            return any(entry.kind == "asked" for entry in ledger.since(latest))

        def struck(strike: Strike) -> None:
            self._strikes.append(strike)
            self._progress.kills += strike.frozen is None
            self._progress.wanted = sum(entry.kind == "accepted" for entry in ledger.entries)
            self._tell(self._progress)

        striker = Striker(stack, self._standing, busy, struck)
        striking = asyncio.create_task(striker.run(blows(self._chance, self._wish.victims), self._wish.kills))
        ending = asyncio.create_task(self._ending.wait())
        echo = Echo(stack.engines.nats_url, "local", self._chance)
        echoing = asyncio.create_task(echo.run()) if self._wish.twice else None
        async with aiohttp.ClientSession() as http:
            callers = [
                asyncio.create_task(self._call_on(http, stack.where.twilio_ws, ledger, calls_over))
                for _ in range(self._wish.callers)
            ]
            try:
                await asyncio.wait((striking, ending), return_when=asyncio.FIRST_COMPLETED)
                await asyncio.sleep(1.0)  # Calls placed after the last blow are part of it.
                calls_over.set()
                await asyncio.gather(*callers)
            finally:
                for task in (striking, ending, *callers, *([echoing] if echoing else [])):
                    task.cancel()
                ended = await asyncio.gather(striking, ending, *callers, return_exceptions=True)
        if isinstance(ended[0], Exception):
            raise ended[0]

    async def _call_on(self, http: aiohttp.ClientSession, url: str, ledger: Ledger, over: asyncio.Event) -> None:
        """One caller after the other, until it is over."""
        while not over.is_set():
            wanted = caller.plan(self._chance, lambda: next(self._numbers), repeats=self._wish.repeats)
            began = time.time()
            if await caller.place(http, url, wanted, ledger):
                self._calls.append(began)
            else:
                await asyncio.sleep(0.1)

    async def _settle(self, stack: WholeStack, ledger: Ledger) -> None:
        """Wait until nothing is open, or for as long as that may take."""
        written: set[str] = set()
        deadline = time.monotonic() + SETTLE
        while True:
            with contextlib.suppress(OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
                ledger.note_all(await _found(stack.engines.postgres_dsn, written))
                left = account.open_orders(ledger.entries)
                self._progress.latest = f"{len(left)} orders are still to be done or told."
                self._tell(self._progress)
                if not left:
                    return
            if time.monotonic() > deadline:
                return
            await asyncio.sleep(1.0)


async def _make_room(dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(
            "INSERT INTO technicians (name, service) SELECT service || ' ' || n, service "
            f"FROM (SELECT DISTINCT service FROM technicians) AS services, generate_series(1, {ROOM}) AS n"
        )
    finally:
        await connection.close()


async def _found(dsn: str, seen: set[str]) -> list[Entry]:
    """What PostgreSQL holds that was not ``seen``: reservations, and outcomes that were written to callers."""
    connection = await asyncpg.connect(dsn, timeout=5)
    try:
        reserved = await connection.fetch(
            "SELECT booking_id, service, day, time, extract(epoch FROM changed) AS at "
            "FROM bookings WHERE status = 'confirmed'"
        )
        sent = await connection.fetch(
            "SELECT message_id, text, extract(epoch FROM created) AS at FROM outbox "
            "WHERE text LIKE 'Order % is placed.'"
        )
    finally:
        await connection.close()
    found = [
        Entry(float(row["at"]), "reserved", number_of(_slot(row)), row["booking_id"])
        for row in reserved
        if row["booking_id"] not in seen
    ]
    found += [
        Entry(float(row["at"]), "written", int(row["text"].split()[1]), row["message_id"])
        for row in sent
        if row["message_id"] not in seen
    ]
    seen.update(entry.detail for entry in found)
    return found


def _slot(row: asyncpg.Record) -> Slot:
    return Slot(service=row["service"], day=row["day"], time=row["time"])
