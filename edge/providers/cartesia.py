"""Text to speech by Cartesia: one warm websocket a process, a context for each reply, word timestamps.

Phrases of a reply go on in its context, so that the voice does not begin anew with each; a flush after each tells where
its audio ends.

Cartesia sends µ-law at 8 kHz: half the bytes of 16-bit samples on the wire, and the same 6 µs for 100 ms of audio, from
JSON to samples. Over aiohttp rather than Cartesia's SDK: ten phrases of 5.5 s at a time cost 6.2 ms of CPU each through
``cartesia``, 3.8 ms here; and its contexts are never told that the connection was lost.
"""

import asyncio
import binascii
import contextlib
import itertools
from collections.abc import AsyncIterator

import aiohttp
import msgspec
import structlog

from edge.core.audio import RATE
from edge.errors import ProviderError
from edge.patience import Patience
from edge.ports import Speech
from edge.providers import Provider, ProviderSettings
from edge.speech.spoken import spoken
from edge.speech.timed import Words
from edge.uplink import CONNECT, Address, Uplink, session

log = structlog.get_logger()

VERSION = "2026-08-14"
"""The version of the interface this was written against."""
FIRST = 2.0
"""Seconds until a phrase's first audio."""
NEXT = 2.0
"""Seconds between two messages of a phrase."""
LASTS = 0.7
"""Seconds without anything to say after which a context is left: Cartesia closes it after one."""
WAIT = 1.0
"""Seconds that a phrase waits for the websocket, where it is just being opened anew."""
LONGEST = 2000
"""Messages of one phrase that wait to be read."""
REST = (0.1, 0.5, 2.0, 5.0)
"""Seconds before each attempt to open it anew; the last one is kept."""
HEARTBEAT = 15.0
"""Seconds between pings, which notice a connection that is dead without a word."""


class _Times(msgspec.Struct):
    words: list[str]
    end: list[float]


class Message(msgspec.Struct):
    """Whatever Cartesia sends."""

    type: str
    context_id: str | None = None
    flush_id: int | None = None
    data: str = ""
    word_timestamps: _Times | None = None
    status_code: int | None = None
    title: str | None = None
    message: str | None = None


class _Output(msgspec.Struct, frozen=True):
    container: str = "raw"
    encoding: str = "pcm_mulaw"
    sample_rate: int = RATE


class _Request(msgspec.Struct, rename={"more": "continue"}):
    context_id: str
    model_id: str
    transcript: str
    voice: dict[str, str]
    output_format: _Output = _Output()
    language: str = "en"
    add_timestamps: bool = True
    max_buffer_delay_ms: int = 0
    more: bool = True
    flush: bool = False


_DECODER = msgspec.json.Decoder(Message)
_ENCODER = msgspec.json.Encoder()
_Inbox = asyncio.Queue[Message | ProviderError]


class _Phrase:
    """A piece of text in a context, and what has come of it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.inbox = _Inbox(LONGEST)
        self.words: Words | None = None
        """None while nothing has come of it."""


class _Context:
    """Text of one tag that is spoken in one breath. ``phrases``: those that are not done, by their flush's number."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.phrases: dict[int, _Phrase] = {}
        self.flushes = 0
        self.samples = 0
        """Of audio that has come."""
        self.idle_since = 0.0
        """When its last phrase was done, by the loop's clock."""

    def lasts(self, now: float) -> bool:
        """Whether Cartesia still goes on with it."""
        return bool(self.phrases) or now - self.idle_since < LASTS

    def add(self, phrase: _Phrase) -> None:
        self.flushes += 1
        self.phrases[self.flushes] = phrase

    def take(self, message: Message) -> None:
        """Hand a message to the phrase that it is about, which is the oldest one where it does not say."""
        number = message.flush_id if message.flush_id in self.phrases else next(iter(self.phrases), None)
        if number is None:
            return
        phrase = self.phrases[number]
        if phrase.words is None:
            # All that comes before it has come: times count from the context's first sample.
            phrase.words = Words(phrase.text, self.samples)
        match message.type:
            case "chunk":
                self.samples += len(message.data) * 3 // 4 - message.data[-2:].count("=")
            case "flush_done":
                del self.phrases[number]
                self.idle_since = asyncio.get_running_loop().time()
        _put(phrase.inbox, message)

    def fail(self, error: ProviderError) -> None:
        """Nothing more comes of it."""
        for phrase in self.phrases.values():
            _put(phrase.inbox, error)
        self.phrases.clear()


class Cartesia:
    """A voice for all calls of a process. Keeps its websocket open; ``http`` is closed with it."""

    joins = True

    def __init__(self, http: aiohttp.ClientSession, address: Address, model: str, voice: str) -> None:
        self._http = http
        self._address = address
        self._model = model
        self._voice = {"mode": "id", "id": voice}
        self._contexts: dict[str, _Context] = {}
        self._tags: dict[str, _Context] = {}
        """The newest context of each tag."""
        self._count = itertools.count(1)
        self._uplink: Uplink | None = None
        self._open = asyncio.Event()
        self._news = asyncio.Event()
        """Set whenever the websocket has opened or failed."""
        self._gone = asyncio.Event()
        self._failures = 0
        """Attempts in a row that came to nothing."""
        self.failed: ProviderError | None = None
        """Why the websocket is not open; None while it is, or was not tried."""
        self._keeper = asyncio.create_task(self._keep(), name="uplink to Cartesia, kept")

    async def warm(self, seconds: float, attempts: int) -> bool:
        """Wait for the websocket, so long and for so many attempts at most; says whether it is open."""
        due = asyncio.get_running_loop().time() + seconds
        while not self._open.is_set() and self._failures < attempts:
            self._news.clear()
            try:
                async with asyncio.timeout_at(due):
                    await self._news.wait()
            except TimeoutError:
                break
        return self._open.is_set()

    def speak(self, text: str, tag: str = "") -> AsyncIterator[Speech]:
        """What is asked for under a tag while the text before it is made goes on in its breath, and is made meanwhile.

        Raises ProviderError, when it is read; retryable where Cartesia was away, stalled or broke off.
        """
        if not spoken(text):
            return _silence(len(text))
        return self._speak(text, tag, self._ask(text, tag) if self._open.is_set() else None)

    async def _speak(self, text: str, tag: str, asked: tuple[_Context, _Phrase] | None) -> AsyncIterator[Speech]:
        if asked is None:
            if not self._open.is_set() and not await self.warm(WAIT, attempts=2):
                raise self.failed or ProviderError("unreachable", "Cartesia's websocket is not open.", retryable=True)
            asked = self._ask(text, tag)
        context, phrase = asked
        ended = False
        try:
            async for piece in _pieces(phrase):
                yield piece
            ended = True
        finally:
            if not ended:
                self._cancel(tag, context)

    def _ask(self, text: str, tag: str) -> tuple[_Context, _Phrase]:
        """Ask for this text, in the context of its tag where that goes on. The websocket is open."""
        assert self._uplink is not None
        context, phrase = self._context(tag), _Phrase(text)
        said = f" {spoken(text)}" if context.flushes else spoken(text)  # What is in one context is joined as it is.
        context.add(phrase)
        for transcript, flush in ((said, False), ("", True)):
            request = _Request(context.name, self._model, transcript, self._voice, flush=flush)
            self._uplink.send_text(_ENCODER.encode(request).decode())
        return context, phrase

    def _context(self, tag: str) -> _Context:
        now = asyncio.get_running_loop().time()
        if tag and (context := self._tags.get(tag)) is not None and context.lasts(now):
            return context
        for name in [name for name, old in self._tags.items() if not old.lasts(now)]:
            self._contexts.pop(self._tags.pop(name).name, None)
        name = f"{tag or 'phrase'}-{next(self._count)}"
        context = self._contexts[name] = self._tags[tag or name] = _Context(name)
        return context

    def _cancel(self, tag: str, context: _Context) -> None:
        """Nobody listens to it any more."""
        if self._contexts.pop(context.name, None) is None:
            return  # It is gone with its websocket, or was cancelled already.
        self._tags.pop(tag or context.name, None)
        context.fail(ProviderError("cut", "The text before it was not spoken to its end."))
        assert self._uplink is not None
        self._uplink.send_text(_ENCODER.encode({"context_id": context.name, "cancel": True}).decode())

    async def close(self) -> None:
        self._keeper.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._keeper
        await self._http.close()

    async def _keep(self) -> None:
        """Hold a websocket open, for as long as the process lives."""
        while True:
            self._gone.clear()
            self._uplink = Uplink(self._http, self._address, self._receive, self._lost, self._opened, HEARTBEAT)
            try:
                await self._gone.wait()
            finally:
                await self._uplink.close()
            await asyncio.sleep(REST[min(self._failures, len(REST) - 1)])

    def _opened(self) -> None:
        self.failed, self._failures = None, 0
        self._open.set()
        self._news.set()

    def _lost(self, error: ProviderError) -> None:
        """Whoever is waiting for audio is told; the keeper opens the websocket anew."""
        self.failed = error
        self._failures += not self._open.is_set()
        self._open.clear()
        self._news.set()
        log.warning("The voice's websocket is gone.", code=error.code, error=error.message)
        contexts, self._contexts, self._tags = self._contexts, {}, {}
        for context in contexts.values():
            context.fail(error)
        self._gone.set()

    def _receive(self, data: bytes) -> None:
        message = _DECODER.decode(data)
        if message.context_id is None and message.type == "error":
            log.warning("Cartesia complains.", title=message.title, detail=message.message)
            return
        if (context := self._contexts.get(message.context_id or "")) is not None:
            context.take(message)


def _put(inbox: _Inbox, message: Message | ProviderError) -> None:
    """Hand a message to its phrase; one that gets more than it can ever take is told that it is over."""
    if inbox.full():
        inbox.get_nowait()
        message = ProviderError("endless", f"Cartesia went on beyond {LONGEST} messages for a phrase.")
    inbox.put_nowait(message)


async def _silence(chars: int) -> AsyncIterator[Speech]:
    """Of a text that has nothing to be spoken."""
    yield Speech(b"", chars)


async def _pieces(phrase: _Phrase) -> AsyncIterator[Speech]:
    """A phrase's audio as it comes, cut where words end as far as their times are known by then."""
    told, played, patience, seconds = 0, 0, Patience(), FIRST
    while True:
        try:
            with patience.within(seconds):
                message = await phrase.inbox.get()
        except TimeoutError:
            raise ProviderError("stalled", f"Cartesia sent nothing for {seconds:g} s.", retryable=True) from None
        words = phrase.words
        match message:
            case ProviderError():
                raise message
            case Message(type="chunk") if words:
                sound, seconds = _sound(message.data), NEXT
                for part, chars in words.cut(sound, played):
                    told = max(told, chars)
                    yield Speech(part, told)
                played += len(sound)
            case Message(type="timestamps", word_timestamps=_Times() as times) if words:
                words.add(times.words, times.end)
            case Message(type="error"):
                raise _refusal(message)
            case Message(type="flush_done"):
                break
    if not played:
        raise ProviderError("empty", "Cartesia made no sound.", retryable=True)
    yield Speech(b"", len(phrase.text))


def _refusal(message: Message) -> ProviderError:
    """Cartesia's error, for people."""
    code = message.status_code or 500
    detail = f"{message.title or 'error'}: {message.message or ''}"
    if code == 429:
        return ProviderError("busy", "Cartesia refuses more speech for now.", retryable=True)
    if code in (401, 402, 403):
        return ProviderError("unauthorised", f"Cartesia refused ({detail}). Check CARTESIA_API_KEY.")
    return ProviderError("failed", f"Cartesia failed ({detail}).", retryable=code >= 500)


def _sound(data: str) -> bytes:
    try:
        return binascii.a2b_base64(data, strict_mode=True)
    except ValueError as error:
        raise ProviderError("malformed", f"Cartesia's audio makes no sense: {error}.", retryable=True) from error


async def open_cartesia(settings: ProviderSettings) -> Cartesia:
    """Raises ProviderError where there is no key. Where Cartesia is away, it is opened as soon as it is back."""
    if settings.cartesia_api_key is None:
        raise ProviderError("no_key", "Set CARTESIA_API_KEY, or choose another voice with TRUNKLINE_VOICE.")
    key = settings.cartesia_api_key.get_secret_value()
    headers = {"Authorization": f"Bearer {key}", "cartesia-version": VERSION}
    url = f"{settings.cartesia_url.rstrip('/')}/tts/websocket"
    address = Address("Cartesia", url, "CARTESIA_API_KEY", headers)
    voice = Cartesia(session(), address, settings.cartesia_model, settings.cartesia_voice)
    await voice.warm(CONNECT, attempts=1)
    return voice


PROVIDER: Provider[Cartesia] = Provider("voice", "cartesia", open_cartesia)
