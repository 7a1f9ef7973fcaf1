"""Spares take over in the same turn. The vendors are emulated, and fail over the wire."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
import pytest_asyncio

from benchmarks.vendors.faults import Fault
from benchmarks.vendors.server import Vendors
from edge import uplink
from edge.core.audio import AudioFrame
from edge.core.conversation import Conversation, Done, ReplyEvent, TextDelta
from edge.errors import ProviderError
from edge.ports import LanguageModel, SpeechToText, TextToSpeech, Transcript
from edge.providers import cartesia, find
from edge.settings import EdgeSettings
from edge.spare import HEAR, Pair, SpareEars, SpareMind, SpareVoice, Takeover

Sound = Callable[..., list[AudioFrame]]
FIRST, SECOND = "I would like a boiler service.", "Thank you, goodbye."
TEXT = "Of course, which day would suit you?"
CONVERSATION = Conversation("call_1", "", "", datetime(2026, 11, 20, tzinfo=UTC), (), ())


# -- ears: Deepgram, with Flux as the spare ---------------------------------------------------------------------------


class Ears:
    """Spared ears and what came of them."""

    def __init__(self, ears: SpareEars, told: list[Takeover]) -> None:
        self.ears = ears
        self.told = told
        self.heard: list[Transcript] = []

    @property
    def last(self) -> str:
        return self.heard[-1].text if self.heard else ""


@pytest_asyncio.fixture
async def ears(vendor_settings: EdgeSettings) -> AsyncIterator[Ears]:
    told: list[Takeover] = []
    first: SpeechToText = await find("ears", "deepgram").open(vendor_settings)
    spare: SpeechToText = await find("ears", "flux").open(vendor_settings)
    ears = SpareEars(Pair("ears", first, spare, ("deepgram", "flux"), told.append))
    yield Ears(ears, told)
    await ears.close()


async def test_a_healthy_vendor_is_left_alone(ears: Ears, sound: Sound, vendors: Vendors, until: Any) -> None:
    ear = await ears.ears.open("call_1", ears.heard.append)
    for frame in sound(2.0, 0.3):
        ear.feed(frame)
    ear.decode(0.0, 2.0)
    await until(lambda: ears.heard and ears.heard[-1].final)
    for frame in sound(0.0, 2 * HEAR, at=2.3):
        ear.feed(frame)
    assert ears.last == FIRST
    assert ears.told == []
    await ear.close()


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (Fault("refuse"), "unauthorised"),
        (Fault("drop", after=2), "dropped"),
        (Fault("malformed", after=1), "malformed"),
        (Fault("stall", after=1), "stalled"),
    ],
)
async def test_the_spare_hears_the_same_turn(
    ears: Ears, sound: Sound, vendors: Vendors, until: Any, fault: Fault, code: str
) -> None:
    vendors.deepgram.faults.always = fault
    ear = await ears.ears.open("call_1", ears.heard.append)
    frames = sound(2.0, 0.1) + sound(0.0, 4.0, at=2.1)
    for frame in frames[:105]:
        ear.feed(frame)
    ear.decode(0.0, 2.0)
    coming = iter(frames[105:])

    def answered() -> bool:
        if (frame := next(coming, None)) is not None:
            ear.feed(frame)
        return any(transcript.text == FIRST and transcript.end >= 2.0 for transcript in ears.heard)

    await until(answered)
    assert [(takeover.call_id, takeover.seat, takeover.error.code) for takeover in ears.told] == [
        ("call_1", "ears", code)
    ]
    await ear.close()


async def test_the_spare_keeps_the_call(ears: Ears, sound: Sound, vendors: Vendors, until: Any) -> None:
    vendors.deepgram.faults.always = Fault("refuse")
    ear = await ears.ears.open("call_1", ears.heard.append)
    await until(lambda: getattr(ear._first, "failed", None))
    for frame in sound(2.0, 0.6) + sound(1.0, 0.6, at=2.6):
        ear.feed(frame)
    ear.decode(2.6, 3.6)
    await until(lambda: ears.last == SECOND)
    assert len(ears.told) == 1
    await ear.close()


async def test_sound_without_words_is_nobodys_failure(ears: Ears, sound: Sound, vendors: Vendors, until: Any) -> None:
    vendors.deepgram.faults.always = Fault("stall")
    vendors.flux.script = replace(vendors.flux.script, turns=[replace(vendors.flux.script.turns[0], heard="")])
    ear = await ears.ears.open("call_1", ears.heard.append)
    for frame in sound(0.3, 0.3):
        ear.feed(frame)
    ear.decode(0.0, 0.3)
    for frame in sound(0.0, 2.0, at=0.6):
        ear.feed(frame)
    await until(lambda: vendors.flux.open)
    assert ears.told == []
    await ear.close()


# -- voice: Cartesia, with another one as the spare -------------------------------------------------------------------


@pytest.fixture
def fault(request: pytest.FixtureRequest, vendors: Vendors) -> Fault | None:
    """What befalls the first voice; nothing where a test does not say."""
    fault: Fault | None = getattr(request, "param", None)
    if fault:
        vendors.cartesia.faults.coming.append(fault)
    return fault


@pytest_asyncio.fixture
async def voice(
    vendor_settings: EdgeSettings,
    vendors: Vendors,
    fault: Fault | None,
    until: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[tuple[SpareVoice, list[Takeover]]]:
    """The first comes to the vendor before the spare does, so a fault that is ordered first is its own.

    Only where the vendor stalls is it soon taken to stall: else it is this machine that is slow.
    """
    for patience in ("FIRST", "NEXT", "WAIT", "CONNECT"):
        monkeypatch.setattr(cartesia, patience, 60.0)
    monkeypatch.setattr(uplink, "CONNECT", 60.0)
    told: list[Takeover] = []
    first: TextToSpeech = await find("voice", "cartesia").open(vendor_settings)
    await until(lambda: vendors.cartesia.connections == 1)
    spare: TextToSpeech = await find("voice", "cartesia").open(vendor_settings)
    stalls = fault is not None and fault.kind == "stall"
    pair = Pair("voice", first, spare, ("cartesia", "hibari"), told.append)
    voice = SpareVoice(pair, patience=0.3 if stalls else 60.0)
    yield voice, told
    await voice.close()


@pytest.mark.parametrize(
    ("fault", "code"),
    [(Fault("stall"), "stalled"), (Fault("stall", after=8), "stalled"), (Fault("drop", after=8), "dropped")],
    indirect=["fault"],
)
async def test_the_spare_says_the_rest_of_the_phrase(
    fault: Fault, voice: tuple[SpareVoice, list[Takeover]], code: str
) -> None:
    speaker, told = voice
    async with asyncio.timeout(60):
        pieces = [piece async for piece in speaker.speak(TEXT, "call-1-r1")]
    chars = [piece.chars for piece in pieces]
    assert chars == sorted(chars)
    assert chars[-1] == len(TEXT)
    seconds = len(np.concatenate([piece.pcm for piece in pieces])) / 8000
    # Six hundredths of a second a character; the space where the voices change may go unsaid.
    assert (len(TEXT) - 1) * 0.06 - 0.01 <= seconds <= len(TEXT) * 0.06 + 1.0
    assert [(takeover.call_id, takeover.seat, takeover.error.code) for takeover in told] == [("call-1", "voice", code)]


@pytest.mark.parametrize("fault", [Fault("stall")], indirect=True)
async def test_a_voice_that_failed_rests(
    fault: Fault, voice: tuple[SpareVoice, list[Takeover]], vendors: Vendors
) -> None:
    speaker, told = voice
    for number in range(3):
        async with asyncio.timeout(60):
            assert [piece async for piece in speaker.speak(TEXT, f"call_1-r{number}")][-1].chars == len(TEXT)
    assert len(vendors.cartesia.contexts) == 4
    assert len(told) == 3


async def test_a_phrase_that_is_dropped_is_cancelled_at_the_vendor(
    voice: tuple[SpareVoice, list[Takeover]], vendors: Vendors, until: Any
) -> None:
    stream = voice[0].speak(" ".join([TEXT] * 50), "call_1-r1")
    assert isinstance(stream, AsyncGenerator)
    await anext(stream)
    await stream.aclose()
    await until(lambda: vendors.cartesia.cancelled)
    assert voice[1] == []


# -- mind -------------------------------------------------------------------------------------------------------------


class Mind:
    """Says this, with its errors and its pauses, in seconds."""

    def __init__(self, *events: ReplyEvent | Exception | float) -> None:
        self.events = events
        self.asked = 0

    async def reply(self, conversation: Conversation) -> AsyncIterator[ReplyEvent]:
        self.asked += 1
        for event in self.events:
            if isinstance(event, Exception):
                raise event
            if isinstance(event, float):
                await asyncio.sleep(event)
            else:
                yield event

    async def close(self) -> None:
        return


def minds(first: LanguageModel, told: list[Takeover]) -> SpareMind:
    spare = Mind(TextDelta("I am here."), Done())
    return SpareMind(Pair("mind", first, spare, ("openai", "dialogue"), told.append), patience=0.05)


@pytest.mark.parametrize(
    ("first", "code"), [(Mind(ProviderError("down", "It is not there.")), "down"), (Mind(30.0, Done()), "stalled")]
)
async def test_the_spare_mind_takes_over_before_the_first_word(first: Mind, code: str) -> None:
    told: list[Takeover] = []
    mind = minds(first, told)
    for _ in range(2):
        assert [event async for event in mind.reply(CONVERSATION)] == [TextDelta("I am here."), Done()]
    assert first.asked == 1
    assert told[0].error.code == code
    assert told[0].call_id == "call_1"


async def test_a_mind_that_has_begun_is_not_replaced() -> None:
    told: list[Takeover] = []
    mind = minds(Mind(TextDelta("I can "), 0.2, ProviderError("down", "Gone.")), told)
    events = mind.reply(CONVERSATION)
    assert await anext(events) == TextDelta("I can ")
    with pytest.raises(ProviderError, match="Gone"):
        await anext(events)
    assert told == []


class Held:
    """Ears that do not open, or say that they do; ``opened`` are not closed yet."""

    def __init__(self, *, opens: bool) -> None:
        self._opens = opens
        self.asked = asyncio.Event()
        self.opened = 0

    async def open(self, call_id: str, hear: Callable[[Transcript], None]) -> "Held":
        self.asked.set()
        if not self._opens:
            await asyncio.Event().wait()
        self.opened += 1
        return self

    def feed(self, frame: AudioFrame) -> None:
        return

    def decode(self, start: float, end: float) -> None:
        return

    async def close(self) -> None:
        self.opened -= 1


async def test_whoever_hangs_up_while_the_first_ear_opens_leaves_no_spare_one_behind() -> None:
    first, spare = Held(opens=False), Held(opens=True)
    pair: Pair[SpeechToText] = Pair("ears", first, spare, ("first", "spare"), lambda told: None)
    opening = asyncio.create_task(SpareEars(pair).open("call_1", lambda heard: None))
    await first.asked.wait()
    assert spare.opened == 1
    opening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await opening
    assert spare.opened == 0
