"""The Protocols that providers, transports and the bus meet. All of it runs on the event loop and never blocks it."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from edge.core.audio import AudioFrame, Pcm, Sound, samples
from edge.core.cards import Card
from edge.core.conversation import Conversation, ReplyEvent, Tool
from schemas.base import Event
from schemas.tools import ToolSpec


@dataclass(frozen=True, slots=True)
class Transcript:
    """Words between two points of call audio (seconds).

    ``final``: will not be revised. ``finished``: a vendor's own belief, 0..1, that the turn is over.
    ``confidence``: 0..1, where known. ``steady``: it grows word by word; no sound is decoded anew as a whole.
    ``laughter``: how probable it is that the sound was laughter, of which words were made, 0..1; None: not known.
    ``comma``: how probable a comma was, 0..1, beside the full stop that stands at the end; None: not known.
    """

    text: str
    final: bool
    start: float
    end: float
    finished: float | None = None
    confidence: float | None = None
    steady: bool = False
    laughter: float | None = None
    comma: float | None = None


class Ear(Protocol):
    """Speech recognition of one call."""

    def feed(self, frame: AudioFrame) -> None:
        """Take the next 20 ms of the caller. Never blocks; audio beyond a bound is dropped from the front."""

    def decode(self, start: float, end: float) -> None:
        """Ask for the words in [start, end] seconds of call audio; they come through ``hear`` as a final transcript.

        A newer request replaces one that has not begun. An empty text is an answer too: nothing was said.
        """

    async def close(self) -> None: ...


class SpeechToText(Protocol):
    """A recogniser, one for all calls of a process."""

    async def open(self, call_id: str, hear: Callable[[Transcript], None]) -> Ear: ...

    async def close(self) -> None: ...


class VoiceDetector(Protocol):
    """Tells speech from other sound. One session serves all calls of a process; each call brings its state."""

    window: int
    """Samples of 8 kHz audio that one score looks at."""

    def open(self) -> Any:
        """A fresh state for one call."""

    def score(self, states: Sequence[Any], windows: Sequence[Pcm]) -> list[float]:
        """Probability of speech, 0..1, of one window of each call, in one inference; advances the states in place."""


@dataclass(frozen=True, slots=True)
class Speech:
    """Synthesised audio, 8 kHz, and how many characters of the text it brings the listener to."""

    sound: Sound
    chars: int

    @property
    def pcm(self) -> Pcm:
        """Its samples."""
        return samples(self.sound)


class TextToSpeech(Protocol):
    """A voice, one for all calls of a process."""

    @property
    def joins(self) -> bool:
        """Whether what is asked for under one tag is spoken as one text, however it is cut."""

    def speak(self, text: str, tag: str = "") -> AsyncIterator[Speech]:
        """The audio of ``text``, piece by piece, as soon as there is some; the last piece has ``chars == len(text)``.

        ``tag``: ``<call id>-<reply id>``, for correlation at a vendor; texts of one tag follow each other. The next may
        be asked for before this one's audio is there. Closing the iterator stops the work on all of a tag. Raises
        ProviderError, when it is read.
        """

    async def close(self) -> None: ...


class LanguageModel(Protocol):
    """The mind of the agent."""

    def reply(self, conversation: Conversation) -> AsyncIterator[ReplyEvent]:
        """The next reply, in pieces, ending with Done. Closing the iterator abandons it. Raises ProviderError."""

    async def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class CardTaken:
    """What the gateway gives for a card: a token to charge it by, and what may be shown of it."""

    token: str
    last4: str
    brand: str


class CardGateway(Protocol):
    """Where a card's digits go, and the only place they go to."""

    async def take(self, card: Card, key: str) -> CardTaken:
        """Hand the card over; the same ``key`` again is the same card. Leaves the wiping to the caller.

        Raises:
            GatewayError: ``card_refused`` where it does not take this card; another code where it is away.
        """

    async def close(self) -> None: ...


class Screen(Protocol):
    """What a caller can see, where the line has room for that. Nothing here waits either."""

    def show(self, event: Event) -> None:
        """An event of the call, as it is published or comes in."""

    def floor(self, state: str) -> None:
        """The state of turn-taking, as often as it is known."""

    def words(self, reply: str, text: str) -> None:
        """So much of a reply that is being spoken has been heard."""


class Leg(Protocol):
    """The line to one caller: what a call may do with its transport. All are immediate and never wait for the peer."""

    marks: bool
    """Whether the carrier tells what was played."""
    screen: Screen | None
    """None on a telephone."""

    def play(self, sound: Sound) -> None:
        """Send one frame of 20 ms, 8 kHz."""

    def mark(self, name: str) -> None:
        """Ask to be told when everything sent so far has been played."""

    def pause(self) -> bool:
        """Fall silent at once, in mid-sound, and keep what was not heard. False where the line cannot: what was sent
        to it will be heard, and no more will be."""

    def resume(self) -> float:
        """After a ``pause`` that was done: go on with the first sound that was not heard. Seconds of what had left for
        the caller before the pause, unheard: it is sent again, and all that follows comes so much later."""

    def clear(self) -> float:
        """Throw away what was sent and not yet played; a pause is over. Seconds of what had left for the caller and
        was not heard: 0 where all that has left will be."""

    def hang_up(self) -> None:
        """End the call."""


class Bus(Protocol):
    """Events out and in. Publishing never waits; storing waits for JetStream's acknowledgement."""

    def publish(self, event: Event) -> None:
        """Queue the event. Where the queue is full, events that may be lost are dropped, others spill to disk."""

    async def store(self, event: Event) -> None:
        """Return once the event is safe (on JetStream, or on local disk while NATS is away).

        Raises:
            NotStored: it is neither; nothing will happen, or with code ``unknown`` perhaps.
        """

    def listen(self, call_id: str, hear: Callable[[Event], None]) -> None:
        """From now on hand ``hear`` what is for the edge that has this call (TO_EDGE, TO_OTHER_EDGES), on the loop,
        each event once."""

    def unlisten(self, call_id: str) -> None: ...

    async def recall(self, call_id: str) -> list[Event]:
        """The durable events of this call so far, in order; none where there is no such call.

        Raises:
            EdgeError: ``no_bus``; they cannot be had now.
        """

    def answer(self, name: str, answer: Callable[[bytes], Awaitable[bytes | None]]) -> None:
        """From now on ``answer`` what is asked of ``name``, one token: a process of this region, or what all of them
        are asked. None is silence."""

    async def ask(self, name: str, question: bytes) -> bytes | None:
        """Ask another process of the region; None where there is none of that name, or it does not answer."""

    def tools(self) -> dict[str, Tool]:
        """The durable tools that workers offer at this moment, by name."""

    def tool_specs(self) -> dict[str, ToolSpec]:
        """The same, in full."""
