"""Messages of one websocket, each sent when it is due, and spoilt as its fault says."""

import asyncio
import contextlib
import heapq
from collections.abc import Callable
from typing import Any

import msgspec
from aiohttp import WSCloseCode, web

from benchmarks.vendors.faults import Fault

Alive = Callable[[], bool]

GARBAGE = ("{not json", '{"type": 7}', "[]", '{"type": "Results", "channel": 0}', '{"type":"chunk","data":"?"}', "\x00")


class Outbox(contextlib.AbstractAsyncContextManager["Outbox"]):
    """Sends while it is entered."""

    def __init__(self, ws: web.WebSocketResponse, request: web.Request, fault: Fault | None) -> None:
        self._ws = ws
        self._request = request
        self._fault = fault
        self._heap: list[tuple[float, int, Any, Alive | None]] = []
        self._count = 0
        self._sent = 0
        self._more = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._loop = asyncio.get_running_loop()

    async def __aenter__(self) -> "Outbox":
        self._task = asyncio.create_task(self._run())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError, ConnectionError):
                await self._task

    def post(self, body: Any, delay: float = 0.0) -> None:
        """Send ``body`` as JSON in ``delay`` seconds; None closes the websocket."""
        self.post_at(body, self._loop.time() + delay)

    def post_at(self, body: Any, due: float, alive: Alive | None = None) -> None:
        """Send ``body`` at this time of the loop, if ``alive`` says so then."""
        self._count += 1
        heapq.heappush(self._heap, (due, self._count, body, alive))
        self._more.set()

    async def _run(self) -> None:
        while True:
            self._more.clear()
            wait = self._heap[0][0] - self._loop.time() if self._heap else None
            if wait is None or wait > 0:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(wait):
                        await self._more.wait()
                continue
            _, _, body, alive = heapq.heappop(self._heap)
            if alive is None or alive():
                await self._send(body)

    async def _send(self, body: Any) -> None:
        self._sent += 1
        spoilt = self._fault if self._fault and self._sent > self._fault.after else None
        match spoilt:
            case Fault("drop"):
                if self._request.transport:
                    self._request.transport.abort()
            case Fault("stall"):
                pass
            case Fault("malformed"):
                await self._ws.send_str(GARBAGE[self._sent % len(GARBAGE)])
            case _ if body is None:
                await self._ws.close(code=WSCloseCode.OK)
            case _:
                await self._ws.send_str(msgspec.json.encode(body).decode())
