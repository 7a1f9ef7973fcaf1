"""Flux's ears against the emulated Flux, over the wire."""

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
from edge.providers.flux import FluxEar, belief, open_flux
from edge.settings import EdgeSettings
from edge.streaming import Recogniser

Sound = Callable[..., list[AudioFrame]]
FIRST, SECOND = "I would like a boiler service.", "Thank you, goodbye."


@pytest_asyncio.fixture
async def ears(vendor_settings: EdgeSettings) -> AsyncIterator[Recogniser[FluxEar]]:
    ears = await open_flux(vendor_settings)
    yield ears
    await ears.close()


@pytest_asyncio.fixture
async def heard(ears: Recogniser[FluxEar], sound: Sound) -> AsyncIterator[list[Transcript]]:
    """What is told of a second of silence, two of sound and a half of silence."""
    heard: list[Transcript] = []
    ear = await ears.open("call_1", heard.append)
    for frame in sound(0, 1.0) + sound(2.0, 0.5, at=1.0):
        ear.feed(frame)
    yield heard
    await ear.close()


async def test_the_end_of_a_turn_is_told_with_belief(heard: list[Transcript], vendors: Vendors, until: Any) -> None:
    await until(lambda: heard and heard[-1].final)
    beliefs = [transcript.finished or 0.0 for transcript in heard]
    assert heard[-1].text == heard[-2].text == FIRST
    assert beliefs[-1] >= 0.9 > 0.75 >= beliefs[-2] >= 0.5 > beliefs[0]
    assert all(a.end < b.end for a, b in itertools.pairwise(heard))
    assert heard[-1].start == pytest.approx(1.17, abs=0.05)
    query = vendors.flux.streams[0]
    assert (query["encoding"], query["tag"], query["eager_eot_threshold"]) == ("mulaw", "call_1", "0.5")


async def test_words_in_hand_are_given_at_once_and_others_when_they_come(
    ears: Recogniser[FluxEar], sound: Sound, until: Any
) -> None:
    heard: list[Transcript] = []
    ear = await ears.open("call_1", heard.append)
    for frame in sound(2.0, 0.1):
        ear.feed(frame)
    ear.decode(0.0, 2.0)
    await until(lambda: any(transcript.start == 0.0 and transcript.text == FIRST for transcript in heard))
    for frame in sound(0, 0.5, at=2.1):
        ear.feed(frame)
    await until(lambda: heard[-1].final)
    assert heard[-1].start == 0.0
    told = len(heard)
    ear.decode(0.0, 2.2)
    await until(lambda: len(heard) > told)
    assert heard[-1].text == FIRST
    assert heard[-1].finished == pytest.approx(0.9)
    await ear.close()


async def test_each_turn_has_its_own_words(ears: Recogniser[FluxEar], sound: Sound, until: Any) -> None:
    heard: list[Transcript] = []
    ear = await ears.open("call_1", heard.append)
    for frame in sound(2.0, 0.6) + sound(1.0, 0.6, at=2.6):
        ear.feed(frame)
    await until(lambda: sum(transcript.final for transcript in heard) == 2)
    ear.decode(2.6, 3.6)
    await until(lambda: heard[-1].start == 2.6)
    assert heard[-1].text == SECOND
    await ear.close()


@pytest.mark.parametrize(
    ("fault", "code"),
    [(Fault("refuse"), "unauthorised"), (Fault("drop", after=1), "dropped"), (Fault("malformed"), "malformed")],
)
async def test_a_vendor_that_fails_is_told(
    ears: Recogniser[FluxEar], vendors: Vendors, sound: Sound, until: Any, fault: Fault, code: str
) -> None:
    vendors.flux.faults.always = fault
    ear = await ears.open("call_1", lambda _: None)
    for frame in sound(3.0, 0.5):
        ear.feed(frame)
    await until(lambda: ear.failed is not None)
    assert ear.failed is not None
    assert ear.failed.code == code
    await ear.close()


async def test_an_error_message_ends_the_stream(ears: Recogniser[FluxEar], vendors: Vendors, until: Any) -> None:
    ear = await ears.open("call_1", lambda _: None)
    await until(lambda: vendors.flux.open)
    ear._line.say('{"type": "Nonsense"}')
    await until(lambda: ear.failed is not None)
    assert ear.failed is not None
    assert "UNPARSABLE_CLIENT_MESSAGE" in ear.failed.message
    await ear.close()


def test_only_an_end_is_believed() -> None:
    assert belief("EndOfTurn", 0.71) >= 0.9
    assert belief("EagerEndOfTurn", 0.99) < 0.8
    assert belief("TurnResumed", 0.99) <= 0.5
    assert belief("SomethingNew", 0.2) == 0.2


async def test_without_a_key_it_says_what_to_set() -> None:
    with pytest.raises(ProviderError, match="DEEPGRAM_API_KEY"):
        await find("ears", "flux").open(EdgeSettings(deepgram_api_key=None))
