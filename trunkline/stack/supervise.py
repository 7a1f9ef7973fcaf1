"""Keeps a service running: what dies is started again, with growing pauses, and said so."""

import asyncio
import time
from collections.abc import Callable
from typing import Protocol

from trunkline.errors import TrunklineError

FIRST_PAUSE = 0.1
LONGEST_PAUSE = 10.0
STEADY = 10.0
"""Seconds a service must have run for its next death to count as its first."""


class Service(Protocol):
    """An engine or a role, running."""

    @property
    def name(self) -> str: ...

    async def wait(self) -> int: ...

    async def restart(self) -> None: ...

    async def kill(self) -> None: ...


async def keep(
    service: Service,
    say: Callable[[str], None],
    changed: Callable[[], None] = lambda: None,
    renew: asyncio.Event | None = None,
) -> None:
    """Start the service again whenever it ends, until cancelled; ``changed`` is called after each time.

    ``renew``, when set, has it finish what it is about and start anew: that is no death, and has no pause.
    """
    renew = renew or asyncio.Event()
    pause = FIRST_PAUSE
    while True:
        since = time.monotonic()
        status = await _ended(service, renew)
        renew.clear()  # What is wished for from here on is another one: this one may have read its files by then.
        if time.monotonic() - since > STEADY:
            pause = FIRST_PAUSE
        wait = 0.0
        if status is not None:
            wait, pause = pause, min(pause * 2, LONGEST_PAUSE)
            say(f"{service.name} {describe(status)}; starting it again in {wait:g} s.")
        while not await _again(service, wait, say):
            wait, pause = pause, min(pause * 2, LONGEST_PAUSE)
        say(f"{service.name} is back.")
        changed()


async def _ended(service: Service, renew: asyncio.Event) -> int | None:
    """Its exit status, once it has ended; None as soon as it is to start anew."""
    ended, wished = asyncio.ensure_future(service.wait()), asyncio.ensure_future(renew.wait())
    try:
        await asyncio.wait((ended, wished), return_when=asyncio.FIRST_COMPLETED)
        return None if wished.done() else ended.result()
    finally:
        ended.cancel()
        wished.cancel()


async def _again(service: Service, pause: float, say: Callable[[str], None]) -> bool:
    await asyncio.sleep(pause)
    try:
        await service.restart()
    except (TrunklineError, OSError, TimeoutError) as error:
        say(f"{service.name} does not come back yet: {error}")
        return False
    return True


def describe(status: int) -> str:
    """An exit status as the rest of a sentence."""
    return f"was killed by signal {-status}" if status < 0 else f"ended with status {status}"
