"""Who is hit when, and how: drawn from a seed, then done to the stack's processes."""

import asyncio
import contextlib
import os
import random
import re
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from trunkline.chaos.ledger import Strike
from trunkline.errors import TrunklineError
from trunkline.stack.whole import WholeStack

VICTIMS = ("edge", "bridge", "worker", "temporal", "nats", "postgres", "valkey")
FREEZES = 0.2
"""Freezes for each kill."""
LONGEST_FREEZE = 4.0
GAP = (1.2, 3.2)
"""Seconds between two strikes."""
SETTLED = 1.0
"""Seconds that a victim has served again before it is hit anew: one that never gets up proves nothing."""
GIVEN_UP = 240.0
"""Seconds for a victim to come back, on a machine that is busy with other things."""
IDLE = 6.0
"""Seconds that a blow waits for something to be under way: one that hits an idle stack proves nothing."""


@dataclass(frozen=True, slots=True)
class Blow:
    """The next strike: so many seconds after the one before. ``freeze`` in seconds, None kills."""

    victim: str
    after: float
    freeze: float | None


def blows(chance: random.Random, victims: Sequence[str]) -> Iterator[Blow]:
    """Without end: each victim is killed once a round, in an order that changes; in between, any of them is frozen."""
    while True:
        for victim in chance.sample(victims, len(victims)):
            if chance.random() < FREEZES:
                yield Blow(chance.choice(victims), chance.uniform(*GAP), chance.uniform(0.5, LONGEST_FREEZE))
            yield Blow(victim, chance.uniform(*GAP), None)


class Standing:
    """Who serves, from what the stack says of itself."""

    def __init__(self) -> None:
        self._since: dict[str, float] = {}

    def say(self, sentence: str) -> None:
        """Hear the stack."""
        if found := re.match(r"(\w+) is (ready|back)\.$", sentence):
            self._since[found[1]] = time.monotonic()

    def fell(self, victim: str) -> None:
        """It was killed."""
        self._since.pop(victim, None)

    def steady(self, victim: str) -> bool:
        """Whether it has served for a while."""
        since = self._since.get(victim)
        return since is not None and time.monotonic() - since >= SETTLED


class Striker:
    """Strikes until there were ``kills`` of them; ``struck`` hears of each, as it happens."""

    def __init__(
        self, stack: WholeStack, standing: Standing, busy: Callable[[], bool], struck: Callable[[Strike], None]
    ) -> None:
        """``busy``: whether an order was asked for since the latest blow."""
        self._stack = stack
        self._busy = busy
        self._standing = standing
        self._struck = struck
        self._thaws: set[asyncio.Task[None]] = set()

    async def run(self, blows: Iterator[Blow], kills: int) -> None:
        """Raises TrunklineError where a victim does not come back."""
        done = 0
        try:
            for blow in blows:
                if done >= kills:
                    break
                await asyncio.sleep(blow.after)
                await self._until_steady(blow.victim)
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(IDLE):
                        while not self._busy():  # noqa: ASYNC110
                            await asyncio.sleep(0.02)
                done += blow.freeze is None
                self._strike(blow)
        finally:
            await asyncio.gather(*self._thaws)

    async def _until_steady(self, victim: str) -> None:
        try:
            async with asyncio.timeout(GIVEN_UP):
                while not self._standing.steady(victim):  # noqa: ASYNC110 - the stack says it in sentences
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise TrunklineError(f"{victim} has not come back in {GIVEN_UP:.0f} seconds.") from None

    def _strike(self, blow: Blow) -> None:
        pid = self._pid(blow.victim)
        strike = Strike(time.time(), blow.victim, blow.freeze)
        if blow.freeze is None:
            self._standing.fell(blow.victim)
            os.kill(pid, signal.SIGKILL)
        else:
            # With all of its processes: PostgreSQL has many, each the leader of none.
            os.killpg(pid, signal.SIGSTOP)
            thaw = asyncio.create_task(_thaw(pid, blow.freeze))
            self._thaws.add(thaw)
            thaw.add_done_callback(self._thaws.discard)
        self._struck(strike)

    def _pid(self, victim: str) -> int:
        roles = {name: role.pid for name, role in self._stack.roles.items()}
        return (roles | self._stack.engines.pids)[victim]


async def _thaw(pid: int, seconds: float) -> None:
    try:
        await asyncio.sleep(seconds)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGCONT)
