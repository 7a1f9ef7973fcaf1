"""The emulation of Flux, driven by Deepgram's own SDK."""

import asyncio
from typing import Any

import pytest

from benchmarks.vendors.server import Vendors

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # The SDK is on websockets' old client.


def listen(vendors: Vendors, **options: str) -> Any:
    from deepgram import AsyncDeepgramClient
    from deepgram.environment import DeepgramClientEnvironment

    environment = DeepgramClientEnvironment(
        base=vendors.http, production=vendors.url, agent=vendors.url, agent_rest=vendors.http
    )
    client = AsyncDeepgramClient(api_key="key", environment=environment)
    return client.listen.v2.connect(model="flux-general-en", encoding="mulaw", sample_rate="8000", **options)


async def turns(socket: Any) -> list[Any]:
    async with asyncio.timeout(60):
        return [message async for message in socket if message.type == "TurnInfo"]


async def test_the_sdk_is_told_of_a_turn(vendors: Vendors, spoken: list[bytes]) -> None:
    async with listen(vendors, eager_eot_threshold="0.5") as socket:
        for frame in spoken:
            await socket.send_media(frame)
        await socket.send_close_stream()
        told = await turns(socket)
    events = [turn.event for turn in told]
    assert events[0] == "StartOfTurn"
    assert events[-2:] == ["EagerEndOfTurn", "EndOfTurn"]
    assert set(events[1:-2]) == {"Update"}
    assert told[-1].transcript == "I would like a boiler service."
    assert told[-1].trigger == "model"
    assert told[-1].end_of_turn_confidence > told[-2].end_of_turn_confidence > told[0].end_of_turn_confidence


async def test_a_turn_resumes_and_may_be_forced_to_end(vendors: Vendors, spoken: list[bytes]) -> None:
    async with listen(vendors, eager_eot_threshold="0.5") as socket:
        for frame in [*spoken[:150], *spoken[:8], *spoken[60:90]]:
            await socket.send_media(frame)
        await socket.send_force_end_turn()
        await socket.send_close_stream()
        told = await turns(socket)
    events = [turn.event for turn in told]
    assert events.index("EagerEndOfTurn") < events.index("TurnResumed") < events.index("EndOfTurn")
    assert told[-1].trigger == "manual"


async def test_without_an_eager_threshold_there_is_no_eager_end(vendors: Vendors, spoken: list[bytes]) -> None:
    async with listen(vendors) as socket:
        for frame in spoken:
            await socket.send_media(frame)
        await socket.send_close_stream()
        told = await turns(socket)
    assert "EagerEndOfTurn" not in [turn.event for turn in told]
