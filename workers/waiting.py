"""Waiting for engines that are not there yet."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog

log = structlog.get_logger(__name__)
Thing = TypeVar("Thing")

LONGEST = 5.0
"""Seconds between two attempts at most."""


async def until_there(what: str, reach: Callable[[], Awaitable[Thing]]) -> Thing:
    """What ``reach`` returns, tried again with growing pauses, without end, for as long as it raises."""
    pause = 0.1
    while True:
        try:
            return await reach()
        except Exception as error:
            log.warning(
                f"{what} does not answer; trying again in {pause:.1f} s.", error=f"{type(error).__name__}: {error}"
            )
        await asyncio.sleep(pause)
        pause = min(LONGEST, pause * 2)
