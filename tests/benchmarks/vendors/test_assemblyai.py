"""The emulation of AssemblyAI, driven by its own SDK."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from benchmarks.vendors.faults import Fault
from benchmarks.vendors.server import Vendors

WORDS = "i would like a boiler service"


class Client:
    """The SDK's client, and what it was told."""

    def __init__(self, vendors: Vendors) -> None:
        from assemblyai.streaming.v3 import AsyncStreamingClient, StreamingClientOptions, StreamingEvents

        self.sdk = AsyncStreamingClient(StreamingClientOptions(api_host=vendors.url, api_key="key"))
        self.told: list[Any] = []
        for event in StreamingEvents:
            self.sdk.on(event, lambda _, told: self.told.append(told))

    async def connect(self, **more: Any) -> None:
        from assemblyai.streaming.v3 import Encoding, StreamingParameters

        await self.sdk.connect(StreamingParameters(sample_rate=8000, encoding=Encoding.pcm_mulaw, **more))

    async def send(self, frames: list[bytes], each: int = 5) -> None:
        for start in range(0, len(frames), each):
            await self.sdk.stream(b"".join(frames[start : start + each]))

    def of(self, kind: str) -> list[Any]:
        return [one for one in self.told if getattr(one, "type", "") == kind]


@pytest_asyncio.fixture
async def client(vendors: Vendors) -> AsyncIterator[Client]:
    client = Client(vendors)
    yield client
    await client.sdk.disconnect()


async def test_the_sdk_is_told_of_a_turn(client: Client, vendors: Vendors, spoken: list[bytes]) -> None:
    await client.connect(speech_model="universal-streaming-english")
    await client.send(spoken)
    await client.sdk.disconnect(terminate=True)
    assert [type(one).__name__ for one in client.told[:2]] == ["BeginEvent", "SpeechStartedEvent"]
    assert client.of("Termination")[0].audio_duration_seconds == 4
    *partial, end = client.of("Turn")
    assert len(partial) >= 3
    assert not any(turn.end_of_turn for turn in partial)
    assert (end.end_of_turn, end.transcript, end.turn_is_formatted) == (True, WORDS, False)
    assert end.end_of_turn_confidence > partial[0].end_of_turn_confidence
    assert end.words[0].start == pytest.approx(1000, abs=40)
    assert end.words[-1].end == pytest.approx(3000, abs=40)
    assert vendors.assemblyai.authorizations == ["key"]


async def test_a_turn_is_forced_to_end_and_the_next_has_the_rest(client: Client, spoken: list[bytes]) -> None:
    await client.connect()
    await client.send(spoken[:100])
    await client.sdk.force_endpoint()
    await client.sdk.force_endpoint()
    await client.send(spoken[100:])
    await client.sdk.disconnect(terminate=True)
    ends = [turn for turn in client.of("Turn") if turn.end_of_turn]
    assert [turn.turn_order for turn in ends] == [0, 1]
    assert " ".join(turn.transcript for turn in ends) == WORDS
    assert ends[0].end_of_turn_confidence < 0.4 < ends[1].end_of_turn_confidence


async def test_a_turn_may_come_formatted_and_its_silences_be_changed(client: Client, spoken: list[bytes]) -> None:
    from assemblyai.streaming.v3 import StreamingSessionParameters

    await client.connect(format_turns=True)
    await client.sdk.set_params(StreamingSessionParameters(min_turn_silence=2000, max_turn_silence=2000))
    await client.send(spoken)
    await client.sdk.keep_alive()
    await client.sdk.disconnect(terminate=True)
    plain, formatted = [turn for turn in client.of("Turn") if turn.end_of_turn]
    assert (plain.transcript, plain.turn_is_formatted) == (WORDS, False)
    assert (formatted.transcript, formatted.turn_is_formatted) == ("I would like a boiler service.", True)


@pytest.mark.parametrize(("each", "code"), [(2, 3007), (51, 3007)])
async def test_messages_too_short_or_too_long_end_the_stream(
    client: Client, spoken: list[bytes], until: Any, each: int, code: int
) -> None:
    await client.connect()
    await client.send(spoken[:51], each)
    await until(lambda: any(getattr(one, "code", None) == code for one in client.told))


async def test_a_key_may_be_refused(client: Client, vendors: Vendors) -> None:
    vendors.assemblyai.faults.always = Fault("refuse")
    await client.connect()
    assert [one.code for one in client.told] == [401]
