"""Twilio Media Streams as the carrier speaks it: what it sends to the edge, and what the edge sends back."""

import base64
import binascii
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from trunkline.caller.errors import CallerError

LONGEST_MESSAGE = 1 << 20
"""Bytes of one message that the carrier takes from the edge."""


@dataclass(frozen=True, slots=True)
class Media:
    """µ-law bytes to append to the playback buffer."""

    payload: bytes


@dataclass(frozen=True, slots=True)
class Mark:
    """To be echoed when all audio before it was played."""

    name: str


@dataclass(frozen=True, slots=True)
class Clear:
    """Empty the playback buffer."""


FromEdge = Media | Mark | Clear


def new_call_id() -> str:
    """A call sid in the carrier's form."""
    return f"CA{secrets.token_hex(16)}"


def signature(url: str, token: str) -> str:
    """The carrier's signature of a websocket handshake: of the URL as it is dialled, there are no parameters."""
    return base64.b64encode(hmac.new(token.encode(), url.encode(), hashlib.sha1).digest()).decode()


def parse(text: str) -> FromEdge:
    """One message of the edge.

    Raises:
        CallerError: ``bad_message``; the edge broke the protocol.
    """
    try:
        message = json.loads(text)
        match message["event"]:
            case "media":
                return Media(base64.b64decode(message["media"]["payload"], validate=True))
            case "mark":
                return Mark(str(message["mark"]["name"]))
            case "clear":
                return Clear()
            case other:
                raise CallerError("bad_message", f"The edge sent the event {str(other)[:40]!r}, which is not known.")
    except (ValueError, KeyError, TypeError, binascii.Error) as error:
        raise CallerError("bad_message", f"The edge sent a message that cannot be read: {text[:120]!r}.") from error


class Stream:
    """Writes the carrier's messages of one call, in order: each has the next sequence number."""

    def __init__(self, call_id: str) -> None:
        self.call_id = call_id
        self.stream_sid = f"MZ{secrets.token_hex(16)}"
        self.account_sid = f"AC{secrets.token_hex(16)}"
        self._sequence = 0
        self._chunk = 0

    def connected(self) -> str:
        return json.dumps({"event": "connected", "protocol": "Call", "version": "1.0.0"})

    def start(self, parameters: Mapping[str, str]) -> str:
        body = {
            "accountSid": self.account_sid,
            "streamSid": self.stream_sid,
            "callSid": self.call_id,
            "tracks": ["inbound"],
            "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
            "customParameters": dict(parameters),
        }
        return self._message("start", body)

    def media(self, payload: bytes, milliseconds: int) -> str:
        """One frame; ``milliseconds`` since the stream began."""
        self._chunk += 1
        encoded = base64.b64encode(payload).decode()
        body = {"track": "inbound", "chunk": str(self._chunk), "timestamp": str(milliseconds), "payload": encoded}
        return self._message("media", body)

    def mark(self, name: str) -> str:
        return self._message("mark", {"name": name})

    def dtmf(self, digit: str) -> str:
        return self._message("dtmf", {"track": "inbound_track", "digit": digit})

    def stop(self) -> str:
        return self._message("stop", {"accountSid": self.account_sid, "callSid": self.call_id})

    def _message(self, event: str, body: dict[str, Any]) -> str:
        self._sequence += 1
        return json.dumps(
            {"event": event, "sequenceNumber": str(self._sequence), event: body, "streamSid": self.stream_sid},
            separators=(",", ":"),
        )
