"""The emulation of Deepgram listen, driven by Deepgram's own SDK."""

import asyncio
import json
from typing import Any

import aiohttp
import pytest

from benchmarks.vendors.faults import Fault
from benchmarks.vendors.server import Vendors

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # The SDK is on websockets' old client.


def client(vendors: Vendors) -> Any:
    from deepgram import AsyncDeepgramClient
    from deepgram.environment import DeepgramClientEnvironment

    environment = DeepgramClientEnvironment(
        base=vendors.http, production=vendors.url, agent=vendors.url, agent_rest=vendors.http
    )
    return AsyncDeepgramClient(api_key="key", environment=environment)


def listen(vendors: Vendors, **options: str) -> Any:
    wanted = {"model": "nova-3", "encoding": "mulaw", "sample_rate": "8000", "interim_results": "true", **options}
    return client(vendors).listen.v1.connect(**wanted)


async def all_of(socket: Any) -> list[Any]:
    async with asyncio.timeout(60):
        return [message async for message in socket]


async def test_the_sdk_hears_interim_and_final_words(vendors: Vendors, spoken: list[bytes]) -> None:
    async with listen(vendors, utterance_end_ms="1000", tag="call_1") as socket:
        for frame in spoken:
            await socket.send_media(frame)
        await socket.send_close_stream()
        messages = await all_of(socket)
    results = [message for message in messages if message.type == "Results"]
    interim = [message.channel.alternatives[0].transcript for message in results if not message.is_final]
    final = [message for message in results if message.is_final]
    assert interim[0] == "I"
    assert [message.channel.alternatives[0].transcript for message in final] == ["I would like a boiler service."]
    assert final[0].speech_final
    words = final[0].channel.alternatives[0].words
    assert words[0].start == pytest.approx(1.0, abs=0.03)
    assert words[-1].end == pytest.approx(3.0, abs=0.03)
    ends = [message for message in messages if message.type == "UtteranceEnd"]
    assert [message.last_word_end for message in ends] == [pytest.approx(3.0, abs=0.03)]
    assert messages[-1].type == "Metadata"
    assert vendors.deepgram.streams[0]["tag"] == "call_1"
    assert vendors.deepgram.authorizations == ["Token key"]


async def test_finalize_brings_the_words_so_far(vendors: Vendors, spoken: list[bytes]) -> None:
    async with listen(vendors, interim_results="false") as socket:
        for frame in spoken[:120]:
            await socket.send_media(frame)
        await socket.send_finalize()
        async with asyncio.timeout(60):
            message = await socket.recv()
    assert message.from_finalize
    assert message.channel.alternatives[0].transcript == "I would like a"
    assert vendors.deepgram.finalized == 1


async def test_a_refused_key_is_refused(vendors: Vendors) -> None:
    from deepgram.core.api_error import ApiError

    vendors.deepgram.faults.coming.append(Fault("refuse"))
    with pytest.raises(ApiError) as caught:
        async with listen(vendors):
            pass
    assert caught.value.status_code == 401


async def test_a_dropped_stream_ends_in_the_middle(vendors: Vendors, spoken: list[bytes]) -> None:
    vendors.deepgram.faults.always = Fault("drop", after=1)
    async with aiohttp.ClientSession() as http:
        query = {"encoding": "mulaw", "sample_rate": "8000", "interim_results": "true"}
        async with http.ws_connect(f"{vendors.url}/v1/listen", params=query) as ws:
            for frame in spoken:
                await ws.send_bytes(frame)
            async with asyncio.timeout(60):
                messages = [message async for message in ws]
    assert len(messages) == 1
    assert ws.close_code == 1006 or ws.close_code is None


async def test_faults_can_be_ordered_from_another_process(vendors: Vendors) -> None:
    async with aiohttp.ClientSession() as http:
        order = {"deepgram": {"kind": "malformed"}, "cartesia": None}
        async with http.post(f"{vendors.http}/control", json=order) as response:
            told = await response.json()
        assert told["deepgram"] == {"open": 0, "streams": 0}
        query = {"encoding": "mulaw", "sample_rate": "8000"}
        async with http.ws_connect(f"{vendors.url}/v1/listen", params=query) as ws:
            await ws.send_str(json.dumps({"type": "Finalize"}))
            message = await ws.receive(timeout=60)
            assert "Results" not in str(message.data) or "channel_index" not in str(message.data)
