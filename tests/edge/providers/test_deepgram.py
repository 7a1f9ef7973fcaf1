"""Deepgram's ears against the emulated Deepgram, over the wire."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import pytest_asyncio

from benchmarks.vendors.faults import Fault
from benchmarks.vendors.server import Vendors
from edge.core.audio import AudioFrame
from edge.errors import ProviderError
from edge.ports import Transcript
from edge.providers import find
from edge.providers.deepgram import DeepgramEar, open_deepgram
from edge.settings import EdgeSettings
from edge.streaming import Recogniser
from tests.edge.providers.listening import Listening

Sound = Callable[..., list[AudioFrame]]
Ear = Listening[DeepgramEar]
FIRST, SECOND = "I would like a boiler service.", "Thank you, goodbye."


@pytest_asyncio.fixture
async def ears(vendor_settings: EdgeSettings) -> AsyncIterator[Recogniser[DeepgramEar]]:
    ears = await open_deepgram(vendor_settings)
    yield ears
    await ears.close()


@pytest_asyncio.fixture
async def listening(ears: Recogniser[DeepgramEar]) -> AsyncIterator[Ear]:
    heard: list[Transcript] = []
    ear = await ears.open("call_1", heard.append)
    yield Listening(ear, heard)
    await ear.close()


async def test_words_in_hand_are_given_at_once(listening: Ear, sound: Sound, vendors: Vendors, until: Any) -> None:
    listening.feed(sound(0, 1.0) + sound(2.0, 0.5, at=1.0))  # Before the handshake is over: it is held.
    await until(lambda: listening.heard and listening.heard[-1].text == FIRST)
    assert not listening.final
    listening.ear.decode(1.0, 3.0)
    await until(lambda: listening.final)
    assert vendors.deepgram.finalized == 0
    final = listening.final[0]
    assert (final.text, final.start) == (FIRST, 1.0)
    assert final.end >= 3.0
    assert final.confidence == pytest.approx(0.98)


async def test_words_come_while_the_caller_speaks_each_replacing_the_last(
    listening: Ear, sound: Sound, until: Any
) -> None:
    listening.feed(sound(2.0, 0.5, at=7.0))
    await until(lambda: listening.heard and listening.heard[-1].text == FIRST)
    heard = listening.heard
    assert len(heard) > 3
    assert all(FIRST.startswith(transcript.text) and not transcript.final for transcript in heard)
    assert all(a.end < b.end for a, b in itertools.pairwise(heard))
    assert {round(transcript.start, 1) for transcript in heard} <= {7.1, 7.2}
    assert heard[-1].end == pytest.approx(9.04, abs=0.05)


async def test_words_not_in_hand_are_fetched(listening: Ear, sound: Sound, vendors: Vendors, until: Any) -> None:
    await until(lambda: vendors.deepgram.open)
    listening.feed(sound(1.4))
    listening.ear.decode(0.0, 1.4)
    await until(lambda: listening.final)
    assert vendors.deepgram.finalized == 1
    assert listening.final[0].text == "I would like a"
    assert listening.final[0].end >= 1.4


async def test_what_was_fetched_for_an_earlier_question_does_not_answer_a_later_one(
    listening: Ear, sound: Sound, vendors: Vendors, until: Any
) -> None:
    listening.feed(sound(0.2))
    await until(lambda: vendors.deepgram.open == 1)
    listening.ear.decode(0.0, 0.2)
    listening.feed(sound(0.6, at=0.2))
    listening.ear.decode(0.0, 0.8)
    await until(lambda: listening.final)
    assert vendors.deepgram.finalized == 2
    assert [transcript.end for transcript in listening.final] == [pytest.approx(0.8, abs=0.01)]
    assert listening.final[0].text.startswith("I")


async def test_words_ended_by_silence_are_told_at_once_where_the_detector_hears_them_fade(
    listening: Ear, sound: Sound, until: Any
) -> None:
    listening.feed(sound(2.0, 0.3))
    await until(lambda: listening.heard and listening.heard[-1].text == FIRST)
    told = len(listening.heard)
    listening.ear.decode(0.0, 2.2)
    await until(lambda: listening.final)
    likely, final = listening.heard[told:]
    assert (likely.text, likely.start, likely.final) == (FIRST, 0.0, False)
    assert (final.text, final.start, final.final) == (FIRST, 0.0, True)
    assert 2.2 <= likely.end < final.end


async def test_what_is_asked_before_the_handshake_is_answered_after_it(
    listening: Ear, sound: Sound, until: Any
) -> None:
    listening.feed(sound(1.4))
    listening.ear.decode(0.0, 1.4)
    await until(lambda: listening.final)
    assert listening.final[0].text == "I would like a"


async def test_each_turn_has_its_own_words(listening: Ear, sound: Sound, until: Any) -> None:
    listening.feed(sound(2.0, 0.6))
    listening.ear.decode(0.0, 2.0)
    await until(lambda: len(listening.final) == 1)
    listening.feed(sound(1.0, 0.6, at=2.6))
    listening.ear.decode(2.6, 3.6)
    await until(lambda: len(listening.final) == 2)
    assert [transcript.text for transcript in listening.final] == [FIRST, SECOND]


async def test_a_turn_that_goes_on_keeps_its_words(listening: Ear, sound: Sound, until: Any) -> None:
    listening.feed(sound(2.0, 0.6))
    listening.ear.decode(0.0, 2.0)
    await until(lambda: len(listening.final) == 1)
    listening.feed(sound(1.0, 0.6, at=2.6))
    listening.ear.decode(0.0, 3.6)
    await until(lambda: len(listening.final) == 2)
    assert listening.final[1].text == f"{FIRST} {SECOND}"


async def test_nothing_said_is_an_answer(listening: Ear, sound: Sound, until: Any) -> None:
    listening.feed(sound(0, 0.5))
    listening.ear.decode(0.1, 0.4)
    await until(lambda: listening.final)
    assert listening.final[0].text == ""


async def test_a_long_silence_is_a_vendors_end_of_turn(listening: Ear, sound: Sound, until: Any) -> None:
    listening.feed(sound(2.0, 1.5))
    await until(lambda: listening.final)
    assert listening.final[0].finished == pytest.approx(0.9)
    assert listening.final[0].text == FIRST


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # The SDK is on websockets' old client.
async def test_asks_for_what_the_sdk_would(listening: Ear, vendors: Vendors, until: Any) -> None:
    from deepgram import AsyncDeepgramClient
    from deepgram.environment import DeepgramClientEnvironment

    await until(lambda: vendors.deepgram.open)
    ours = vendors.deepgram.streams[0]
    assert (ours["encoding"], ours["sample_rate"], ours["tag"]) == ("mulaw", "8000", "call_1")
    url = vendors.url
    environment = DeepgramClientEnvironment(base=url, production=url, agent=url, agent_rest=url)
    client: Any = AsyncDeepgramClient(api_key="key", environment=environment)
    async with client.listen.v1.connect(**ours):
        pass
    assert vendors.deepgram.streams == [ours, ours]
    assert vendors.deepgram.authorizations == ["Token key", "Token key"]


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (Fault("refuse"), "unauthorised"),
        (Fault("busy"), "busy"),
        (Fault("drop", after=1), "dropped"),
        (Fault("malformed"), "malformed"),
    ],
)
async def test_a_vendor_that_fails_is_told_and_harms_nobody(
    ears: Recogniser[DeepgramEar], vendors: Vendors, sound: Sound, until: Any, fault: Fault, code: str
) -> None:
    vendors.deepgram.faults.always = fault
    ear = await ears.open("call_1", lambda _: None)
    for frame in sound(3.0, 0.5):
        ear.feed(frame)
    await until(lambda: ear.failed is not None)
    assert ear.failed is not None
    assert ear.failed.code == code
    ear.feed(sound(0.02)[0])
    ear.decode(0.0, 1.0)
    await ear.close()


async def test_an_address_where_nobody_is_fails_the_ear_alone(until: Any, sound: Sound) -> None:
    ears = await find("ears", "deepgram").open(EdgeSettings(deepgram_url="ws://127.0.0.1:9", deepgram_api_key="key"))
    ear: Any = await ears.open("call_1", lambda _: None)
    for frame in sound(8.0):
        ear.feed(frame)
    await until(lambda: ear.failed is not None)
    assert ear.failed.code == "unreachable"
    await ear.close()
    await ears.close()


async def test_a_closed_ear_is_silent_and_its_stream_ends(
    ears: Recogniser[DeepgramEar], vendors: Vendors, sound: Sound, until: Any
) -> None:
    heard: list[Transcript] = []
    ear = await ears.open("call_1", heard.append)
    await until(lambda: vendors.deepgram.open)
    for frame in sound(1.0):
        ear.feed(frame)
    await ear.close()
    told = len(heard)
    await until(lambda: not vendors.deepgram.open)
    await asyncio.sleep(0)
    assert len(heard) == told


async def test_without_a_key_it_says_what_to_set() -> None:
    with pytest.raises(ProviderError, match="DEEPGRAM_API_KEY"):
        await find("ears", "deepgram").open(EdgeSettings(deepgram_api_key=None))
