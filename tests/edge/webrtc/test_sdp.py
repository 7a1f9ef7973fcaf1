"""What peers offer: taken where it can be used, and refused with a sentence where it cannot."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.errors import TransportError
from edge.webrtc.sdp import MOST_CANDIDATES, as_speech, candidates, checked

HEAD = ["v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "t=0 0"]
AUDIO = ["m=audio 9 UDP/TLS/RTP/SAVPF 111", "c=IN IP4 0.0.0.0", "a=mid:0", "a=rtpmap:111 opus/48000/2"]
VIDEO = ["m=video 9 UDP/TLS/RTP/SAVPF 96", "c=IN IP4 0.0.0.0", "a=mid:1", "a=rtpmap:96 VP8/90000"]
PCMU = ["m=audio 9 UDP/TLS/RTP/SAVPF 0", "c=IN IP4 0.0.0.0", "a=mid:0", "a=rtpmap:0 PCMU/8000"]


def candidate(number: int, address: str = "127.0.0.1", protocol: str = "udp") -> str:
    return f"a=candidate:{number} 1 {protocol} 2122260223 {address} {1000 + number} typ host"


def sdp(*lines: str) -> str:
    return "\r\n".join([*HEAD, *lines]) + "\r\n"


def test_an_offer_of_one_sound_is_taken_without_what_nobody_can_reach() -> None:
    offered = checked(
        sdp(*AUDIO, candidate(1), candidate(2, "abc.local"), candidate(3, protocol="tcp"), "a=end-of-candidates")
    )
    assert offered == sdp(*AUDIO, candidate(1))


@pytest.mark.parametrize(
    ("lines", "code"),
    [(VIDEO, "wrong_media"), ([*AUDIO, *VIDEO], "wrong_media"), (PCMU, "wrong_codec"), ([], "wrong_media")],
)
def test_what_is_no_call_is_refused(lines: list[str], code: str) -> None:
    with pytest.raises(TransportError) as refused:
        checked(sdp(*lines))
    assert refused.value.code == code


@given(st.text() | st.lists(st.sampled_from([*HEAD, *AUDIO, *VIDEO, "a=candidate:x", "m=audio"])).map("\n".join))
def test_any_text_is_taken_or_refused(text: str) -> None:
    with contextlib.suppress(TransportError):
        assert "opus" in checked(text)


def test_only_so_many_candidates_are_taken() -> None:
    found = candidates("\r\n".join([*AUDIO, *(candidate(number) for number in range(2 * MOST_CANDIDATES))]))
    assert [one.port for one in found] == [1000 + number for number in range(MOST_CANDIDATES)]
    assert {one.sdpMid for one in found} == {"0"}


def test_the_peers_opus_is_to_be_for_speech() -> None:
    answer = as_speech(sdp(*AUDIO)).splitlines()
    at = answer.index("a=rtpmap:111 opus/48000/2")
    assert answer[at + 1].startswith("a=fmtp:111 maxplaybackrate=8000;")
    assert as_speech(sdp(*PCMU)) == sdp(*PCMU)
