"""Two providers of one seat: where the first refuses, stalls or drops, the spare takes over in the same turn.

The spare is local, so that it is always there. Whoever composes them is told of every takeover, once for each call.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

import structlog

from edge.core.audio import FRAME_SECONDS, RATE, AudioFrame, Sound
from edge.core.conversation import Conversation, ReplyEvent
from edge.errors import ProviderError
from edge.patience import Patience
from edge.ports import Ear, LanguageModel, Speech, SpeechToText, TextToSpeech, Transcript
from edge.providers import Seat

log = structlog.get_logger()

HEAR = 0.60
"""Seconds of call audio for the words of a pause. With the spare's own 0.2 s a turn is not given up by then."""
SPEAK = 1.0
"""Seconds until a phrase's first audio, and between any two pieces of it."""
THINK = 2.5
"""Seconds until a reply's first word."""
REST = 20.0
"""Seconds for which a voice or a mind that has failed is not asked again; a call's ears stay with the spare."""
KEPT = 25.0
"""Seconds of audio kept for the spare's ears; a turn is decoded in pieces of 20 s at most."""


@dataclass(frozen=True, slots=True)
class Takeover:
    """The spare sits in this seat of this call now. ``at``: seconds of call audio, where known."""

    call_id: str
    seat: Seat
    provider: str
    spare: str
    error: ProviderError
    at: float | None = None


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Pair(Generic[T]):
    """Who sits in a seat, and who would; ``tell`` hears of takeovers."""

    seat: Seat
    first: T
    spare: T
    names: tuple[str, str]
    tell: Callable[[Takeover], None]

    def took_over(self, call_id: str, error: ProviderError, at: float | None = None) -> None:
        """The first has failed this call."""
        name, spare = self.names
        log.warning("The spare takes over.", seat=self.seat, call=call_id, provider=name, spare=spare, code=error.code)
        self.tell(Takeover(call_id, self.seat, name, spare, error, at))


# -- ears -------------------------------------------------------------------------------------------------------------


class SpareEars:
    """Ears with spare ones."""

    def __init__(self, pair: Pair[SpeechToText]) -> None:
        self._pair = pair

    async def open(self, call_id: str, hear: Callable[[Transcript], None]) -> "SparedEar":
        ear = SparedEar(self._pair, call_id, hear)
        await ear.begin()
        return ear

    async def close(self) -> None:
        await _close_both(self._pair)


class SparedEar:
    """One call's ear. Time is the call's: deadlines pass as audio comes, and audio always comes."""

    def __init__(self, pair: Pair[SpeechToText], call_id: str, hear: Callable[[Transcript], None]) -> None:
        self._pair = pair
        self._call_id = call_id
        self._hear = hear
        self._first: Ear | None = None
        self._spare: Ear | None = None
        self._kept: deque[Sound] = deque(maxlen=int(KEPT / FRAME_SECONDS))
        """The frames up to the newest."""
        self._asked: tuple[float, float] | None = None
        self._deadline = 0.0
        self._trying = False
        """Whether the spare hears too, since the first is late."""
        self._error: ProviderError | None = None
        self._at = 0.0

    async def begin(self) -> None:
        """Open both; the spare gets no audio until it is needed."""
        self._spare = await self._pair.spare.open(self._call_id, self._heard_by_spare)
        try:
            self._first = await self._pair.first.open(self._call_id, self._heard_by_first)
        except ProviderError as error:
            self._take_over(error)
        except BaseException:
            await self.close()  # Nobody else has it yet.
            raise

    def feed(self, frame: AudioFrame) -> None:
        self._at = frame.at
        if self._first and not self._error:
            self._kept.append(frame.sound)
            self._first.feed(frame)
            self._watch(self._first)
        if self._spare and (self._error or self._trying):
            self._spare.feed(frame)

    def decode(self, start: float, end: float) -> None:
        self._asked, self._deadline = (start, end), self._at + HEAR
        if self._error and self._spare:
            self._spare.decode(start, end)
        elif self._first:
            self._first.decode(start, end)
            self._watch(self._first)

    async def close(self) -> None:
        ears, self._first, self._spare = (self._first, self._spare), None, None
        self._kept.clear()  # Seconds of sound need not wait for the collector.
        for ear in ears:
            if ear:
                await ear.close()

    def _watch(self, first: Ear) -> None:
        error: ProviderError | None = getattr(first, "failed", None)  # Ears that cannot fail for good do not have it.
        if error and not self._error:
            self._take_over(error)
        elif self._asked and not self._trying and self._at > self._deadline:
            self._try_spare()

    def _try_spare(self) -> None:
        """The first is late. Let the spare hear the same: if it finds words, the first has failed."""
        self._trying = True
        self._hand_over()

    def _take_over(self, error: ProviderError) -> None:
        self._error = error
        self._pair.took_over(self._call_id, error, self._at)
        if not self._trying:
            self._hand_over()

    def _hand_over(self) -> None:
        """Give the spare what was heard so far, and what was asked about it."""
        if self._spare is None:
            return
        at = self._at - sum(map(len, self._kept)) / RATE + FRAME_SECONDS
        for sound in self._kept:
            self._spare.feed(AudioFrame(sound, at))
            at += len(sound) / RATE
        if self._asked:
            self._spare.decode(*self._asked)

    def _heard_by_first(self, transcript: Transcript) -> None:
        if self._error:
            return
        if self._asked and transcript.end >= self._asked[1]:
            self._asked, self._trying = None, False
        self._hear(transcript)

    def _heard_by_spare(self, transcript: Transcript) -> None:
        if self._trying and not self._error and self._asked:
            self._trying = False
            if transcript.text:
                self._take_over_late()
        if self._asked and transcript.end >= self._asked[1] - 1e-6:
            self._asked = None
            self._hear(transcript)

    def _take_over_late(self) -> None:
        """There were words, and the first did not bring them."""
        self._error = ProviderError("stalled", f"No words came within {HEAR:g} s of a pause.", retryable=True)
        self._pair.took_over(self._call_id, self._error, self._at)


# -- voice and mind ---------------------------------------------------------------------------------------------------


class _Rest:
    """Remembers a failure for a while, so that not every phrase waits for a vendor that is away."""

    def __init__(self) -> None:
        self._until = 0.0
        self._error: ProviderError | None = None

    def fail(self, error: ProviderError) -> None:
        self._error, self._until = error, asyncio.get_running_loop().time() + REST

    def now(self) -> ProviderError | None:
        """Why the first is not to be asked now."""
        return self._error if asyncio.get_running_loop().time() < self._until else None


class SpareVoice:
    """A voice with a spare one, which says the rest of a phrase where the first breaks off."""

    def __init__(self, pair: Pair[TextToSpeech], patience: float = SPEAK) -> None:
        self._pair = pair
        self._rest = _Rest()
        self._patience = patience

    @property
    def joins(self) -> bool:
        return self._pair.first.joins

    def speak(self, text: str, tag: str = "") -> AsyncIterator[Speech]:
        asked = None if self._rest.now() else self._pair.first.speak(text, tag)
        return self._speak(text, tag, asked)

    async def _speak(self, text: str, tag: str, asked: AsyncIterator[Speech] | None) -> AsyncIterator[Speech]:
        said, error = 0, self._rest.now()
        if error is None:
            try:
                pieces = _timely(asked or self._pair.first.speak(text, tag), self._patience, self._patience)
                async with contextlib.aclosing(pieces):
                    async for piece in pieces:
                        said = piece.chars
                        yield piece
                return
            except ProviderError as failure:
                error = failure
                self._rest.fail(error)
        self._pair.took_over(tag.rpartition("-")[0], error)
        if text[said:].strip():
            async for piece in self._pair.spare.speak(text[said:], tag):
                yield Speech(piece.sound, said + piece.chars)

    async def close(self) -> None:
        await _close_both(self._pair)


class SpareMind:
    """A language model with a spare one, which takes over before the first word or not at all."""

    def __init__(self, pair: Pair[LanguageModel], patience: float = THINK) -> None:
        self._pair = pair
        self._rest = _Rest()
        self._patience = patience

    async def reply(self, conversation: Conversation) -> AsyncIterator[ReplyEvent]:
        begun, error = False, self._rest.now()
        if error is None:
            try:
                events = _timely(self._pair.first.reply(conversation), self._patience, None)
                async with contextlib.aclosing(events):
                    async for event in events:
                        begun = True
                        yield event
                return
            except ProviderError as failure:
                if begun:
                    raise
                error = failure
                self._rest.fail(error)
        self._pair.took_over(conversation.call_id, error)
        async for event in self._pair.spare.reply(conversation):
            yield event

    async def close(self) -> None:
        await _close_both(self._pair)


async def _timely(pieces: AsyncIterator[T], first: float | None, further: float | None) -> AsyncGenerator[T, None]:
    """The same pieces; raises ProviderError where the first, or a further one, is late. Closes what it reads."""
    patience, seconds = Patience(), first
    try:
        while True:
            try:
                with patience.within(seconds):
                    piece = await anext(pieces)
            except StopAsyncIteration:
                return
            except TimeoutError:
                raise ProviderError("stalled", f"Nothing came within {seconds:g} s.", retryable=True) from None
            yield piece
            seconds = further
    finally:
        patience.end()
        if isinstance(pieces, AsyncGenerator):
            await pieces.aclose()


async def _close_both(pair: Pair[SpeechToText] | Pair[TextToSpeech] | Pair[LanguageModel]) -> None:
    try:
        await pair.first.close()
    finally:
        await pair.spare.close()
