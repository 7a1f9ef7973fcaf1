"""WebRTC: a browser's call. Opus both ways over SRTP, and a data channel for what can be seen and keyed in.

The peer's offer is answered at once; the call begins when the media is connected. What comes over the data channel is
JSON, ``{"kind": "key", "digit": "5"}``, ``{"kind": "played", "rtp": 123}`` or ``{"kind": "bye"}``; what goes out are
the call's events as ``edge.webrtc.shown`` has them. At ``{"kind": "pause", "pause": 1}`` a player falls silent,
whatever it still holds, and answers ``{"kind": "paused", "pause": 1, "rtp": 123}``, the last packet that was heard; so
it does, without an answer, at ``clear``. From the packet on that ``{"kind": "resume", "rtp": 456}`` or ``clear`` names,
it is to be heard again.
"""

import asyncio

import msgspec
import structlog
from aiortc import (
    RTCBundlePolicy,
    RTCConfiguration,
    RTCDataChannel,
    RTCPeerConnection,
    RTCRtpSender,
    RTCSessionDescription,
)
from aiortc.stats import RTCTransportStats

from edge.call import Call
from edge.core.audio import Pcm
from edge.core.events import EndReason
from edge.errors import Refused, TransportError
from edge.node import Node
from edge.services import Party
from edge.webrtc import sdp
from edge.webrtc.hearing import Hearing
from edge.webrtc.ice import Network
from edge.webrtc.leg import WebRtcLeg

_log = structlog.get_logger(__name__)

CONNECT = 10.0
"""Seconds in which the media must be connected."""
SILENT = 10.0
"""Seconds without a packet of any kind after which the line is lost. A page that lost it has called again by then."""
LOOK = 1.0
"""Seconds between two looks whether anything comes."""
LONGEST_MESSAGE = 1024
MOST_FAULTS = 50
"""Faulty messages after which the peer is shown the door."""
PARTING = 0.5
"""Seconds for the last words on the data channel to go out."""
_KEYS = frozenset("0123456789*#")


class _Message(msgspec.Struct):
    kind: str
    digit: str = ""
    rtp: int = -1
    pause: int = 0
    """Which one is answered, counted from 1."""


_DECODER = msgspec.json.Decoder(_Message)


class Session:
    """One peer: from its offer to the end of its connection."""

    def __init__(self, node: Node, call_id: str, network: Network, *, marks: bool) -> None:
        self.call_id = call_id
        self.connected = asyncio.Event()
        self.leg = WebRtcLeg(marks=marks)
        self._node = node
        self._network = network
        self._call: Call | None = None
        self._faults = 0
        self._why: EndReason | None = None
        self._gone = asyncio.Event()
        """Set with ``_why``, when the peer has left or is to leave."""
        self._peer = RTCPeerConnection(RTCConfiguration([], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE))
        self._hearing = Hearing(self._heard, self._count, asyncio.get_running_loop().time)
        self._peer.on("connectionstatechange", self._changed)
        self._peer.on("datachannel", self._channel)

    async def answer(self, offer: str) -> str:
        """The SDP answer to this offer.

        Raises:
            TransportError: it cannot be answered; the message says why.
        """
        offered = sdp.checked(offer)
        sender = self._peer.addTrack(self.leg.voice)
        self.leg.voice.sent_by(sender)
        (transceiver,) = self._peer.getTransceivers()
        opus = [codec for codec in RTCRtpSender.getCapabilities("audio").codecs if codec.name == "opus"]
        transceiver.setCodecPreferences(opus)
        try:
            await self._peer.setRemoteDescription(RTCSessionDescription(offered, "offer"))
            self._hearing.listen(transceiver.receiver)
            self._network.adopt(self._peer)
            await self._peer.setLocalDescription(await self._peer.createAnswer())
        except Exception as error:  # Whatever aiortc makes of a stranger's words.
            raise TransportError(
                "bad_sdp", f"The offer cannot be answered: {error or type(error).__name__}."
            ) from error
        answer = self._peer.localDescription.sdp
        if "a=candidate" not in answer:
            raise TransportError("no_port", "This edge has no free port for media; try another.", retryable=True)
        return self._network.published(sdp.as_speech(answer))

    async def add(self, fragment: str) -> None:
        """Take trickled candidates.

        Raises:
            TransportError: the fragment is not one.
        """
        try:
            for candidate in sdp.candidates(fragment):
                await self._peer.addIceCandidate(candidate)
        except Exception as error:
            raise TransportError("bad_fragment", f"The fragment is not one of SDP: {error}.") from error

    def leave(self, why: EndReason) -> None:
        """The peer is gone, or to go. Safe to call twice."""
        self._why = self._why or why
        self._gone.set()

    async def run(self) -> None:
        """Carry the call until one side leaves; then close."""
        try:
            async with asyncio.timeout(CONNECT):
                await _first(self.connected, self._gone)
            if self.connected.is_set():
                await self._carry()
        except TimeoutError:
            self._count("never_connected")
        finally:
            self._hearing.close()
            await self._peer.close()

    async def _carry(self) -> None:
        try:
            call = self._call = await self._node.take(self.call_id, Party("webrtc", returns=True), self.leg, again=True)
        except Refused as error:
            self.leg.tell({"kind": "refused", "code": error.code, "message": error.message})
            await asyncio.sleep(PARTING)
            return
        watch = asyncio.create_task(self._watch(), name=f"watch {call.id}")
        try:
            await _first(self.leg.over, self._gone)
            if self._why == "transport_lost":
                self._node.suspend(call)
            elif self._why == "caller_hung_up":
                await self._node.hung_up(call)
            elif self._why:
                self._node.end(call, self._why)
            else:
                if call.suspended:
                    self.leg.tell({"kind": "moved"})
                await asyncio.sleep(PARTING)
        finally:
            watch.cancel()
            self._node.end(call, "failed")
            self._node.forget(call)  # Its place is free, however long its last tasks take.
            await call.finished()
            self._call = None

    async def _watch(self) -> None:
        """Whoever sends nothing any more is gone. A microphone may be silent; reports of what is received go on."""
        (receiver,) = self._peer.getReceivers()
        before, silent = -1, 0.0
        while silent < SILENT:
            await asyncio.sleep(LOOK)
            stats = (await receiver.getStats()).values()
            packets = sum(one.packetsReceived for one in stats if isinstance(one, RTCTransportStats))
            before, silent = packets, 0.0 if packets != before else silent + LOOK
        self.leave("transport_lost")

    # -- from aiortc --------------------------------------------------------------------------------------------------

    def _heard(self, pcm: Pcm) -> None:
        if self._call:
            self._call.audio(pcm)

    def _changed(self) -> None:
        match self._peer.connectionState:
            case "connected":
                self.connected.set()
            case "failed" | "closed":
                self.leave("transport_lost")

    def _channel(self, channel: RTCDataChannel) -> None:
        channel.on("message", self._message)
        self.leg.opened(channel)

    def _message(self, message: str | bytes) -> None:
        try:
            if len(message) > LONGEST_MESSAGE:
                raise msgspec.DecodeError("too long")
            said = _DECODER.decode(message)
        except (msgspec.DecodeError, msgspec.ValidationError):
            self._fault("malformed")
            return
        match said.kind:
            case "key" if said.digit and said.digit in _KEYS and self._call:
                self._call.key(said.digit)
            case "played" if self._call:
                for name in self.leg.voice.reached(said.rtp):
                    self._call.mark(name)
            case "paused":
                self.leg.paused(said.pause, said.rtp)
            case "bye":
                self.leave("caller_hung_up")
            case "key" | "played":
                pass
            case _:
                self._fault("unknown_message")

    def _fault(self, reason: str) -> None:
        self._faults += 1
        self._count(reason)
        if self._faults > MOST_FAULTS:
            self.leave("failed")

    def _count(self, reason: str) -> None:
        self._node.services.metrics.protocol_errors.labels(reason).inc()


async def _first(*events: asyncio.Event) -> None:
    """Wait until one of them is set."""
    tasks = [asyncio.create_task(event.wait()) for event in events]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
