"""Calls over a real websocket to a small peer, in real time; each takes a few seconds for that."""

import asyncio
import wave
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from trunkline.caller.call import CallPlan, place_call
from trunkline.caller.director import Manners
from trunkline.caller.ear import voiced_span
from trunkline.caller.errors import CallerError
from trunkline.caller.recogniser import Recogniser
from trunkline.caller.report import CallEvent
from trunkline.caller.script import parse

Peer = Any
"""The one of conftest.py."""

BRISK = Manners(settle_blind=1.0, patience=2.0)


async def test_a_conversation(peer: Peer, recogniser: Recogniser, tmp_path: Path) -> None:
    peer.says = ["Hello, how can I help you?", "Which day would suit you?", "The plumber will come on Tuesday."]
    record = tmp_path / "call.wav"
    script = parse("answers: [{when: help, say: I want a plumber.}, {when: which day, say: Next Tuesday., keys: '1#'}]")
    events: list[CallEvent] = []
    plan = CallPlan(to=peer.to, script=script, manners=BRISK, record=record, call_id="CA7", caller="+1555")
    report = await place_call(plan, events.append, recogniser=recogniser)

    assert report.call_id == "CA7"
    assert [turn.said for turn in report.turns] == ["I want a plumber.", "Next Tuesday.", ""]
    assert "help" in report.turns[0].heard
    assert "day" in report.turns[1].heard
    assert "plumber will come" in report.turns[2].heard
    assert (report.ended.by, report.ended.reason) == ("caller", "finished")
    assert report.ok
    assert report.tools is None
    waits = [turn.voice_to_voice_ms for turn in report.turns[:2]]
    assert all(wait is not None and 300 < wait < 3000 for wait in waits)
    assert [event.kind for event in events if event.kind in ("agent", "caller")] == ["agent", "caller"] * 2 + ["agent"]

    start = peer.events("start")[0]["start"]
    assert start["callSid"] == "CA7"
    assert start["customParameters"]["from"] == "+1555"
    assert [message["dtmf"]["digit"] for message in peer.events("dtmf")] == ["1", "#"]
    assert [message["mark"]["name"] for message in peer.events("mark")] == ["left 2", "left 1", "left 0"]
    assert len(peer.events("stop")) == 1
    assert [int(m["sequenceNumber"]) for m in peer.received[1:]] == list(range(1, len(peer.received)))

    with wave.open(str(record), "rb") as file:
        both = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2)
    assert len(both) == round(report.seconds * 8000)
    said_from = report.turns[0].said_from
    assert said_from is not None
    span = voiced_span(both[: int(said_from * 8000) + 4000, 0])
    assert span is not None
    assert span[0] / 8000 == pytest.approx(said_from, abs=0.02)
    assert np.abs(both[:, 1]).max() > 4000


async def test_an_agent_who_hangs_up(peer: Peer, recogniser: Recogniser) -> None:
    peer.says, peer.close_code = ["Goodbye."], 1000
    report = await place_call(CallPlan(to=peer.to), recogniser=recogniser)
    assert (report.ended.by, report.ended.reason) == ("agent", "agent_hung_up")
    assert "bye" in report.heard().lower()


async def test_a_line_that_breaks(peer: Peer) -> None:
    peer.says, peer.close_code = ["Hello."], 1011
    report = await place_call(CallPlan(to=peer.to, hears=False))
    assert (report.ended.by, report.ended.reason) == ("line", "transport_lost")
    assert "1011" in report.ended.detail
    assert not report.ok


async def test_a_call_that_is_not_taken(peer: Peer) -> None:
    peer.says, peer.close_code = ["Hello."], 1008
    report = await place_call(CallPlan(to=peer.to, hears=False))
    assert (report.ended.by, report.ended.reason) == ("line", "refused")


async def test_an_edge_that_breaks_the_protocol_is_noted_and_survived(peer: Peer) -> None:
    peer.first = ["{", '{"event":"hello"}']
    peer.says, peer.close_code = ["Hello."], 1000
    report = await place_call(CallPlan(to=peer.to, hears=False))
    assert len(report.notes) == 2
    assert report.ended.by == "agent"


async def test_a_call_that_goes_on_too_long_is_ended(peer: Peer) -> None:
    report = await place_call(CallPlan(to=peer.to, hears=False, timeout=1.0))
    assert (report.ended.by, report.ended.reason) == ("caller", "timeout")
    assert not report.ok


async def test_it_hangs_up_when_asked_to(peer: Peer, until: Callable[..., Awaitable[Any]]) -> None:
    hang_up = asyncio.Event()
    placed = asyncio.create_task(place_call(CallPlan(to=peer.to, hears=False), hang_up=hang_up))
    await until(lambda: len(peer.events("media")) >= 10)
    hang_up.set()
    report = await placed
    assert report.ended.reason == "hung_up"
    assert peer.events("stop")


async def test_nats_that_is_not_there_is_noted(peer: Peer) -> None:
    plan = CallPlan(to=peer.to, hears=False, timeout=0.5, nats="nats://127.0.0.1:1")
    report = await place_call(plan)
    assert report.tools is None
    assert "NATS" in report.notes[0]


@pytest.mark.parametrize(("status", "says"), [(403, "signature"), (404, "path"), (503, "no calls")])
async def test_a_refusal_gets_a_sentence(peer: Peer, status: int, says: str) -> None:
    peer.refuse = status
    with pytest.raises(CallerError, match=says) as caught:
        await place_call(CallPlan(to=peer.to, hears=False, auth_token="secret"))
    assert caught.value.code == "refused"
    assert peer.headers["X-Twilio-Signature"]


async def test_an_edge_that_is_not_there_gets_a_sentence() -> None:
    with pytest.raises(CallerError, match="trunkline up") as caught:
        await place_call(CallPlan(to="127.0.0.1:1", hears=False))
    assert caught.value.code == "edge_unreachable"


async def test_a_recording_that_cannot_be_written_is_said_before_the_call(tmp_path: Path) -> None:
    with pytest.raises(CallerError, match="another path"):
        await place_call(CallPlan(to="127.0.0.1:1", hears=False, record=tmp_path))
