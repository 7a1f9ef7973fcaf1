"""Signatures of what is sent to web services."""

from hypothesis import given
from hypothesis import strategies as st

from schemas.signing import TOLERANCE, sign, verify

NOW = 1_764_052_800.0


@given(st.text(min_size=1, max_size=40), st.binary(max_size=200), st.binary(max_size=200))
def test_a_signature_is_good_for_its_body_and_secret_alone(secret: str, body: bytes, other: bytes) -> None:
    header = sign(secret, body, NOW)
    assert verify(secret, body, header, NOW)
    assert not verify(secret + "x", body, header, NOW)
    assert verify(secret, other, header, NOW) == (other == body)


def test_a_signature_grows_old_and_its_time_cannot_be_changed() -> None:
    header = sign("s", b"{}", NOW)
    assert verify("s", b"{}", header, NOW + TOLERANCE)
    assert not verify("s", b"{}", header, NOW + TOLERANCE + 2)
    later = header.replace(str(int(NOW)), str(int(NOW) + 1000))
    assert not verify("s", b"{}", later, NOW + 1000)


@given(st.text(max_size=100))
def test_any_other_header_is_refused(header: str) -> None:
    assert not verify("s", b"{}", header, NOW)
