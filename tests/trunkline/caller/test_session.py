"""Addresses as people type them; the socket itself is tested by whole calls in test_call.py."""

import asyncio
from typing import Any

import aiohttp
import pytest

from trunkline.caller.errors import CallerError
from trunkline.caller.session import Session, address


@pytest.mark.parametrize(
    ("to", "wanted"),
    [
        ("ws://127.0.0.1:8080/twilio", "ws://127.0.0.1:8080/twilio"),
        ("wss://edge.example/twilio", "wss://edge.example/twilio"),
        ("http://127.0.0.1:8080", "ws://127.0.0.1:8080/twilio"),
        ("https://edge.example/", "wss://edge.example/twilio"),
        ("127.0.0.1:8080", "ws://127.0.0.1:8080/twilio"),
        (" localhost:1/x/y ", "ws://localhost:1/x/y"),
        ("[::1]:8080", "ws://[::1]:8080/twilio"),
        ("me:secret@edge.example", "ws://me:secret@edge.example/twilio"),
    ],
)
def test_an_address_is_completed(to: str, wanted: str) -> None:
    assert address(to) == wanted


@pytest.mark.parametrize("to", ["", "ftp://host/", "ws://", "http:///twilio", "http://127.0.0.1:abc/", "a:1:2"])
def test_what_is_no_address_gets_a_sentence(to: str) -> None:
    with pytest.raises(CallerError, match="no address") as caught:
        address(to)
    assert caught.value.code == "bad_address"


class Closing:
    """aiohttp's websocket in the moment in which the other end closes it: it takes no more, and its close is yet to be
    read."""

    def __init__(self, code: int) -> None:
        self.close_code = code
        self._refused = asyncio.Event()

    async def send_str(self, text: str) -> None:
        self._refused.set()
        raise aiohttp.ClientConnectionResetError("Cannot write to closing transport")

    async def receive(self) -> aiohttp.WSMessage:
        await self._refused.wait()
        await asyncio.sleep(0.01)
        return aiohttp.WSMessage(aiohttp.WSMsgType.CLOSE, self.close_code, "")


@pytest.mark.parametrize(("code", "reason"), [(1000, "agent_hung_up"), (1013, "refused"), (1006, "transport_lost")])
async def test_an_edge_that_closes_while_it_is_written_to_is_heard_out(code: int, reason: str) -> None:
    socket: Any = Closing(code)
    session = Session(socket, lambda: ["sound"], lambda message: [], lambda note: None)
    assert (await session.run(lambda: None)).reason == reason
