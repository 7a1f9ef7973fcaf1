"""The line to the edge: a websocket, kept at the pace of a telephone."""

import asyncio
import contextlib
import re
from collections.abc import Callable

import aiohttp

from edge.core.audio import FRAME_SECONDS
from trunkline.caller import wire
from trunkline.caller.errors import CallerError
from trunkline.caller.report import Ended
from trunkline.errors import reason

PATIENCE = 10.0
"""Seconds for the edge to take the call, and the most that it may leave audio unread."""
CLOSING = 2.0
"""Seconds for the edge's word on the end to be read, once it takes no more."""
_UNSENT = int(PATIENCE / FRAME_SECONDS)
_HOST = re.compile(r"(?:^|@)(?:\[[^\]]+\]|[^:\[\]]+)(?::\d{1,5})?$")
"""A name or number, and perhaps a port."""
_OVER = (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSING, aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR)


def address(to: str) -> str:
    """The websocket's address: http becomes ws, a bare host or an empty path gets ``/twilio``.

    Raises:
        CallerError: ``bad_address``.
    """
    url = to.strip() if "://" in to else f"ws://{to.strip()}"
    scheme, _, rest = url.partition("://")
    scheme = {"http": "ws", "https": "wss"}.get(scheme.lower(), scheme.lower())
    host, _, path = rest.partition("/")
    if scheme not in ("ws", "wss") or not _HOST.search(host):
        raise CallerError("bad_address", f"{to!r} is no address of an edge; give one like ws://127.0.0.1:8080/twilio.")
    return f"{scheme}://{host}/{path or 'twilio'}"


async def dial(client: aiohttp.ClientSession, url: str, token: str | None) -> aiohttp.ClientWebSocketResponse:
    """Open the websocket; signed where there is a token, as the carrier does.

    Raises:
        CallerError: ``edge_unreachable`` or ``refused``.
    """
    headers = {"X-Twilio-Signature": wire.signature(url, token)} if token else {}
    try:
        async with asyncio.timeout(PATIENCE):
            return await client.ws_connect(url, headers=headers, compress=0, max_msg_size=wire.LONGEST_MESSAGE)
    except aiohttp.WSServerHandshakeError as error:
        raise CallerError("refused", _refusal(url, error.status)) from error
    except TimeoutError as error:
        message = f"The edge at {url} did not answer within {PATIENCE:.0f} seconds."
        raise CallerError("edge_unreachable", message) from error
    except (aiohttp.ClientError, OSError, ValueError) as error:
        message = f"No edge can be reached at {url} ({reason(error)}). Is it running? 'trunkline up' starts one."
        raise CallerError("edge_unreachable", message) from error


def _refusal(url: str, status: int) -> str:
    why = {
        401: "It wants a signature: set TRUNKLINE_TWILIO_AUTH_TOKEN to the edge's token.",
        403: "It wants a signature: set TRUNKLINE_TWILIO_AUTH_TOKEN to the edge's token.",
        404: "It has no such path; the path of an edge is /twilio.",
        429: "It has no room for another call now.",
        503: "It takes no calls now: it is full, draining, or not ready yet.",
    }
    return f"The edge at {url} refused the call with HTTP {status}. {why.get(status, 'See its log for the reason.')}"


def _closed(code: int | None, why: object) -> Ended:
    """What the edge's close code says: 1000 is a call that is over, 1008 and 1013 one that was not taken."""
    if code == aiohttp.WSCloseCode.OK:
        return Ended("agent_hung_up", "agent")
    if code is None or code == aiohttp.WSCloseCode.ABNORMAL_CLOSURE:
        return Ended("transport_lost", "line", "The line to the edge broke.")
    detail = f"The edge closed the line with code {code}{f': {why}' if why else '.'}"
    refused = code in (aiohttp.WSCloseCode.POLICY_VIOLATION, aiohttp.WSCloseCode.TRY_AGAIN_LATER)
    return Ended("refused" if refused else "transport_lost", "line", detail)


class Session:
    """One open websocket. ``pace`` calls ``tick`` every 20 ms and sends what it returns, until somebody hangs up."""

    def __init__(
        self,
        socket: aiohttp.ClientWebSocketResponse,
        tick: Callable[[], list[str]],
        receive: Callable[[wire.FromEdge], list[str]],
        note: Callable[[str], None],
    ) -> None:
        self._socket = socket
        self._tick = tick
        self._receive = receive
        self._note = note
        self._unsent: asyncio.Queue[str] = asyncio.Queue(_UNSENT)
        self.late = 0.0
        """Seconds by which the latest tick came after its time."""

    def send(self, messages: list[str]) -> None:
        """Queue messages. Raises CallerError ``line_stalled`` where the edge does not read."""
        for message in messages:
            try:
                self._unsent.put_nowait(message)
            except asyncio.QueueFull as error:
                raise CallerError("line_stalled", f"The edge has read no audio for {PATIENCE:.0f} seconds.") from error

    async def run(self, over: Callable[[], Ended | None]) -> Ended:
        """Carry the call until ``over`` says that the caller has ended it, the edge closes, or the line breaks."""
        reading = asyncio.create_task(self._read())
        tasks = [asyncio.create_task(self._pace(over)), reading, asyncio.create_task(self._write())]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            return done.pop().result()
        except CallerError as error:
            return Ended(error.code, "line", error.message)
        except (ConnectionError, aiohttp.ClientError) as error:
            # An edge that closes in order takes no more, and its word on why may be still to be read.
            await asyncio.wait([reading], timeout=CLOSING)
            if reading.done() and reading.exception() is None:
                return reading.result()
            return Ended("transport_lost", "line", f"The line to the edge broke: {error}.")
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def hang_up(self, stop: str) -> None:
        """Say ``stop`` and close, as the carrier does when the caller hangs up."""
        with contextlib.suppress(ConnectionError, aiohttp.ClientError, TimeoutError):
            async with asyncio.timeout(2.0):
                if not self._socket.closed:
                    await self._socket.send_str(stop)
                await self._socket.close()

    async def _pace(self, over: Callable[[], Ended | None]) -> Ended:
        """On an absolute clock: a tick that comes late is followed by the next at its own time."""
        loop = asyncio.get_running_loop()
        begin, count = loop.time(), 0
        while True:
            self.send(self._tick())
            if ended := over():
                return ended
            count += 1
            ahead = begin + count * FRAME_SECONDS - loop.time()
            self.late = max(self.late, -ahead)
            await asyncio.sleep(max(0.0, ahead))

    async def _read(self) -> Ended:
        while True:
            message = await self._socket.receive()
            if message.type in _OVER:
                return _closed(self._socket.close_code, message.extra)
            if message.type is not aiohttp.WSMsgType.TEXT:
                self._note("The edge sent a binary message; the carrier would drop it.")
                continue
            try:
                self.send(self._receive(wire.parse(message.data)))
            except CallerError as error:
                if error.code != "bad_message":
                    raise
                self._note(error.message)

    async def _write(self) -> Ended:
        while True:
            await self._socket.send_str(await self._unsent.get())
