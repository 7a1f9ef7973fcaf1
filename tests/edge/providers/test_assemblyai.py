"""AssemblyAI's ears against the emulated AssemblyAI, over the wire."""

import itertools
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import pytest_asyncio

from benchmarks.vendors.faults import Fault
from benchmarks.vendors.server import Vendors
from edge.core.audio import AudioFrame
from edge.errors import ProviderError
from edge.ports import SpeechToText, Transcript
from edge.providers import find
from edge.providers.assemblyai import PATIENCE, AssemblyAIEar, belief, failure, open_assemblyai
from edge.settings import EdgeSettings
from edge.spare import Pair, SpareEars, Takeover
from edge.streaming import Recogniser
from tests.edge.providers.listening import Listening

Sound = Callable[..., list[AudioFrame]]
Ear = Listening[AssemblyAIEar]
FIRST, SECOND = "i would like a boiler service", "thank you goodbye"


@pytest_asyncio.fixture
async def ears(vendor_settings: EdgeSettings) -> AsyncIterator[Recogniser[AssemblyAIEar]]:
    ears = await open_assemblyai(vendor_settings)
    yield ears
    await ears.close()


@pytest_asyncio.fixture
async def listening(ears: Recogniser[AssemblyAIEar]) -> AsyncIterator[Ear]:
    heard: list[Transcript] = []
    ear = await ears.open("call_1", heard.append)
    yield Listening(ear, heard)
    await ear.close()


async def test_the_end_of_a_turn_is_told_with_belief(
    listening: Ear, sound: Sound, vendors: Vendors, until: Any
) -> None:
    listening.feed(sound(0, 1.0) + sound(2.0, 0.3, at=1.0))
    await until(lambda: listening.final)
    *partial, last = listening.heard
    assert last.text == FIRST
    assert (last.finished or 0.0) >= 0.9 > 0.5 > max(one.finished or 0.0 for one in partial)
    assert all(FIRST.startswith(one.text) and not one.final for one in partial)
    assert all(a.end < b.end for a, b in itertools.pairwise(listening.heard))
    assert last.start == pytest.approx(1.17, abs=0.05)
    assert vendors.assemblyai.forced == 0
    query = vendors.assemblyai.streams[0]
    assert (query["encoding"], query["sample_rate"], query["format_turns"]) == ("pcm_mulaw", "8000", "false")
    assert vendors.assemblyai.authorizations == ["key"]


async def test_words_in_hand_are_given_at_once(listening: Ear, sound: Sound, until: Any) -> None:
    listening.feed(sound(2.0, 0.3))
    await until(lambda: listening.final)
    told = len(listening.heard)
    listening.ear.decode(0.0, 2.1)
    assert len(listening.heard) == told
    await until(lambda: len(listening.heard) > told)
    answer = listening.heard[told]
    assert (answer.text, answer.final, answer.start) == (FIRST, True, 0.0)
    assert answer.finished == pytest.approx(0.9)
    assert answer.end >= 2.1


async def test_an_end_that_comes_by_itself_is_waited_for(
    listening: Ear, sound: Sound, vendors: Vendors, until: Any
) -> None:
    listening.feed(sound(2.0, 0.1))
    listening.ear.decode(0.0, 2.0)
    listening.feed(sound(0.0, PATIENCE - 0.2, at=2.1))
    await until(lambda: any(one.final and one.start == 0.0 for one in listening.heard))
    assert listening.heard[-1].text == FIRST
    assert listening.heard[-1].finished == pytest.approx(0.9)
    assert vendors.assemblyai.forced == 0


async def test_an_end_that_does_not_come_is_forced_and_is_no_decision(
    listening: Ear, sound: Sound, vendors: Vendors, until: Any
) -> None:
    await until(lambda: vendors.assemblyai.open)
    await until(lambda: listening.ear._line.open)
    listening.feed(sound(1.4))
    listening.ear.decode(0.0, 1.4)
    listening.feed(sound(0.0, PATIENCE + 0.1, at=1.4))
    await until(lambda: listening.final)
    assert vendors.assemblyai.forced == 1
    final = listening.final[0]
    assert FIRST.startswith(final.text)
    assert final.text
    assert (final.finished or 0.0) < 0.8
    assert final.end >= 1.4


async def test_a_pause_after_a_turn_that_is_over_is_answered_with_its_words(
    listening: Ear, sound: Sound, vendors: Vendors, until: Any
) -> None:
    listening.feed(sound(2.0, 0.3))
    await until(lambda: listening.final)
    told = len(listening.heard)
    listening.ear.decode(0.0, 2.6)  # A breath, to which there are no words and to whose force there is no answer.
    listening.feed(sound(0.0, PATIENCE + 0.4, at=2.3))
    await until(lambda: len(listening.heard) > told)
    assert (listening.heard[-1].text, listening.heard[-1].start) == (FIRST, 0.0)
    assert listening.heard[-1].end >= 2.6
    assert listening.heard[-1].finished is None


async def test_each_turn_has_its_own_words(listening: Ear, sound: Sound, until: Any) -> None:
    listening.feed(sound(2.0, 0.6) + sound(1.0, 0.6, at=2.6))
    await until(lambda: len(listening.final) == 2)
    listening.ear.decode(2.6, 3.6)
    await until(lambda: listening.heard[-1].start == 2.6)
    assert listening.heard[-1].text == SECOND
    listening.ear.decode(0.0, 3.6)
    await until(lambda: listening.heard[-1].start == 0.0)
    assert listening.heard[-1].text == f"{FIRST} {SECOND}"


async def test_a_turn_that_comes_again_formatted_is_told_once(
    vendor_settings: EdgeSettings, listening: Ear, sound: Sound, until: Any
) -> None:
    turn = '{"type":"Turn","turn_order":0,"end_of_turn":true,"end_of_turn_confidence":0.7,"words":[%s]}'
    listening.feed(sound(2.0))
    for text in ("yes", "Yes."):
        listening.ear._receive((turn % f'{{"text":"{text}","start":500,"end":800}}').encode())
    listening.ear.decode(0.0, 0.9)
    await until(lambda: listening.heard[-1].start == 0.0)
    assert listening.heard[-1].text == "Yes."
    assert listening.heard[-1].finished == pytest.approx(0.9)


async def test_a_call_that_ends_terminates_its_stream(
    ears: Recogniser[AssemblyAIEar], vendors: Vendors, until: Any
) -> None:
    ear = await ears.open("call_1", lambda _: None)
    await until(lambda: ear._line.open)
    await ear.close()
    await until(lambda: vendors.assemblyai.terminated == 1 and vendors.assemblyai.open == 0)
    assert ear.failed is None


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (Fault("refuse"), "unauthorised"),
        (Fault("busy"), "busy"),
        (Fault("drop", after=1), "dropped"),
        (Fault("malformed"), "malformed"),
    ],
)
async def test_a_vendor_that_fails_is_told(
    listening: Ear, vendors: Vendors, sound: Sound, until: Any, fault: Fault, code: str
) -> None:
    vendors.assemblyai.faults.always = fault
    listening.feed(sound(3.0, 0.5))
    await until(lambda: listening.ear.failed is not None)
    assert listening.ear.failed is not None
    assert listening.ear.failed.code == code
    listening.ear.decode(0.0, 3.0)


@pytest.mark.parametrize(("fault", "code"), [(Fault("stall", after=1), "stalled"), (Fault("drop", after=2), "dropped")])
async def test_the_spare_hears_the_same_turn(
    ears: Recogniser[AssemblyAIEar],
    vendor_settings: EdgeSettings,
    vendors: Vendors,
    sound: Sound,
    until: Any,
    fault: Fault,
    code: str,
) -> None:
    vendors.assemblyai.faults.always = fault
    told: list[Takeover] = []
    heard: list[Transcript] = []
    spare: SpeechToText = await find("ears", "flux").open(vendor_settings)
    pair = SpareEars(Pair("ears", ears, spare, ("assemblyai", "flux"), told.append))
    ear = await pair.open("call_1", heard.append)
    frames = iter(sound(2.0, 4.0))
    for frame in itertools.islice(frames, 105):
        ear.feed(frame)
    ear.decode(0.0, 2.0)

    def answered() -> bool:
        if (frame := next(frames, None)) is not None:
            ear.feed(frame)
        return any(one.text == "I would like a boiler service." and one.end >= 2.0 for one in heard)

    await until(answered)
    assert [takeover.error.code for takeover in told] == [code]
    await ear.close()
    await spare.close()


async def test_an_error_message_ends_the_stream(listening: Ear, until: Any) -> None:
    await until(lambda: listening.ear._line.open)
    listening.ear._line.say('{"type": "Nonsense"}')
    await until(lambda: listening.ear.failed is not None)
    assert listening.ear.failed is not None
    assert "3006" in listening.ear.failed.message


def test_errors_say_what_to_do() -> None:
    assert "ASSEMBLYAI_API_KEY" in failure("Not Authorized", 4001).message
    assert failure("Too many concurrent sessions", 3009).code == "busy"
    assert failure("Server error", None).retryable


def test_only_an_end_of_its_own_is_believed() -> None:
    assert belief(True, 0.41) >= 0.9
    assert belief(False, 0.99) < 0.8
    assert belief(False, 0.2) == 0.2


async def test_without_a_key_it_says_what_to_set() -> None:
    with pytest.raises(ProviderError, match="ASSEMBLYAI_API_KEY"):
        await find("ears", "assemblyai").open(EdgeSettings(assemblyai_api_key=None))
