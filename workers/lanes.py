"""Many things at once, but those of one call in order."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

Job = Callable[[], Awaitable[None]]


class Lanes:
    """At most ``bound`` jobs wait or run; those with the same key run one after another, in the order they came."""

    def __init__(self, bound: int) -> None:
        self._room = asyncio.Semaphore(bound)
        self._waiting: dict[str, deque[Job]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def room(self) -> None:
        """Wait until there is room for one more job, and keep it: follow with ``put`` or ``leave``."""
        await self._room.acquire()

    def leave(self) -> None:
        """Give back room that was not needed."""
        self._room.release()

    def put(self, key: str, job: Job) -> None:
        """Run ``job``, which must not raise, after those with its key."""
        if key in self._waiting:
            self._waiting[key].append(job)
            return
        self._waiting[key] = deque([job])
        task = asyncio.create_task(self._run(key))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def drain(self, seconds: float) -> None:
        """Wait for all jobs to finish; those that have not after ``seconds`` are cancelled."""
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _run(self, key: str) -> None:
        lane = self._waiting[key]
        try:
            while lane:
                try:
                    await lane[0]()
                finally:
                    lane.popleft()
                    self._room.release()
        finally:
            del self._waiting[key]
