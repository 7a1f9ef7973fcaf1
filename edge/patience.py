"""A deadline for each of many short waits, at the cost of one timer.

``asyncio.timeout`` makes and cancels a timer each time, which is most of what it costs to wait for a token that comes
in a few milliseconds. Here the timer stays as it is while things come in time; where it goes off early, it is set anew.
"""

import asyncio
from types import TracebackType

STALLED = 0.1
"""Seconds late at which a timer tells that the process itself stood still: what it waits for may be there, unread."""
GRANTED = 0.2
"""Seconds to read it in, once."""


class Patience:
    """For one task's waits, one at a time.

        patience = Patience()
        while True:
            with patience.within(2.0):
                piece = await next_piece()

    Raises TimeoutError, as ``asyncio.timeout`` does, where a wait takes longer.
    """

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._seconds: float | None = None
        self._due = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[object] | None = None
        """Who waits."""
        self._cancelling = 0
        self._late = self._granted = False

    def within(self, seconds: float | None) -> "Patience":
        """So long for the wait that begins now; None waits for ever."""
        self._seconds = seconds
        return self

    def __enter__(self) -> None:
        if self._seconds is None:
            return
        self._due = self._loop.time() + self._seconds
        self._granted = False
        self._task = asyncio.current_task()
        assert self._task is not None
        self._cancelling = self._task.cancelling()
        if self._timer is None or self._timer.when() > self._due:
            self._set()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        task, self._task = self._task, None
        if self._late and task is not None:
            self._late = False
            if task.uncancel() <= self._cancelling and kind is asyncio.CancelledError:
                raise TimeoutError from error

    def end(self) -> None:
        """No more waits: let go of the timer."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _set(self) -> None:
        self.end()
        self._timer = self._loop.call_at(self._due, self._look)

    def _look(self) -> None:
        self._timer = None
        if self._task is None:
            return  # Nobody waits; the next wait sets it.
        late = self._loop.time() - self._due
        if late > STALLED and not self._granted:
            self._granted = True
            self._due += late + GRANTED
            late = -GRANTED
        if late < 0:
            self._set()
        else:
            self._late = True
            self._task.cancel()
