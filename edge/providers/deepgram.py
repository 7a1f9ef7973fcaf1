"""Speech to text by Deepgram's live listen (nova), µ-law 8 kHz, one websocket a call.

Turns are ours to end, so Deepgram is asked to finalise at the first silence and its words are taken as they come:
interim words that cover a pause are told at once, so that a reply can begin, and final ones replace them. Where the
final words are not in hand when they are asked for, Finalize fetches them; no timer is waited for.
"""

import asyncio

import aiohttp
import msgspec

from edge.core.audio import RATE, AudioFrame
from edge.core.wording import Word, Wording
from edge.errors import ProviderError
from edge.ports import Transcript
from edge.providers import Provider, ProviderSettings
from edge.streaming import Hear, Line, Recogniser, kind
from edge.uplink import Address, session

MODEL = "nova-3"
ENDPOINTING = "10"
"""Milliseconds of silence after which words are made final: Deepgram's own default, and no sign of a turn's end."""
UTTERANCE_END = "1000"
"""Milliseconds without words that Deepgram calls the end of an utterance; the least it allows."""
ENDED = 0.9
"""Belief in a turn's end that an UtteranceEnd is worth."""
SLACK = 0.05
"""Seconds by which final words may fall short of the pause they are asked for."""
TAIL = 0.30
"""Seconds after words that Deepgram ended by itself, for silence, in which a detector may still hear them fade.

What is asked for up to there is told at once as likely, so that a reply can begin, and fetched to be sure.
"""


class _Spoken(msgspec.Struct):
    word: str
    start: float
    end: float
    punctuated_word: str = ""


class _Alternative(msgspec.Struct):
    words: list[_Spoken] = []
    confidence: float = 0.0


class _Channel(msgspec.Struct):
    alternatives: list[_Alternative] = []


class Results(msgspec.Struct, tag="Results"):
    """Words of a stretch of the stream; seconds of the stream."""

    start: float
    duration: float
    channel: _Channel
    is_final: bool = False
    speech_final: bool = False
    from_finalize: bool = False


class UtteranceEnd(msgspec.Struct, tag="UtteranceEnd"):
    """No word for a while."""

    last_word_end: float


class Failure(msgspec.Struct, tag="Error"):
    """Something is wrong with the stream."""

    description: str = ""
    message: str | None = None


_MESSAGES: msgspec.json.Decoder[Results | UtteranceEnd | Failure] = msgspec.json.Decoder(
    Results | UtteranceEnd | Failure
)
_KNOWN = frozenset({"Results", "UtteranceEnd", "Error"})


class DeepgramEar:
    """One call's stream. ``failed`` says why it hears no more; None while it does."""

    def __init__(self, http: aiohttp.ClientSession, address: Address, hear: Hear) -> None:
        self._hear = hear
        self._wording = Wording()
        self._asked: tuple[float, float] | None = None
        self._fetching = 0
        """Finalize messages that have had no answer."""
        self._silent = False
        """Whether Deepgram ended the last words by itself, for silence."""
        self._confidence = 0.0
        self._loop = asyncio.get_running_loop()
        self._line = Line(http, address, self._receive, self._opened)

    @property
    def failed(self) -> ProviderError | None:
        return self._line.failed

    def feed(self, frame: AudioFrame) -> None:
        self._line.feed(frame)

    def decode(self, start: float, end: float) -> None:
        if self._line.dead:
            return
        self._asked = (start, end)
        self._wording.ask(start)
        self._line.flush()
        if self._wording.final_to >= end - SLACK:
            self._loop.call_soon(self._answer)  # Not from inside the question.
            return
        if self._likely(end):
            self._loop.call_soon(self._suppose, end)
        self._finalize()

    async def close(self) -> None:
        await self._line.close('{"type":"CloseStream"}')

    def _opened(self) -> None:
        if self._asked:
            self._finalize()

    def _finalize(self) -> None:
        self._fetching += self._line.open
        self._line.say('{"type":"Finalize"}')

    def _receive(self, data: bytes) -> None:
        if kind(data) not in _KNOWN:
            return  # Metadata, SpeechStarted, and whatever Deepgram will think of.
        match _MESSAGES.decode(data):
            case Results() as results:
                self._results(results)
            case UtteranceEnd(last_word_end):
                self._ended(self._line.base + last_word_end)
            case Failure(description, message):
                raise ProviderError("failed", f"Deepgram failed: {description} {message or ''}".strip())

    def _results(self, results: Results) -> None:
        heard = results.channel.alternatives[0] if results.channel.alternatives else _Alternative()
        words = [
            Word(word.punctuated_word or word.word, self._line.base + word.start, self._line.base + word.end)
            for word in heard.words
        ]
        upto = self._line.base + results.start + results.duration
        self._confidence = heard.confidence or self._confidence
        if results.is_final:
            self._wording.settle(words, upto)
        else:
            self._wording.suppose(words, upto)
        self._silent = results.speech_final or (self._silent and not words)
        asked = self._asked[1] if self._asked else 0.0
        self._fetching -= results.from_finalize and self._fetching > 0
        # What was fetched for an earlier question says nothing of the sound since.
        fetched = results.from_finalize and not self._fetching
        if self._asked and (self._wording.final_to >= asked - SLACK or fetched):
            self._answer()
        elif words:
            self._suppose(asked if self._likely(asked) else 0.0)

    def _likely(self, end: float) -> bool:
        """Whether the words so far are most likely all there are up to ``end``."""
        wording = self._wording
        return wording.heard_to >= end or (self._silent and wording.final_to >= end - TAIL)

    def _answer(self) -> None:
        """Give the final words that were asked for."""
        if self._line.closed or self._asked is None:
            return
        (start, end), self._asked = self._asked, None
        until = self._wording.stamp(max(end, self._wording.final_to))
        self._hear(Transcript(self._wording.since(start), True, start, until, confidence=self._confidence, steady=True))

    def _suppose(self, end: float) -> None:
        """Tell the words of the turn so far, which are most likely all up to ``end``."""
        start, text = self._wording.latest()
        if text and not self._line.closed:
            until = self._wording.stamp(max(end, self._wording.heard_to))
            self._hear(Transcript(text, False, start, until, confidence=self._confidence, steady=True))

    def _ended(self, at: float) -> None:
        """Nothing was said since ``at``."""
        start, text = self._wording.latest()
        if text and not self._line.closed and self._asked is None:
            until = self._wording.stamp(max(at, self._wording.final_to))
            self._hear(Transcript(text, True, start, until, finished=ENDED, confidence=self._confidence, steady=True))


async def open_deepgram(settings: ProviderSettings) -> Recogniser[DeepgramEar]:
    """Raises ProviderError where there is no key."""
    if settings.deepgram_api_key is None:
        raise ProviderError("no_key", "Set DEEPGRAM_API_KEY, or choose other ears with TRUNKLINE_EARS.")
    query = {
        "model": settings.deepgram_model or MODEL,
        "encoding": "mulaw",
        "sample_rate": str(RATE),
        "channels": "1",
        "interim_results": "true",
        "punctuate": "true",
        "numerals": "true",
        "endpointing": ENDPOINTING,
        "utterance_end_ms": UTTERANCE_END,
    }
    url = f"{settings.deepgram_url.rstrip('/')}/v1/listen"
    headers = {"Authorization": f"Token {settings.deepgram_api_key.get_secret_value()}"}
    return Recogniser(session(), Address("Deepgram", url, "DEEPGRAM_API_KEY", headers, query), DeepgramEar, "tag")


PROVIDER: Provider[Recogniser[DeepgramEar]] = Provider("ears", "deepgram", open_deepgram)
