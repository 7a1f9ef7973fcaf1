"""A trial: a stack of its own, calls on it without pause, blows in between, and then the account."""

import asyncio
import contextlib
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import asyncpg

from trunkline.chaos import account, caller
from trunkline.chaos.account import Row
from trunkline.chaos.echo import Echo
from trunkline.chaos.found import found_since, make_room
from trunkline.chaos.ledger import Ledger, Strike
from trunkline.chaos.strikes import VICTIMS, Standing, Striker, blows
from trunkline.chaos.units import Units
from trunkline.chaos.wants import KINDS, Kind, number_after
from trunkline.chaos.world import World
from trunkline.errors import TrunklineError
from trunkline.stack.whole import Plan, WholeStack
from workers.telemetry import Telemetry
from workers.temporal import connect, silent

AGENT = Path(__file__).with_name("agent.yaml")
FIRST = 1000
"""Numbers begin behind it."""
SETTLE = 240.0
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
    kinds: tuple[Kind, ...] = KINDS

    @property
    def manner(self) -> str:
        """What must be the same for a trial to go on where it was stopped."""
        return repr((self.seed, self.victims, self.callers, self.repeats, self.twice, self.kinds))


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
            "kinds": list(self.wish.kinds),
            "seconds": round(self.seconds, 1),
            "victims": [row.to_dict() for row in self.rows[:-1]],
            "all": self.rows[-1].to_dict(),
            "open": self.open,
        }


class Trial:
    """``run`` once. ``stop`` ends the blows early; what was struck until then is accounted for.

    A folder in which a trial was stopped, however roughly, is gone on with: its strikes count, and what was open is
    still to be done and told.
    """

    def __init__(self, wish: Wish, data: Path) -> None:
        """``tell`` may be set before it runs. Raises TrunklineError where the folder holds a trial of another kind."""
        self._wish = wish
        self._data = data
        self.tell: Callable[[Progress], None] = lambda progress: None
        data.mkdir(parents=True, exist_ok=True)
        self._ledger = Ledger(data / "ledger.db", wish.seed)
        if self._ledger.kept("manner") not in (None, wish.manner):
            raise TrunklineError(
                f"{data} holds a trial with other options. Give those to go on with it, remove the folder, or give "
                "another --keep."
            )
        self._ledger.keep("manner", wish.manner)
        self._before = float(self._ledger.kept("seconds") or 0.0)
        kills = sum(strike.frozen is None for strike in self._ledger.strikes)
        self._chance = random.Random(f"{wish.seed} {len(self._ledger.strikes)}" if kills else wish.seed)
        self._latest = max((entry.number for entry in self._ledger.entries), default=FIRST)
        self._progress = Progress(kills)
        self._standing = Standing()
        self._ending = asyncio.Event()

    @property
    def kills(self) -> int:
        """So far, in earlier runs as well."""
        return self._progress.kills

    def stop(self) -> None:
        """No more blows."""
        self._ending.set()

    async def run(self) -> Verdict:
        """Raises TrunklineError where the stack does not come up, or a victim does not come back."""
        ledger = self._ledger
        world = World(ledger, repeats=self._wish.repeats)
        await world.start()
        began = time.monotonic()
        try:
            plan = Plan(self._data / "stack", agent=AGENT, extra=world.environment)
            stack = await WholeStack.start(plan, self._hear)
            try:
                await make_room(stack.engines.postgres_dsn)
                units = asyncio.create_task(self._units(stack))
                try:
                    await self._strike(stack, ledger, units)
                    await self._settle(stack, ledger, units)
                finally:
                    units.cancel()
                    await asyncio.gather(units, return_exceptions=True)
            finally:
                await stack.stop()
        finally:
            await world.stop()
            seconds = self._before + time.monotonic() - began
            ledger.keep("seconds", str(seconds))
            ledger.close()
        found = account.rows(ledger.entries, ledger.strikes, ledger.calls)
        still = [order.number for order in account.open_orders(ledger.entries)]
        return Verdict(self._wish, seconds, self._progress.kills, found, still)

    async def _units(self, stack: WholeStack) -> None:
        address, nobody = stack.engines.temporal_address, Telemetry(None, "trial", "local")
        client = await connect(address, "default", nobody, runtime=silent())
        await Units(client, self._ledger).run()

    def _number(self, kind: Kind) -> int:
        self._latest = number_after(self._latest, kind)
        return self._latest

    def _hear(self, sentence: str) -> None:
        self._standing.say(sentence)
        self._progress.latest = sentence
        self.tell(self._progress)

    async def _strike(self, stack: WholeStack, ledger: Ledger, units: "asyncio.Task[None]") -> None:
        """Calls and blows, until there were enough blows; then the calls under way end as they like."""
        calls_over = asyncio.Event()

        def busy() -> bool:
            latest = ledger.strikes[-1].at if ledger.strikes else 0.0
            return any(entry.kind == "asked" for entry in ledger.since(latest))

        def struck(strike: Strike) -> None:
            ledger.strike(strike)
            self._progress.kills += strike.frozen is None
            self._progress.wanted = sum(entry.kind == "accepted" for entry in ledger.entries)
            self.tell(self._progress)

        striker = Striker(stack, self._standing, busy, struck)
        striking = asyncio.create_task(
            striker.run(blows(self._chance, self._wish.victims), self._wish.kills - self.kills)
        )
        ending = asyncio.create_task(self._ending.wait())
        echo = Echo(stack.engines.nats_url, "local", self._chance)
        echoing = asyncio.create_task(echo.run()) if self._wish.twice else None
        async with aiohttp.ClientSession() as http:
            callers = [
                asyncio.create_task(self._call_on(http, stack.where.twilio_ws, ledger, calls_over))
                for _ in range(self._wish.callers)
            ]
            try:
                done, _ = await asyncio.wait((striking, ending, units, *callers), return_when=asyncio.FIRST_COMPLETED)
                for task in done - {striking}:
                    task.result()  # Units or a caller that failed: what follows would prove nothing.
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
        wanted = None
        while not over.is_set():
            wanted = wanted or caller.plan(
                self._chance, self._number, repeats=self._wish.repeats, kinds=self._wish.kinds
            )
            began = time.time()
            if await caller.place(http, url, wanted, ledger):
                ledger.call(began)
                wanted = None
            else:
                await asyncio.sleep(0.1)

    async def _settle(self, stack: WholeStack, ledger: Ledger, units: "asyncio.Task[None]") -> None:
        """Wait until nothing is open, or for as long as that may take."""
        deadline = time.monotonic() + SETTLE
        while True:
            with contextlib.suppress(OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
                seen = {(entry.kind, entry.detail) for entry in ledger.entries}
                ledger.note_all(await found_since(stack.engines.postgres_dsn, seen))
                left = account.open_orders(ledger.entries)
                self._progress.latest = f"{len(left)} wants are still to be done or told."
                self.tell(self._progress)
                if not left:
                    return
            if units.done():
                units.result()
            if time.monotonic() > deadline:
                return
            await asyncio.sleep(1.0)
