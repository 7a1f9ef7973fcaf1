"""Messages of one websocket, each sent when it is due, and spoilt as its fault says."""

import asyncio
import contextlib
import heapq
from collections.abc import Callable, Coroutine
from typing import Any

import msgspec
from aiohttp import WSCloseCode, web

from benchmarks.vendors.faults import Fault

Alive = Callable[[], bool]

GARBAGE = ("{not json", '{"type": 7}', "[]", '{"type": "Results", "channel": 0}', '{"type":"chunk","data":"?"}', "\x00")


class Outbox(contextlib.AbstractAsyncContextManager["Outbox"]):
    """Sends while it is entered. One timer and no task: a hundred of them share a core with all else."""

    def __init__(self, ws: web.WebSocketResponse, request: web.Request, fault: Fault | None) -> None:
        self._ws = ws
        self._request = request
        self._fault = fault
        self._heap: list[tuple[float, int, Any, Alive | None]] = []
        self._count = 0
        self._sent = 0
        self._timer: asyncio.TimerHandle | None = None
        self._left = False
        self._closing: asyncio.Task[Any] | None = None
        self._loop = asyncio.get_running_loop()

    async def __aenter__(self) -> "Outbox":
        return self

    async def __aexit__(self, *_: object) -> None:
        self._left = True
        if self._timer:
            self._timer.cancel()
        if self._closing:
            self._closing.cancel()
            await asyncio.gather(self._closing, return_exceptions=True)

    def post(self, body: Any, delay: float = 0.0) -> None:
        """Send ``body`` as JSON in ``delay`` seconds; None closes the websocket."""
        self.post_at(body, self._loop.time() + delay)

    def post_at(self, body: Any, due: float, alive: Alive | None = None) -> None:
        """Send ``body`` at this time of the loop, if ``alive`` says so then."""
        if self._left:
            return
        self._count += 1
        heapq.heappush(self._heap, (due, self._count, body, alive))
        if self._heap[0][1] == self._count:
            self._arm()

    def _arm(self) -> None:
        if self._timer:
            self._timer.cancel()
        self._timer = self._loop.call_at(self._heap[0][0], self._fire) if self._heap else None

    def _fire(self) -> None:
        """Send what is due."""
        now = self._loop.time()
        while self._heap and self._heap[0][0] <= now:
            _, _, body, alive = heapq.heappop(self._heap)
            if alive is None or alive():
                self._send(body)
        self._arm()

    def _send(self, body: Any) -> None:
        self._sent += 1
        spoilt = self._fault if self._fault and self._sent > self._fault.after else None
        match spoilt:
            case Fault("drop"):
                if self._request.transport:
                    self._request.transport.abort()
            case Fault("stall"):
                pass
            case Fault("malformed"):
                self._step(self._ws.send_str(GARBAGE[self._sent % len(GARBAGE)]))
            case _ if body is None:
                self._closing = self._loop.create_task(self._ws.close(code=WSCloseCode.OK))
            case _:
                self._step(self._ws.send_str(msgspec.json.encode(body).decode()))

    @staticmethod
    def _step(sending: Coroutine[Any, Any, None]) -> None:
        """Take a send's one step: aiohttp writes in it, and only then waits, where the peer has not read for long."""
        try:
            sending.send(None)
        except (StopIteration, ConnectionError, RuntimeError):
            return
        sending.close()
