"""Addresses as people type them; the socket itself is tested by whole calls in test_call.py."""

import pytest

from trunkline.caller.errors import CallerError
from trunkline.caller.session import address


@pytest.mark.parametrize(
    ("to", "wanted"),
    [
        ("ws://127.0.0.1:8080/twilio", "ws://127.0.0.1:8080/twilio"),
        ("wss://edge.example/twilio", "wss://edge.example/twilio"),
        ("http://127.0.0.1:8080", "ws://127.0.0.1:8080/twilio"),
        ("https://edge.example/", "wss://edge.example/twilio"),
        ("127.0.0.1:8080", "ws://127.0.0.1:8080/twilio"),
        (" localhost:1/x/y ", "ws://localhost:1/x/y"),
    ],
)
def test_an_address_is_completed(to: str, wanted: str) -> None:
    assert address(to) == wanted


@pytest.mark.parametrize("to", ["", "ftp://host/", "ws://", "http:///twilio"])
def test_what_is_no_address_gets_a_sentence(to: str) -> None:
    with pytest.raises(CallerError, match="no address") as caught:
        address(to)
    assert caught.value.code == "bad_address"
