"""Twilio Media Streams as a carrier, and as somebody who means no good, would speak it. Slow: in real time."""

import asyncio
import json
import socket
from typing import Any

import aiohttp
import numpy as np
import pytest
import structlog

from edge.core.audio import Pcm
from edge.core.conversation import AgentSaid, Done, TextDelta
from schemas.base import new_id
from schemas.events import decode
from schemas.subjects import call_subject, parse
from workers.adapters.nats import subscribed

START = {
    "event": "start",
    "streamSid": "MZ1",
    "start": {"callSid": "CA1", "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1}},
}


async def said(edge: Any, text: str) -> Pcm:
    """This text in the built-in voice, with silence around it."""
    pieces = [piece.pcm async for piece in edge.node.services.voice.speak(text)]
    quiet = np.zeros(2400, np.int16)
    return np.concatenate([quiet, *pieces, quiet])


async def close_of(ws: aiohttp.ClientWebSocketResponse) -> tuple[int | None, str]:
    """How the edge closed this websocket."""
    async with asyncio.timeout(60):
        while True:
            message = await ws.receive()
            if message.type is aiohttp.WSMsgType.CLOSE:
                return message.data, str(message.extra)
            if message.type in (aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR):
                return ws.close_code, ""


async def test_a_turn_is_heard_answered_and_told_on_nats(edge: Any, line_to: Any, nats_client: Any, until: Any) -> None:
    events: list[Any] = []

    async def take(msg: Any) -> None:
        event = decode(parse(msg.subject)[2], msg.data)
        if event not in events:  # It comes again where its acknowledgement was late.
            events.append(event)

    await nats_client.subscribe(call_subject("local", "turn1", ">"), cb=take)
    await subscribed(nats_client)
    async with line_to(edge, "turn1", customParameters={"from": "+15550100"}) as line:
        await line.silence(1.5)
        await line.speak(await said(edge, "I would like to book a boiler service."))
        await line.silence(3.5)
        greeting_and_reply = line.media
    await until(lambda: any(event.kind == "call_ended" for event in events))
    kinds = [event.kind for event in events]
    assert kinds[0] == "call_started"
    assert events[0].caller == "+15550100"
    turn = next(event for event in events if event.kind == "turn_committed")
    assert "boiler" in turn.text.lower()
    heard = [event for event in events if event.kind == "reply_heard"]
    assert [event.cause for event in heard] == ["greeting", "turn"]
    assert heard[0].proof == "mark"
    assert "boiler" in heard[1].text.lower()
    started = next(event for event in events if event.kind == "reply_started" and event.turn == 1)
    assert started.latency.voice_to_voice > 0
    assert greeting_and_reply > 50
    assert events[-1].kind == "call_ended"
    assert events[-1].reason == "caller_hung_up"


async def test_barge_in_cuts_history_to_what_was_heard(edge: Any, line_to: Any) -> None:
    text = "We offer boiler service, drain cleaning, electrical checks, tap repair, and many other kinds of visits too."
    edge.mind.answer = lambda _: [TextDelta(text), Done()]
    async with line_to(edge, "barge1") as line:
        await line.silence(1.5)
        await line.speak(await said(edge, "What do you offer?"))
        await line.silence(1.5)
        await line.speak(await said(edge, "No, wait, stop. I want a tap repair."))
        await line.silence(1.0)
        second = edge.mind.asked[-1]
    replies = [entry for entry in second.entries if isinstance(entry, AgentSaid) and entry.cause == "turn"]
    assert replies[0].interrupted
    assert text.startswith(replies[0].text)
    assert 0 < len(replies[0].text) < len(text) - 20


async def test_keys_are_a_turn(edge: Any, line_to: Any, until: Any) -> None:
    async with line_to(edge, "keys1") as line:
        await line.silence(1.0)
        for digit in "42#":
            await line.send("dtmf", dtmf={"digit": digit})
        await line.silence(0.5)
        await until(lambda: edge.mind.asked)
    assert edge.mind.asked[-1].entries[-1].text == "42"


@pytest.mark.parametrize(
    ("frames", "why"),
    [
        (["not json at all"] * 60, "broke the protocol"),
        ([json.dumps({"event": "start"})], "streamSid"),
        ([json.dumps({**START, "start": {"callSid": "C", "mediaFormat": {"encoding": "opus"}}})], "audio/x-mulaw"),
        ([json.dumps({**START, "start": {**START["start"], "callSid": "a.b > *"}})], "call's id"),  # type: ignore[dict-item]
        ([json.dumps({**START, "start": {**START["start"], "callSid": "abc\n"}})], "call's id"),  # type: ignore[dict-item]
        ([json.dumps({**START, "streamSid": "M" * 1000})], "streamSid"),
    ],
)
async def test_a_peer_that_breaks_the_rules_is_told_and_shown_the_door(edge: Any, frames: list[str], why: str) -> None:
    async with aiohttp.ClientSession() as session, session.ws_connect(f"{edge.url}/twilio") as ws:
        for frame in frames:
            await ws.send_str(frame)
        code, message = await close_of(ws)
    assert code in (1003, 1008)
    assert why in message
    assert not edge.node.calls


async def test_an_oversized_message_ends_only_its_own_call(edge: Any, line_to: Any, until: Any) -> None:
    async with line_to(edge, "bystander") as line:
        async with aiohttp.ClientSession() as session, session.ws_connect(f"{edge.url}/twilio") as ws:
            await ws.send_str("x" * 100_000)
            code, _ = await close_of(ws)
        assert code == 1009
        await until(lambda: line.media > 0)
        assert "bystander" in edge.node.calls


async def test_bad_media_is_counted_and_skipped(edge: Any, line_to: Any, until: Any) -> None:
    async with line_to(edge, "bad1") as line:
        await until(lambda: "bad1" in edge.node.calls)
        for payload in ("!!!", "", "A" * 20_000):
            await line.send("media", media={"payload": payload})
        await line.send("media")
        await line.send("dtmf", dtmf={"digit": "X"})
        await line.send("surprise")
        await line.silence(0.2)
        await until(lambda: edge.counted("protocol_errors_total", reason="unknown_event") >= 3)
        assert edge.counted("protocol_errors_total", reason="bad_payload") == 1
        assert edge.counted("protocol_errors_total", reason="bad_payload_size") == 2
        assert "bad1" in edge.node.calls


async def test_two_calls_with_one_id_and_a_full_node_are_refused(edge: Any, line_to: Any, until: Any) -> None:
    async with line_to(edge, "same"), line_to(edge, "other"), line_to(edge, "third"):
        await until(lambda: len(edge.node.calls) == 3)
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            async with line_to(edge, "fourth"):
                pass
        assert refused.value.status == 503
        assert edge.counted("calls_refused_total", reason="full") == 1
        assert set(edge.node.calls) == {"same", "other", "third"}
    await until(lambda: not edge.node.calls)
    async with line_to(edge, "same"), line_to(edge, "same") as twin:
        await until(lambda: twin.ws.closed)
        assert edge.counted("calls_refused_total", reason="call_exists") == 1
    await until(lambda: not edge.node.calls)


async def test_hanging_up_in_mid_sentence_leaves_nothing_behind(edge: Any, line_to: Any, until: Any) -> None:
    async with line_to(edge, "gone") as line:
        await line.silence(1.0)
        speech = await said(edge, "I would like to book a boiler service on Tuesday at ten.")
        await line.speak(speech[: len(speech) // 2])
        await line.ws.close()
    await until(lambda: not edge.node.calls)
    # The place of a call is free before its last task is done.
    await until(lambda: not [one for one in asyncio.all_tasks() if one.get_name().startswith(("r1", "send gone"))])


async def test_the_voice_webhook_answers_with_twiml(edge: Any) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{edge.url}/twilio/voice", data={"From": '+1"<555', "To": "+1556"}) as response,
    ):
        twiml = await response.text()
    assert response.status == 200
    assert f'<Stream url="{edge.url.replace("http", "ws")}/twilio">' in twiml
    assert "&lt;555" in twiml


async def test_a_peer_that_does_not_read_loses_its_place(edge: Any, until: Any) -> None:
    reader, writer = await asyncio.open_connection(*edge.url.removeprefix("http://").split(":"), limit=2**10)
    raw = writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
    writer.write(
        b"GET /twilio HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    )
    await reader.readuntil(b"\r\n\r\n")
    writer.write(frame_of(json.dumps({**START, "streamSid": "M" * 96})))
    await until(lambda: edge.node.calls)
    call = next(iter(edge.node.calls.values()))
    for _ in range(60_000):
        call._leg.mark("x" * 200)
    await until(lambda: not edge.node.calls)
    writer.close()


def frame_of(text: str) -> bytes:
    """A masked websocket text frame, with a mask of zeroes."""
    body = text.encode()
    assert 125 < len(body) < 65536
    return bytes([0x81, 0x80 | 126]) + len(body).to_bytes(2, "big") + bytes(4) + body


async def test_noise_is_no_turn_and_the_call_goes_on(edge: Any, line_to: Any, until: Any) -> None:
    random = np.random.default_rng(7)
    hiss = (random.standard_normal(16_000) * 1500).astype(np.int16)
    clicks = np.zeros(8000, np.int16)
    clicks[::1600] = 20_000
    async with line_to(edge, "noise1") as line:
        await line.silence(1.2)
        await line.speak(np.concatenate([hiss, clicks]))
        await line.silence(1.0)
        assert not edge.mind.asked
        await line.speak(await said(edge, "I would like a tap repair."))
        await line.silence(1.0)
        await until(lambda: edge.mind.asked)
    assert "tap" in edge.mind.asked[-1].entries[-1].text.lower()


async def test_a_stream_that_breaks_is_taken_up_by_the_next(edge: Any, line_to: Any, until: Any) -> None:
    """As Twilio does behind ``<Connect>``: the same call comes again, and goes on."""
    returns = {"customParameters": {"again": "1"}}
    async with line_to(edge, "resumed1", **returns) as line:
        await line.silence(0.5)
        async with asyncio.timeout(60):
            # Of what is not stored, nothing can be taken up.
            while not await edge.node.services.bus.recall("resumed1"):
                await line.silence(0.1)  # A line without audio is taken for lost.
        await line.ws.close()
    await until(lambda: not edge.node.calls)
    assert not await edge.node.is_over("resumed1")
    async with line_to(edge, "resumed1", **returns) as line:
        await until(lambda: [call.id for call in edge.node.calls.values()] == ["resumed1"])
        await line.silence(0.5)
    await until(lambda: not edge.node.calls)
    async with asyncio.timeout(60):
        while not await edge.node.is_over("resumed1"):  # noqa: ASYNC110  It is NATS's doing.
            await asyncio.sleep(0.05)
    kinds = [event.kind for event in await edge.node.services.bus.recall("resumed1")]
    assert kinds.count("call_started") == kinds.count("call_resumed") == kinds.count("call_ended") == 1


async def test_a_line_that_brings_nothing_any_more_is_let_go_of_and_taken_up_where_it_comes_back(
    edge: Any, line_to: Any, until: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("edge.call.LOST", 0.8)
    returns = {"customParameters": {"again": "1"}}
    async with line_to(edge, "stalled1", **returns) as line:
        async with asyncio.timeout(60):
            while not await edge.node.services.bus.recall("stalled1"):
                await line.silence(0.1)
        await until(lambda: not edge.node.calls)
    assert not await edge.node.is_over("stalled1"), "The carrier may send the caller back."
    async with line_to(edge, "stalled1", **returns):
        async with asyncio.timeout(60):
            while not await edge.node.is_over("stalled1"):  # noqa: ASYNC110  It is NATS's doing.
                await asyncio.sleep(0.05)
    (*_, ended) = await edge.node.services.bus.recall("stalled1")
    assert ended.reason == "transport_lost", "It came back and brought nothing: nobody is there."


async def test_a_defect_that_a_key_runs_into_ends_the_call_as_failed_and_is_logged(
    edge: Any, line_to: Any, until: Any
) -> None:
    call_id = new_id("call")
    with structlog.testing.capture_logs() as logs:
        async with line_to(edge, call_id, customParameters={"again": "1"}) as line:
            await until(lambda: call_id in edge.node.calls)
            edge.node.calls[call_id]._capture.key = None
            await line.send("dtmf", dtmf={"digit": "5"})
            await until(lambda: not edge.node.calls)
    (failed,) = [log for log in logs if log["event"] == "A call failed and is ended."]
    assert isinstance(failed["exc_info"], TypeError)
    async with asyncio.timeout(60):
        while not await edge.node.is_over(call_id):  # noqa: ASYNC110  It is NATS's doing.
            await asyncio.sleep(0.05)
    (*_, ended) = await edge.node.services.bus.recall(call_id)
    assert ended.reason == "failed"
