"""Cartesia's voice against the emulated Cartesia, over the wire."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any

import numpy as np
import pytest
import pytest_asyncio

from benchmarks.vendors.cartesia import LETTER, tone
from benchmarks.vendors.faults import Fault
from benchmarks.vendors.server import Vendors
from edge.core.audio import RATE, from_mulaw
from edge.errors import ProviderError
from edge.ports import Speech
from edge.providers import find
from edge.providers.cartesia import Cartesia
from edge.settings import EdgeSettings

TEXT = "Of course, which day would suit you?"


@pytest_asyncio.fixture
async def voice(vendor_settings: EdgeSettings) -> AsyncIterator[Cartesia]:
    voice = await find("voice", "cartesia").open(vendor_settings)
    assert isinstance(voice, Cartesia)
    yield voice
    await voice.close()


async def spoken(voice: Cartesia, text: str = TEXT, tag: str = "") -> list[Speech]:
    async with asyncio.timeout(60):
        return [piece async for piece in voice.speak(text, tag)]


async def test_speaks_in_telephone_sound_and_knows_where_words_end(voice: Cartesia, vendors: Vendors) -> None:
    pieces = await spoken(voice, tag="call_1-r1")
    pcm = np.concatenate([piece.pcm for piece in pieces])
    assert len(pcm) == round(len(TEXT) * LETTER * RATE)
    assert (pcm[: RATE // 10] == from_mulaw(tone("pcm_mulaw", RATE))[: RATE // 10]).all()
    assert pieces[-1].chars == len(TEXT)
    played = 0
    reached: dict[int, float] = {}
    for piece in pieces:
        played += len(piece.pcm)
        reached.setdefault(piece.chars, played / RATE)
    ends = [at + 1 for at, char in enumerate(TEXT) if char != " " and TEXT[at + 1 : at + 2] in ("", " ")]
    assert set(ends) <= set(reached)
    assert all(reached[end] == pytest.approx(end * LETTER, abs=0.002) for end in ends)
    assert vendors.cartesia.contexts == ["call_1-r1-1"]
    assert vendors.cartesia.last["output_format"] == {"container": "raw", "encoding": "pcm_mulaw", "sample_rate": 8000}
    assert vendors.cartesia.cancelled == []


async def test_phrases_of_a_reply_go_on_in_one_context_and_are_made_ahead(voice: Cartesia, vendors: Vendors) -> None:
    texts = ("Of course,", " which day", " would suit you?")
    streams = [voice.speak(text, "call_1-r1") for text in texts]
    for text, stream in zip(texts, streams, strict=True):
        pieces = [piece async for piece in stream]
        assert sum(len(piece.pcm) for piece in pieces) == pytest.approx(len(text) * LETTER * RATE, abs=1)
        reached: dict[int, float] = {}
        played = 0
        for piece in pieces:
            played += len(piece.pcm)
            reached.setdefault(piece.chars, played / RATE)
        assert reached[text.rindex(" ")] == pytest.approx(text.rindex(" ") * LETTER, abs=0.002) or text[0] == " "
        assert pieces[-1].chars == len(text)
    assert vendors.cartesia.contexts == ["call_1-r1-1"]
    assert (await spoken(voice, tag="call_1-r2"))[-1].chars == len(TEXT)
    assert vendors.cartesia.contexts == ["call_1-r1-1", "call_1-r2-2"]
    assert vendors.cartesia.cancelled == []


async def test_a_context_that_cartesia_has_closed_is_not_used_again(voice: Cartesia, vendors: Vendors) -> None:
    await spoken(voice, tag="call_1-r1")
    voice._tags["call_1-r1"].idle_since -= 1.0
    assert (await spoken(voice, tag="call_1-r1"))[-1].chars == len(TEXT)
    assert vendors.cartesia.contexts == ["call_1-r1-1", "call_1-r1-2"]
    assert len(voice._contexts) == len(voice._tags) == 1


async def test_what_follows_a_phrase_that_is_dropped_is_dropped_too(voice: Cartesia, vendors: Vendors) -> None:
    first, second = (voice.speak(" ".join([TEXT] * 50), "call_1-r1") for _ in range(2))
    assert isinstance(first, AsyncGenerator)
    await anext(first)
    await first.aclose()
    with pytest.raises(ProviderError) as caught:
        await anext(second)
    assert caught.value.code == "cut"
    assert not voice._contexts


async def test_many_phrases_share_one_websocket(voice: Cartesia, vendors: Vendors) -> None:
    all_pieces = await asyncio.gather(*(spoken(voice, f"{TEXT} {number}") for number in range(20)))
    assert all(pieces[-1].chars >= len(TEXT) + 2 for pieces in all_pieces)
    assert vendors.cartesia.connections == 1
    assert len(set(vendors.cartesia.contexts)) == 20


async def test_a_phrase_that_is_dropped_is_cancelled(voice: Cartesia, vendors: Vendors, until: Any) -> None:
    stream = voice.speak(" ".join([TEXT] * 50), "call_1-r2")
    assert isinstance(stream, AsyncGenerator)
    await anext(stream)
    await stream.aclose()
    await until(lambda: vendors.cartesia.cancelled == ["call_1-r2-1"])
    assert (await spoken(voice))[-1].chars == len(TEXT)


async def test_an_empty_phrase_costs_nothing(voice: Cartesia, vendors: Vendors) -> None:
    assert [piece.chars for piece in await spoken(voice, "  ")] == [2]
    assert vendors.cartesia.contexts == []


async def test_a_dropped_websocket_is_opened_again(voice: Cartesia, vendors: Vendors, until: Any) -> None:
    await voice.close()
    vendors.cartesia.faults.coming.append(Fault("drop", after=2))
    settings = EdgeSettings(cartesia_url=vendors.url, cartesia_api_key="key")
    second = await find("voice", "cartesia").open(settings)
    assert isinstance(second, Cartesia)
    with pytest.raises(ProviderError) as caught:
        await spoken(second)
    assert caught.value.code == "dropped"
    assert caught.value.retryable
    assert (await spoken(second))[-1].chars == len(TEXT)
    await second.close()


@pytest.mark.parametrize(("kind", "code"), [("refuse", "unauthorised"), ("busy", "busy"), ("stall", "stalled")])
async def test_a_vendor_that_fails_says_why(
    vendor_settings: EdgeSettings, vendors: Vendors, kind: Any, code: str
) -> None:
    vendors.cartesia.faults.always = Fault(kind)
    # Opening waits for the websocket, for so long as a vendor that refuses gets at the start of a process.
    voice = await find("voice", "cartesia").open(vendor_settings)
    assert isinstance(voice, Cartesia)
    with pytest.raises(ProviderError) as caught:
        await spoken(voice)
    assert caught.value.code == code
    await voice.close()


async def test_malformed_messages_end_in_an_error(vendor_settings: EdgeSettings, vendors: Vendors) -> None:
    vendors.cartesia.faults.coming.append(Fault("malformed", after=1))
    voice = await find("voice", "cartesia").open(vendor_settings)
    assert isinstance(voice, Cartesia)
    with pytest.raises(ProviderError) as caught:
        await spoken(voice)
    assert caught.value.code in ("malformed", "stalled")
    await voice.close()


async def test_without_a_key_it_says_what_to_set() -> None:
    with pytest.raises(ProviderError, match="CARTESIA_API_KEY"):
        await find("voice", "cartesia").open(EdgeSettings(cartesia_api_key=None))
