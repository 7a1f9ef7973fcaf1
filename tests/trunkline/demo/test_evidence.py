"""What a call left behind, looked for in real engines."""

from datetime import date, time
from typing import Any

import numpy as np
import pytest
from nats.aio.client import Client

from schemas.calls import CallEnded, CallStarted
from schemas.events import encode
from schemas.subjects import calls_stream, subject
from trunkline.caller.recogniser import Recogniser
from trunkline.caller.voice import synthesise
from trunkline.demo.evidence import Booking, confirms, right_channel, stored_events, transcribe
from trunkline.stack.stack import Engines

BOOKING = Booking("b1", "boiler service", "Alex", date(2026, 11, 24), time(10, 0), "John Miller", "confirmed")


@pytest.mark.parametrize(
    ("words", "heard"),
    [
        ("Your boiler service is booked for Tuesday, the twenty fourth of November at ten in the morning.", True),
        ("your spoiler service is book for Tuesday at 10 in the morning", True),
        ("Your boiler service is booked.", False),
        ("So that is a boiler service on Tuesday at ten. Is that right?", False),
        ("I'm sorry, it could not be booked.", False),
        ("", False),
    ],
)
def test_a_confirmation_is_known_by_its_words(words: str, heard: bool) -> None:
    assert confirms(words, BOOKING) is heard


async def test_a_channel_is_transcribed_back() -> None:
    recogniser = await Recogniser.start()
    spoken = synthesise("Your boiler service is booked for Tuesday at ten in the morning.")
    pause = np.zeros(6000, np.int16)
    agent = np.concatenate([pause, spoken, pause, synthesise("Is there anything else?")])
    both = np.stack([np.zeros_like(agent), agent], axis=1).reshape(-1)
    words = await transcribe(right_channel(both), recogniser)
    await recogniser.close()
    assert confirms(words, BOOKING)
    assert "anything else" in words


async def test_events_are_counted_by_kind(engines: Engines, nats_client: Client) -> None:
    of: dict[str, Any] = {"call_id": "CA-count", "region": "evidence"}
    await nats_client.jetstream().add_stream(name=calls_stream("evidence"), subjects=["trunkline.v1.evidence.calls.>"])
    started = CallStarted(**of, agent="Robin", transport="twilio", node="n1")
    for event in (started, CallEnded(**of, reason="silence", seconds=1, turns=0)):
        await nats_client.jetstream().publish(subject(event), encode(event))
    found = await stored_events(engines.nats_url, "evidence", "CA-count")
    assert found == {"call_started": 1, "call_ended": 1}
    assert await stored_events(engines.nats_url, "evidence", "CA-none") == {}
