"""Waiting for engines that are not there yet."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import TypeVar

import structlog

log = structlog.get_logger(__name__)
Thing = TypeVar("Thing")

FIRST = 0.1
"""Seconds between the first attempt and the second."""
LONGEST = 5.0
"""Seconds between two attempts at most."""


def heed_cancellation() -> None:
    """Raise CancelledError where this task was cancelled and somebody swallowed it.

    nats-py waits with ``asyncio.wait_for``, which in Python 3.11 returns the answer and forgets the cancellation where
    both come in the same turn of the loop. A loop around such a call would never end.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


def growing(longest: float) -> Iterator[float]:
    """Pauses between attempts, without end: FIRST seconds, then twice as long each time, up to ``longest``."""
    pause = FIRST
    while True:
        yield pause
        pause = min(longest, pause * 2)


async def until_there(what: str, reach: Callable[[], Awaitable[Thing]]) -> Thing:
    """What ``reach`` returns, tried again with growing pauses, without end, for as long as it raises."""
    pauses = growing(LONGEST)
    while True:
        try:
            there = await reach()
            heed_cancellation()
            return there
        except Exception as error:
            heed_cancellation()
            pause = next(pauses)
            log.warning(
                f"{what} does not answer; trying again in {pause:.1f} s.", error=f"{type(error).__name__}: {error}"
            )
        await asyncio.sleep(pause)
