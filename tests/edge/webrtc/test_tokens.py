from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.errors import Refused
from edge.webrtc.tokens import LIFETIME, CallTokens, secret_in


def test_a_token_names_its_call_until_it_expires() -> None:
    now = [1000.0]
    tokens = CallTokens(b"secret", lambda: now[0])
    token = tokens.issue("web_1")
    assert tokens.call_of(token) == "web_1"
    assert tokens.call_of(tokens.issue()).startswith("web_")
    now[0] += LIFETIME + 1
    with pytest.raises(Refused, match="expired"):
        tokens.call_of(token)


def test_another_secret_is_not_ours() -> None:
    with pytest.raises(Refused, match="not one of ours"):
        CallTokens(b"one").call_of(CallTokens(b"other").issue())


@given(st.text(max_size=400))
def test_whatever_is_not_signed_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        CallTokens(b"secret").call_of(text)


@given(st.integers(0, 60), st.characters(codec="ascii"))
def test_a_changed_letter_breaks_it(at: int, letter: str) -> None:
    token = CallTokens(b"secret", lambda: 0.0).issue("web_1")
    changed = token[:at] + letter + token[at + 1 :]
    if changed != token and at < len(token) - 1:
        with pytest.raises(Refused):
            CallTokens(b"secret", lambda: 0.0).call_of(changed)


def test_those_who_share_a_folder_share_the_secret(tmp_path: Path) -> None:
    first = secret_in(tmp_path / "edge")
    assert first == secret_in(tmp_path / "edge")
    assert len(first) >= 32
    assert (tmp_path / "edge" / "call.secret").stat().st_mode & 0o077 == 0
    assert [file.name for file in (tmp_path / "edge").iterdir()] == ["call.secret"]
