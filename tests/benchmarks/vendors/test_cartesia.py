"""The emulation of Cartesia's websocket, driven by Cartesia's own SDK."""

import asyncio
import base64
from typing import Any

import pytest
from cartesia import AsyncCartesia

from benchmarks.vendors.server import Vendors

FORM = {"container": "raw", "encoding": "pcm_mulaw", "sample_rate": 8000}
TEXT = "Of course, which day?"


async def connect(vendors: Vendors) -> Any:
    client = AsyncCartesia(api_key="k", websocket_base_url=vendors.url)
    return await client.tts.websocket_connect().enter()


def context(connection: Any, name: str) -> Any:
    options = {"model_id": "sonic-3", "voice": {"mode": "id", "id": "v"}, "output_format": FORM}
    return connection.context(name, timeout=10, add_timestamps=True, max_buffer_delay_ms=0, **options)


async def test_the_sdk_gets_audio_and_the_times_of_words(vendors: Vendors) -> None:
    connection = await connect(vendors)
    speech = context(connection, "call_1-r1")
    await speech.push(TEXT, continue_=False)
    messages = [message async for message in speech.receive()]
    await connection.close()
    audio = b"".join(base64.b64decode(message.data) for message in messages if message.type == "chunk")
    times = [message.word_timestamps for message in messages if message.type == "timestamps"]
    assert len(audio) == round(len(TEXT) * 0.06 * 8000)
    assert [word for time in times for word in time.words] == TEXT.split()
    assert times[-1].end[-1] == pytest.approx(len(TEXT) * 0.06)
    assert messages[-1].type == "done"
    assert vendors.cartesia.contexts == ["call_1-r1"]


async def test_a_context_goes_on_and_is_flushed(vendors: Vendors) -> None:
    connection = await connect(vendors)
    speech = context(connection, "c")
    await speech.push("Of course, ")
    await speech.push("which day?", flush=True)
    await speech.no_more_inputs()
    kinds = [message.type async for message in speech.receive()]
    await connection.close()
    assert kinds.count("chunk") > 10
    assert kinds[-2:] == ["flush_done", "done"]


async def test_a_cancelled_context_is_silent(vendors: Vendors) -> None:
    connection = await connect(vendors)
    speech = context(connection, "c")
    await speech.push(" ".join([TEXT] * 100), continue_=False)
    received = aiter(speech.receive())
    await anext(received)
    await speech.cancel()
    again = context(connection, "d")
    await again.push(TEXT, continue_=False)
    async with asyncio.timeout(60):
        assert [message async for message in again.receive()][-1].type == "done"
    await connection.close()
    assert vendors.cartesia.cancelled == ["c"]


async def test_a_request_without_sense_is_an_error(vendors: Vendors) -> None:
    connection = await connect(vendors)
    await connection.send({"context_id": "c", "transcript": "Hello"})
    async with asyncio.timeout(60):
        assert (await connection.recv()).type == "error"
    await connection.close()
