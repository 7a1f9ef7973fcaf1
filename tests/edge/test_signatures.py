"""Twilio's signature, made with Twilio's own library, is checked on the URL that Twilio called."""

from pydantic import SecretStr
from twilio.request_validator import RequestValidator

from edge.signatures import Signatures

TOKEN = "0123456789abcdef"


def test_without_a_token_everything_passes() -> None:
    assert Signatures(None, None).valid("ws://x/twilio", {}, "")


def test_a_signed_handshake_passes_and_others_do_not() -> None:
    signature = RequestValidator(TOKEN).compute_signature("wss://phone.example.com/twilio", {})
    signatures = Signatures(SecretStr(TOKEN), "https://phone.example.com")
    assert signatures.valid("ws://10.0.0.7:8080/twilio", {}, signature)
    assert not signatures.valid("ws://10.0.0.7:8080/other", {}, signature)
    assert not signatures.valid("ws://10.0.0.7:8080/twilio", {}, "")


def test_a_webhooks_form_is_part_of_what_is_signed() -> None:
    form = {"From": "+15550100"}
    signature = RequestValidator(TOKEN).compute_signature("https://phone.example.com/twilio/voice", form)
    signatures = Signatures(SecretStr(TOKEN), "https://phone.example.com/")
    assert signatures.valid("http://localhost/twilio/voice", form, signature)
    assert not signatures.valid("http://localhost/twilio/voice", {"From": "+15550199"}, signature)
