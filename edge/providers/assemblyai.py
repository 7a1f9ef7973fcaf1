"""Speech to text by AssemblyAI's streaming v3, µ-law 8 kHz, one websocket a call: it tells where turns end.

Its messages say which words it has, not how far it has listened. So words that reach the pause that is asked about are
told at once, with its belief in an end of the turn; its own end of a turn replaces them. Where that does not come
while the caller stays silent, ForceEndpoint fetches the words; an end that we forced is no evidence that there is one.
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

LEAST = 3
"""Frames in a message: AssemblyAI ends a stream that sends less than 50 ms in one."""
SURE = "0.4"
"""Confidence from which a turn ends after the shorter silence; AssemblyAI's own default."""
SILENCE = 0.160
"""Seconds of silence after which a turn ends where AssemblyAI is sure."""
LONGEST = 1.280
"""Seconds of silence after which it ends where it is not; AssemblyAI's own default."""
ENDED = 0.9
"""Belief that an end of turn is worth, at the least; it is a decision, whatever its confidence."""
OPEN = 0.75
"""Belief that its confidence is worth at the most, while a turn goes on or where we ended it."""
TAIL = 0.15
"""Seconds by which the last word may end before the pause that is asked about; a detector hears words fade."""
PATIENCE = 0.40
"""Seconds of audio after a pause began in which AssemblyAI may end the turn by itself, before it is made to."""
ANSWER = 1.0
"""Seconds of audio in which AssemblyAI answers ForceEndpoint, where it does."""
LAPSE = 1.0
"""Sound after the last word, in seconds, in which there may have been no words where the turn was over before it."""

_UNAUTHORISED = frozenset({1008, 4001, 4002, 4003})
_BUSY = frozenset({1013, 3009, 4102})


class _Spoken(msgspec.Struct):
    text: str
    start: float
    end: float
    """Milliseconds of the stream, as ``start``."""


class Turn(msgspec.Struct, tag="Turn"):
    """The state of a turn. One that has ended may come again, formatted."""

    turn_order: int
    end_of_turn: bool
    end_of_turn_confidence: float
    words: list[_Spoken]


class Failure(msgspec.Struct, tag="Error"):
    """The stream has failed and ends."""

    error: str = ""
    error_code: int | None = None


_MESSAGES: msgspec.json.Decoder[Turn | Failure] = msgspec.json.Decoder(Turn | Failure)
_KNOWN = frozenset({"Turn", "Error"})


class AssemblyAIEar:
    """One call's stream. ``failed`` says why it hears no more; None while it does."""

    def __init__(self, http: aiohttp.ClientSession, address: Address, hear: Hear) -> None:
        self._hear = hear
        self._wording = Wording()
        self._asked: tuple[float, float] | None = None
        self._fetched = False
        """Whether ForceEndpoint was sent for the question."""
        self._forced_to = 0.0
        """Call time until which an end of a turn is taken for one that we asked for."""
        self._order = -1
        self._words: list[Word] = []
        """The turn that was last told of, and its words."""
        self._ended = False
        self._finished: float | None = None
        """AssemblyAI's belief that this turn is over."""
        self._loop = asyncio.get_running_loop()
        self._line = Line(http, address, self._receive, least=LEAST)

    @property
    def failed(self) -> ProviderError | None:
        return self._line.failed

    def feed(self, frame: AudioFrame) -> None:
        self._line.feed(frame)
        line = self._line
        if self._asked and not self._fetched and line.open and line.sent_to >= self._asked[1] + PATIENCE:
            self._fetch(*self._asked)

    def decode(self, start: float, end: float) -> None:
        if self._line.dead:
            return
        self._asked, self._fetched = (start, end), False
        self._wording.ask(start)
        self._line.flush()
        if self._reaches(end):
            self._loop.call_soon(self._answer)  # Not from inside the question.

    async def close(self) -> None:
        await self._line.close('{"type":"Terminate"}')

    def _fetch(self, start: float, end: float) -> None:
        """The caller has been silent since ``end``: have the words up to there, if there are more than are in hand.

        Where no turn is under way AssemblyAI has nothing to end and owes no answer, so what is in hand is given,
        without its belief, for there was sound after what it took for an end.
        """
        self._fetched = True
        self._forced_to = self._line.sent_to + ANSWER
        self._line.say('{"type":"ForceEndpoint"}')
        if self._ended and self._wording.since(start) and end - self._wording.heard_to < LAPSE:
            self._finished = None
            self._loop.call_soon(self._answer)  # Not from inside a frame.

    def _receive(self, data: bytes) -> None:
        if kind(data) not in _KNOWN:
            return  # Begin, SpeechStarted, warnings, and whatever AssemblyAI will think of.
        match _MESSAGES.decode(data):
            case Turn() as turn:
                self._turn(turn)
            case Failure(error, code):
                raise failure(error, code)

    def _turn(self, turn: Turn) -> None:
        if turn.turn_order < self._order:
            return  # Its words are known; they only look better now.
        again = self._ended and turn.turn_order == self._order
        if turn.turn_order > self._order:
            self._wording.settle(self._words, 0.0)
            self._order = turn.turn_order
        base, forced = self._line.base, turn.end_of_turn and self._line.sent_to < self._forced_to
        self._words = [Word(word.text, base + word.start / 1000, base + word.end / 1000) for word in turn.words]
        silence = SILENCE if turn.end_of_turn and not forced else 0.0
        upto = self._words[-1].end + silence if self._words else 0.0
        self._wording.suppose(self._words, min(upto, self._line.sent_to))
        if not again:
            self._ended = turn.end_of_turn
            self._finished = belief(turn.end_of_turn and not forced, turn.end_of_turn_confidence)
        if turn.end_of_turn:
            self._forced_to = 0.0
        if self._asked and (forced or self._reaches(self._asked[1])):
            self._answer()
        elif self._words:
            self._tell(*self._wording.latest())

    def _reaches(self, end: float) -> bool:
        """Whether the words so far are most likely all there are up to ``end``."""
        return self._wording.heard_to >= end - TAIL

    def _answer(self) -> None:
        """Give the words that were asked for; until the turn ends or goes on, better ones may come."""
        if self._line.closed or self._asked is None:
            return
        start, end = self._asked
        if self._ended or self._wording.heard_to > end + TAIL:
            self._asked = None
        self._tell(start, self._wording.since(start), end)

    def _tell(self, start: float, text: str, end: float = 0.0) -> None:
        if not self._line.closed:
            until = self._wording.stamp(max(end, self._wording.heard_to))
            self._hear(
                Transcript(text, self._ended, start, until, finished=self._finished if text else None, steady=True)
            )


def belief(ended: bool, confidence: float) -> float:
    """What AssemblyAI's word on a turn is worth, 0..1: an end of its own is a decision, all else is a hint."""
    return max(ENDED, confidence) if ended else min(OPEN, confidence)


def failure(error: str, code: int | None) -> ProviderError:
    """What an Error of AssemblyAI means, for people, and whether another attempt may help."""
    if code in _UNAUTHORISED:
        return ProviderError("unauthorised", f"AssemblyAI refused the key ({code}: {error}). Check ASSEMBLYAI_API_KEY.")
    if code in _BUSY:
        return ProviderError("busy", f"AssemblyAI refuses more streams for now ({code}: {error}).", retryable=True)
    return ProviderError("failed", f"AssemblyAI failed ({code}): {error}", retryable=True)


async def open_assemblyai(settings: ProviderSettings) -> Recogniser[AssemblyAIEar]:
    """Raises ProviderError where there is no key."""
    if settings.assemblyai_api_key is None:
        raise ProviderError("no_key", "Set ASSEMBLYAI_API_KEY, or choose other ears with TRUNKLINE_EARS.")
    query = {
        "speech_model": settings.assemblyai_model,
        "encoding": "pcm_mulaw",
        "sample_rate": str(RATE),
        "format_turns": "false",
        "end_of_turn_confidence_threshold": SURE,
        "min_turn_silence": f"{SILENCE * 1000:.0f}",
        "max_turn_silence": f"{LONGEST * 1000:.0f}",
    }
    url = f"{settings.assemblyai_url.rstrip('/')}/v3/ws"
    headers = {
        "Authorization": settings.assemblyai_api_key.get_secret_value(),
        "AssemblyAI-Version": "2025-05-12",
    }
    return Recogniser(session(), Address("AssemblyAI", url, "ASSEMBLYAI_API_KEY", headers, query), AssemblyAIEar)


PROVIDER: Provider[Recogniser[AssemblyAIEar]] = Provider("ears", "assemblyai", open_assemblyai)
