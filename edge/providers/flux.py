"""Speech to text by Deepgram's Flux (listen v2), µ-law 8 kHz, one websocket a call: it tells where turns end.

Its eager end of a turn comes with a low belief, so that words and manners still weigh; its end with a high one.
There is no Finalize: what has been heard of a pause is told at once, and every message after it replaces that.
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

MODEL = "flux-general-en"
EAGER = "0.5"
"""Confidence from which Flux tells of an eager end."""
END = "0.7"
"""Confidence from which Flux ends a turn."""
ENDED = 0.9
"""Belief that an end of turn is worth, at the least; it is a decision, whatever its confidence."""
SLACK = 0.05
"""Seconds by which a message may fall short of the pause that is asked about."""


class _Spoken(msgspec.Struct):
    word: str
    start: float | None = None
    end: float | None = None


class TurnInfo(msgspec.Struct, tag="TurnInfo"):
    """The state of a turn; seconds of the stream. ``event`` is an open set."""

    event: str
    transcript: str
    audio_window_start: float
    audio_window_end: float
    end_of_turn_confidence: float
    words: list[_Spoken] = []


class Failure(msgspec.Struct, tag="Error"):
    """The stream has failed and ends."""

    code: str = ""
    description: str = ""


_MESSAGES: msgspec.json.Decoder[TurnInfo | Failure] = msgspec.json.Decoder(TurnInfo | Failure)
_KNOWN = frozenset({"TurnInfo", "Error"})


class FluxEar:
    """One call's stream. ``failed`` says why it hears no more; None while it does."""

    def __init__(self, http: aiohttp.ClientSession, address: Address, hear: Hear) -> None:
        self._hear = hear
        self._wording = Wording()
        self._asked: tuple[float, float] | None = None
        self._finished: float | None = None
        """Flux's belief that the turn it last told of is over."""
        self._final = False
        self._loop = asyncio.get_running_loop()
        self._line = Line(http, address, self._receive)

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
        if self._wording.heard_to >= end - SLACK:
            self._loop.call_soon(self._answer)  # Not from inside the question.

    async def close(self) -> None:
        await self._line.close('{"type":"CloseStream"}')

    def _receive(self, data: bytes) -> None:
        if kind(data) not in _KNOWN:
            return  # Connected, warnings, and whatever Deepgram will think of.
        match _MESSAGES.decode(data):
            case TurnInfo() as turn:
                self._turn(turn)
            case Failure(code, description):
                raise ProviderError("failed", f"Flux failed ({code}): {description}", retryable=True)

    def _turn(self, turn: TurnInfo) -> None:
        words, upto = self._words(turn), self._line.base + turn.audio_window_end
        self._final = turn.event == "EndOfTurn"
        if self._final:
            self._wording.settle(words, upto)
        else:
            self._wording.suppose(words, upto)
        self._finished = belief(turn.event, turn.end_of_turn_confidence)
        if self._asked and self._wording.heard_to >= self._asked[1] - SLACK:
            self._answer()
        elif words:
            self._tell(*self._wording.latest())

    def _words(self, turn: TurnInfo) -> list[Word]:
        """The words of the turn; where Flux gives them no times, they share the turn's."""
        begin, end = turn.audio_window_start, turn.audio_window_end
        share = (end - begin) / max(1, len(turn.words))
        out = []
        for number, word in enumerate(turn.words):
            start = begin + share * number if word.start is None else word.start
            until = begin + share * (number + 1) if word.end is None else word.end
            out.append(Word(word.word, self._line.base + start, self._line.base + until))
        return out

    def _answer(self) -> None:
        """Give the words that were asked for."""
        if self._line.closed or self._asked is None:
            return
        (start, end), self._asked = self._asked, None
        self._tell(start, self._wording.since(start), end)

    def _tell(self, start: float, text: str, end: float = 0.0) -> None:
        if not self._line.closed:
            until = self._wording.stamp(max(end, self._wording.heard_to))
            self._hear(
                Transcript(text, self._final, start, until, finished=self._finished if text else None, steady=True)
            )


def belief(event: str, confidence: float) -> float:
    """What Flux's word on a turn is worth, 0..1: an end is a decision, a turn that goes on has not ended."""
    if event == "EndOfTurn":
        return max(ENDED, confidence)
    return min(confidence, 0.75) if event == "EagerEndOfTurn" else min(confidence, 0.5)


async def open_flux(settings: ProviderSettings) -> Recogniser[FluxEar]:
    """Raises ProviderError where there is no key."""
    if settings.deepgram_api_key is None:
        raise ProviderError("no_key", "Set DEEPGRAM_API_KEY, or choose other ears with TRUNKLINE_EARS.")
    query = {
        "model": settings.deepgram_model or MODEL,
        "encoding": "mulaw",
        "sample_rate": str(RATE),
        "eager_eot_threshold": EAGER,
        "eot_threshold": END,
    }
    url = f"{settings.deepgram_url.rstrip('/')}/v2/listen"
    headers = {"Authorization": f"Token {settings.deepgram_api_key.get_secret_value()}"}
    return Recogniser(session(), Address("Deepgram Flux", url, "DEEPGRAM_API_KEY", headers, query), FluxEar, "tag")


PROVIDER: Provider[Recogniser[FluxEar]] = Provider("ears", "flux", open_flux)
