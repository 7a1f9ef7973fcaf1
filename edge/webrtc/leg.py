"""The leg of a browser's call: the agent's voice goes out as packets, and what can be seen over the data channel."""

import asyncio
from collections import deque
from collections.abc import Mapping
from typing import Any

import msgspec
from aiortc import RTCDataChannel

from edge.core.audio import Sound, samples
from edge.ports import Screen
from edge.webrtc.shown import shown
from edge.webrtc.voice import Voice
from schemas.base import Event
from schemas.transcripts import TranscriptHeard

MOST_WAITING = 200
"""Messages that wait for the data channel to open, or for room in it; past that the oldest are dropped."""
MOST_BUFFERED = 256 * 1024
"""Bytes that a slow data channel may hold; past that, messages wait, but for those of which a better one will come."""
WORDS_EVERY = 0.12
"""Seconds between two tellings of how far the agent has got."""


class WebRtcLeg:
    """``edge.ports.Leg`` over a peer connection, and its own screen. ``marks``: the peer tells what it has played."""

    def __init__(self, *, marks: bool) -> None:
        self.marks = marks
        self.screen: Screen | None = self
        self.voice = Voice()
        self._pauses = 0
        self.over = asyncio.Event()
        """Set when the call is done with this leg."""
        self._channel: RTCDataChannel | None = None
        self._waiting: deque[str] = deque(maxlen=MOST_WAITING)
        self._floor = ""
        self._words = ("", "")
        self._words_at = 0.0

    def play(self, sound: Sound) -> None:
        self.voice.put(samples(sound))

    def mark(self, name: str) -> None:
        self.voice.mark(name)

    def pause(self) -> bool:
        # Who does not tell what it has played does not know these messages either.
        done = self.marks and self._has_room and self.tell({"kind": "pause", "pause": self._pauses + 1}, lossy=True)
        if done:
            self._pauses += 1
            self.voice.stop()
        return done

    def paused(self, pause: int, rtp: int) -> None:
        """The page's answer to a pause; one to an earlier pause, over a slow line, tells nothing of the newest."""
        if pause == self._pauses:
            self.voice.stopped_at(rtp)

    def resume(self) -> float:
        unheard = self.voice.go_on()
        self.tell({"kind": "resume", "rtp": self.voice.audible})
        return unheard

    def clear(self) -> float:
        unheard = self.voice.clear()
        self.tell({"kind": "clear", "rtp": self.voice.audible})
        return unheard

    def hang_up(self) -> None:
        self.over.set()

    def show(self, event: Event) -> None:
        if message := shown(event):
            self.tell(message, lossy=isinstance(event, TranscriptHeard))

    def floor(self, state: str) -> None:
        # Remembered once it is told: what a full channel did not take is told again as soon as there is room.
        if state != self._floor and self.tell({"kind": "floor", "floor": state}, lossy=True):
            self._floor = state

    def words(self, reply: str, text: str) -> None:
        now = asyncio.get_running_loop().time()
        if text and (reply, text) != self._words and now - self._words_at >= WORDS_EVERY:
            self._words, self._words_at = (reply, text), now
            self.tell({"kind": "words", "reply": reply, "text": text}, lossy=True)

    def tell(self, message: Mapping[str, Any], *, lossy: bool = False) -> bool:
        """A message of ours to the page, now or when there is room for it in the data channel. False where that is
        closed; or full, and the message ``lossy``: a better one will come."""
        self._send_waiting()
        channel = self._channel
        if channel is None or channel.readyState == "connecting":
            self._waiting.append(_encoded(message))
        elif self._has_room and not self._waiting:
            channel.send(_encoded(message))
        elif lossy or channel.readyState != "open":
            return False
        else:
            self._waiting.append(_encoded(message))
        return True

    @property
    def _has_room(self) -> bool:
        channel = self._channel
        return channel is not None and channel.readyState == "open" and channel.bufferedAmount < MOST_BUFFERED

    def _send_waiting(self) -> None:
        while self._waiting and self._channel and self._has_room:
            self._channel.send(self._waiting.popleft())

    def opened(self, channel: RTCDataChannel) -> None:
        """The peer has opened its data channel."""
        self._channel = channel
        channel.bufferedAmountLowThreshold = MOST_BUFFERED // 2
        channel.on("bufferedamountlow", self._send_waiting)
        self._send_waiting()


def _encoded(message: Mapping[str, Any]) -> str:
    return msgspec.json.encode(message).decode()
