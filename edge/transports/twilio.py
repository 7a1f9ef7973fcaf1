"""Twilio Media Streams: µ-law 8 kHz over a websocket, with marks.

Messages as Twilio documents them: connected, start, media, dtmf, mark, stop in; media, mark, clear out. What breaks the
rules is counted and skipped; a peer that keeps breaking them is shown the door. A bidirectional stream ends when the
websocket is closed, and Twilio goes on with the TwiML after ``<Connect>``.
"""

import asyncio
import binascii
from collections import deque

import msgspec
import structlog
from aiohttp import WSCloseCode, WSMessage, WSMsgType, web

from edge import twiml
from edge.call import Call
from edge.core.audio import Sound, mulaw
from edge.errors import Refused, TransportError
from edge.node import Node
from edge.ports import Screen
from edge.sending import at_once
from edge.services import Party

_log = structlog.get_logger(__name__)

LARGEST_MESSAGE = 64 * 1024
"""Bytes; Twilio's media messages have some 300."""
LARGEST_PAYLOAD = 8000
"""Bytes of µ-law in one message: a second."""
LONGEST_SID = 96
"""Characters of a stream's name, which goes out with every frame."""
START_PATIENCE = 10.0
"""Seconds in which ``start`` must come."""
MOST_FAULTS = 50
"""Faulty messages after which the stream is ended."""
MOST_WAITING = 250
"""Messages that wait for a slow peer: five seconds of audio. Past that the line is taken for dead."""
PARTING = 5.0
"""Seconds for the last messages of a call to go out."""
_KEYS = frozenset("0123456789*#")


class _Format(msgspec.Struct):
    encoding: str = ""
    sampleRate: int = 0  # noqa: N815  The names are Twilio's.
    channels: int = 1


class _Start(msgspec.Struct):
    callSid: str = ""  # noqa: N815
    mediaFormat: _Format = msgspec.field(default_factory=_Format)  # noqa: N815
    customParameters: dict[str, str] = msgspec.field(default_factory=dict)  # noqa: N815


class _Media(msgspec.Struct):
    payload: str = ""
    track: str = "inbound"


class _Dtmf(msgspec.Struct):
    digit: str = ""


class _Mark(msgspec.Struct):
    name: str = ""


class _Message(msgspec.Struct):
    event: str
    streamSid: str = ""  # noqa: N815
    start: _Start | None = None
    media: _Media | None = None
    dtmf: _Dtmf | None = None
    mark: _Mark | None = None


_DECODER = msgspec.json.Decoder(_Message)


class TwilioLeg:
    """``edge.ports.Leg`` over one websocket. What a slow peer does not take waits in a bounded queue for one task."""

    marks = True
    screen: Screen | None = None

    def __init__(self, ws: web.WebSocketResponse, stream: str) -> None:
        self._ws = ws
        self._sid = msgspec.json.encode(stream).decode()
        self._out: deque[str] = deque()
        self._wake = asyncio.Event()
        self._slow = False
        self._closing = False
        self.lost = asyncio.Event()
        """Set when the peer does not take what it is sent."""

    def play(self, sound: Sound) -> None:
        self._send(media_message(self._sid, sound))

    def mark(self, name: str) -> None:
        self._send(f'{{"event":"mark","streamSid":{self._sid},"mark":{{"name":"{name}"}}}}')

    def pause(self) -> bool:
        return False

    def resume(self) -> float:
        return 0.0

    def clear(self) -> float:
        self._send(f'{{"event":"clear","streamSid":{self._sid}}}')
        return 0.0

    def hang_up(self) -> None:
        self._closing = True
        self._wake.set()

    def _send(self, message: str) -> None:
        if not self._slow:
            try:
                self._slow = not at_once(self._ws.send_str(message))
            except (ConnectionError, RuntimeError):
                self.lost.set()
        elif len(self._out) < MOST_WAITING:
            self._out.append(message)
            self._wake.set()
        else:
            self.lost.set()

    async def run(self) -> None:
        """Send what waits until hung up, then close the websocket."""
        try:
            while True:
                while self._out:
                    await self._ws.send_str(self._out.popleft())
                self._slow = False
                if self._closing:
                    break
                self._wake.clear()
                await self._wake.wait()
            await self._ws.close()
        except (ConnectionError, RuntimeError):
            return  # The peer has gone; the reading side sees it too, and ends the call.


class Stream:
    """One websocket: from its handshake to the end of its call."""

    def __init__(self, node: Node, ws: web.WebSocketResponse, transport: asyncio.Transport | None) -> None:
        self._node = node
        self._ws = ws
        self._transport = transport
        self._faults = 0

    async def run(self) -> None:
        """Carry the call on this websocket, to its end."""
        try:
            async with asyncio.timeout(START_PATIENCE):
                start = await self._started()
        except TimeoutError:
            await self._close(WSCloseCode.POLICY_VIOLATION, f"No start message came within {START_PATIENCE:.0f} s.")
            return
        except TransportError as error:
            self._count(error.code)
            await self._close(WSCloseCode.UNSUPPORTED_DATA, error.message)
            return
        if start is not None:
            await self._carry(start)

    async def _started(self) -> _Message | None:
        """The start message; None where the peer left before it."""
        async for frame in self._ws:
            message = self._read(frame)
            if message and message.event == "start":
                self._check(message)
                return message
            if message and message.event != "connected":
                self._fault("before_start")
            if self._faults > MOST_FAULTS:
                await self._show_out()
        return None

    @staticmethod
    def _check(message: _Message) -> None:
        start = message.start
        if start is None or not start.callSid or not 0 < len(message.streamSid) <= LONGEST_SID:
            raise TransportError(
                "bad_start",
                f"The start message must carry start.callSid and a streamSid of 1 to {LONGEST_SID} letters.",
            )
        form = start.mediaFormat
        if (form.encoding, form.sampleRate, form.channels) != ("audio/x-mulaw", 8000, 1):
            raise TransportError(
                "wrong_codec",
                "The stream must be audio/x-mulaw at 8000 Hz with 1 channel, not "
                f"{form.encoding[:40]} at {form.sampleRate} Hz with {form.channels}.",
            )

    async def _carry(self, message: _Message) -> None:
        assert message.start is not None
        leg = TwilioLeg(self._ws, message.streamSid)
        given = message.start.customParameters
        returns = twiml.AGAIN in given
        party = Party("twilio", _address(given.get("from")), _address(given.get("to")), returns)
        try:
            call = await self._node.take(message.start.callSid, party, leg, again=returns)
        except Refused as error:
            code = WSCloseCode.TRY_AGAIN_LATER if error.retryable else WSCloseCode.POLICY_VIOLATION
            await self._close(code, error.message)
            return
        sender = asyncio.create_task(leg.run(), name=f"send {call.id}")
        listener = asyncio.create_task(self._listen(call), name=f"listen {call.id}")
        ends = [asyncio.create_task(leg.lost.wait()), asyncio.create_task(call.over.wait())]
        try:
            await asyncio.wait([listener, *ends], return_when=asyncio.FIRST_COMPLETED)
            stopped = self._stopped(call, listener)
            if returns and not stopped:
                self._node.suspend(call)
            if stopped:
                await self._node.hung_up(call)
            self._node.end(call, "transport_lost")
        finally:
            self._node.end(call, "failed")
            self._node.forget(call)  # Its place is free, however long the goodbye takes.
            await self._part(leg, sender)
            for task in (listener, sender, *ends):
                task.cancel()
            await call.finished()

    def _stopped(self, call: Call, listener: "asyncio.Task[bool]") -> bool:
        """Whether the peer said goodbye. A defect that what it sent ran into ends the call."""
        if not listener.done() or listener.cancelled():
            return False
        error = listener.exception()
        if error is None:
            return listener.result()
        if not isinstance(error, ConnectionError):
            _log.error("A call failed and is ended.", call=call.id, exc_info=error)
            self._node.end(call, "failed", "The agent ran into a defect.")
        return False

    async def _part(self, leg: TwilioLeg, sender: "asyncio.Task[None]") -> None:
        """Send what is left and close the websocket; a peer that takes nothing is cut off."""
        leg.hang_up()
        if not leg.lost.is_set():
            await asyncio.wait([sender], timeout=PARTING)
        if not sender.done() and self._transport is not None:
            self._transport.abort()

    async def _listen(self, call: Call) -> bool:
        """Feed the call; True where the peer said goodbye in form."""
        async for frame in self._ws:
            message = self._read(frame)
            if message and message.media and message.event == "media":
                self._media(call, message.media)
            elif message and message.event == "stop":
                return True
            elif message:
                self._other(call, message)
            if self._faults > MOST_FAULTS:
                await self._show_out()
        return False

    def _other(self, call: Call, message: _Message) -> None:
        """What comes now and then."""
        match message.event:
            case "dtmf" if message.dtmf and message.dtmf.digit in _KEYS and message.dtmf.digit:
                call.key(message.dtmf.digit)
            case "mark" if message.mark:
                call.mark(message.mark.name)
            case _:
                self._fault("unknown_event")

    def _media(self, call: Call, media: _Media) -> None:
        if media.track not in ("inbound", "inbound_track"):
            return
        try:
            payload = binascii.a2b_base64(media.payload, strict_mode=True)
        except ValueError:
            self._fault("bad_payload")
            return
        if not 0 < len(payload) <= LARGEST_PAYLOAD:
            self._fault("bad_payload_size")
            return
        call.audio(payload)

    def _read(self, frame: WSMessage) -> _Message | None:
        """The peer's message, where it makes sense."""
        if frame.type is not WSMsgType.TEXT:
            self._fault("not_text")
            return None
        try:
            return _DECODER.decode(frame.data)
        except (msgspec.DecodeError, msgspec.ValidationError):
            self._fault("malformed")
            return None

    async def _show_out(self) -> None:
        """The peer has broken too many rules; closed, its websocket has no more messages."""
        await self._close(WSCloseCode.POLICY_VIOLATION, f"More than {MOST_FAULTS} messages broke the protocol.")

    def _fault(self, reason: str) -> None:
        self._faults += 1
        self._count(reason)

    def _count(self, reason: str) -> None:
        self._node.services.metrics.protocol_errors.labels(reason).inc()

    async def _close(self, code: int, why: str) -> None:
        _log.warning("A media stream was refused.", why=why)
        await self._ws.close(code=code, message=why.encode()[:120])


def media_message(stream: str, sound: Sound) -> str:
    """A frame as it goes out, put together by hand; ``stream`` is the stream's name in JSON."""
    payload = binascii.b2a_base64(mulaw(sound), newline=False).decode("ascii")
    return f'{{"event":"media","streamSid":{stream},"media":{{"payload":"{payload}"}}}}'


def sound_of(message: str) -> bytes:
    """The µ-law of a media message that makes sense; raises ValueError, and msgspec's errors, where it does not."""
    media = _DECODER.decode(message).media or _Media()
    return binascii.a2b_base64(media.payload, strict_mode=True)


def _address(value: str | None) -> str | None:
    """A caller's address fit to be logged and sent on: bounded, printable."""
    value = (value or "").strip()
    return value[:64] if value and value.isprintable() else None


async def handle(request: web.Request, node: Node) -> web.WebSocketResponse:
    """The websocket endpoint that TwiML's ``<Stream>`` names."""
    # No heartbeat: a line without sound is given up by the call, and to move a timer with each frame costs as much as
    # to read it. Messages stay bytes, which is what their decoder takes.
    ws = web.WebSocketResponse(max_msg_size=LARGEST_MESSAGE, compress=False, decode_text=False)
    await ws.prepare(request)
    await Stream(node, ws, request.transport).run()
    return ws
