"""The carrier's messages, field for field."""

import base64
import json

import pytest
from twilio.request_validator import RequestValidator

from trunkline.caller.errors import CallerError
from trunkline.caller.wire import Clear, Mark, Media, Stream, new_call_id, parse, signature


def test_a_stream_says_what_the_carrier_says() -> None:
    stream = Stream("CA1")
    assert json.loads(stream.connected()) == {"event": "connected", "protocol": "Call", "version": "1.0.0"}
    start = json.loads(stream.start({"from": "+1", "to": "+2"}))
    assert start["sequenceNumber"] == "1"
    assert start["streamSid"] == start["start"]["streamSid"] == stream.stream_sid
    assert start["start"]["callSid"] == "CA1"
    assert start["start"]["mediaFormat"] == {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1}
    assert start["start"]["customParameters"] == {"from": "+1", "to": "+2"}
    media = json.loads(stream.media(b"\xff" * 160, 40))
    assert (media["sequenceNumber"], media["media"]["chunk"], media["media"]["timestamp"]) == ("2", "1", "40")
    assert base64.b64decode(media["media"]["payload"]) == b"\xff" * 160
    assert json.loads(stream.mark("m"))["mark"] == {"name": "m"}
    assert json.loads(stream.dtmf("5"))["dtmf"]["digit"] == "5"
    assert json.loads(stream.stop())["stop"]["callSid"] == "CA1"


def test_the_edges_messages_are_understood() -> None:
    payload = base64.b64encode(b"abc").decode()
    assert parse(json.dumps({"event": "media", "streamSid": "MZ", "media": {"payload": payload}})) == Media(b"abc")
    assert parse(json.dumps({"event": "mark", "mark": {"name": "r1"}})) == Mark("r1")
    assert parse(json.dumps({"event": "clear", "streamSid": "MZ"})) == Clear()


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", "null", '{"event":"start"}', '{"event":"media"}', '{"event":"media","media":{"payload":"%%%"}}'],
)
def test_what_breaks_the_protocol_is_named(text: str) -> None:
    with pytest.raises(CallerError) as caught:
        parse(text)
    assert caught.value.code == "bad_message"


def test_the_handshake_is_signed_as_the_carrier_signs_it() -> None:
    signed = signature("wss://edge.example/twilio", "secret")
    assert RequestValidator("secret").validate("wss://edge.example/twilio", {}, signed)


def test_call_ids_are_the_carriers_and_never_the_same() -> None:
    first, second = new_call_id(), new_call_id()
    assert first != second
    assert first.startswith("CA")
    assert len(first) == 34
