"""Many at once, those of one call in order."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

from workers.lanes import Lanes


class Log:
    """Jobs that note their beginning and end."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.gate = asyncio.Event()

    def job(self, name: str) -> Callable[[], Awaitable[None]]:
        return partial(self._run, name)

    async def _run(self, name: str) -> None:
        self.lines.append(f"{name} begins")
        await self.gate.wait()
        self.lines.append(f"{name} ends")


async def put(lanes: Lanes, key: str, job: Callable[[], Awaitable[None]]) -> None:
    await lanes.room()
    lanes.put(key, job)


async def test_one_call_in_order_two_calls_at_once() -> None:
    lanes, log = Lanes(10), Log()
    await put(lanes, "a", log.job("a1"))
    await put(lanes, "a", log.job("a2"))
    await put(lanes, "b", log.job("b1"))
    await asyncio.sleep(0)
    assert log.lines == ["a1 begins", "b1 begins"]
    log.gate.set()
    await lanes.drain(5)
    assert log.lines.index("a1 ends") < log.lines.index("a2 begins")
    assert "a2 ends" in log.lines


async def test_what_is_full_makes_others_wait() -> None:
    lanes, log = Lanes(2), Log()
    await put(lanes, "a", log.job("a1"))
    await put(lanes, "a", log.job("a2"))
    third = asyncio.create_task(put(lanes, "b", log.job("b1")))
    await asyncio.sleep(0)
    assert not third.done()
    log.gate.set()
    await third
    await lanes.drain(5)
    assert "b1 ends" in log.lines
    await lanes.room()
    lanes.leave()


async def test_what_does_not_end_in_time_is_cancelled() -> None:
    lanes, log = Lanes(2), Log()
    await put(lanes, "a", log.job("a1"))
    await lanes.drain(0.01)
    assert log.lines == ["a1 begins"]
    async with asyncio.timeout(60):
        await lanes.room()
        await lanes.room()
