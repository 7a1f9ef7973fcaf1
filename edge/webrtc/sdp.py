"""What peers offer and what they are answered, as SDP: nothing that this side has no use for, and Opus for speech."""

from aiortc import RTCIceCandidate
from aiortc.sdp import SessionDescription

from edge.errors import TransportError

MOST_CANDIDATES = 32
"""Candidates of one peer; further ones are left out."""
_FORMAT = "maxplaybackrate=8000;sprop-maxcapturerate=8000;maxaveragebitrate=24000;stereo=0;useinbandfec=1;usedtx=0"


def checked(offer: str) -> str:
    """The offer without what this side has no use for.

    Raises:
        TransportError: it is not SDP, or offers something else than one sound.
    """
    sdp = _bare(offer)
    try:
        described = SessionDescription.parse(sdp)
    except Exception as error:
        raise TransportError("bad_sdp", "The body is not an SDP offer.") from error
    kinds = sorted(media.kind for media in described.media)
    if kinds not in (["audio"], ["application", "audio"]):
        raise TransportError(
            "wrong_media", "Offer one audio section, and one data channel if you like; nothing else is taken."
        )
    if not any(codec.name == "opus" for media in described.media for codec in media.rtp.codecs):
        raise TransportError("wrong_codec", "Offer Opus; it is the only codec that is taken.")
    return sdp


def candidates(fragment: str) -> list[RTCIceCandidate]:
    """The candidates of a fragment of SDP, as a peer trickles them.

    Raises:
        Exception: whatever aiortc makes of a fragment that is none.
    """
    found: list[RTCIceCandidate] = []
    for index, media in enumerate(SessionDescription.parse(_bare(fragment)).media):
        for candidate in media.ice_candidates[:MOST_CANDIDATES]:
            candidate.sdpMLineIndex, candidate.sdpMid = index, media.rtp.muxId or None
            found.append(candidate)
    return found


def _bare(sdp: str) -> str:
    """Without candidates past a number, and without names that only the peer's own network can resolve: such a peer is
    known by where its packets come from. That the peer has no more candidates is left out too: with nobody left to try,
    the connection would fail before the first of these packets."""
    kept, candidates = [], 0
    for line in sdp.splitlines():
        if line.startswith("a=end-of-candidates"):
            continue
        if line.startswith("a=candidate:"):
            candidates += 1
            if candidates > MOST_CANDIDATES or ".local " in line or " udp " not in line.lower():
                continue
        kept.append(line)
    return "\r\n".join(kept) + "\r\n"


def as_speech(answer: str) -> str:
    """The answer, with what we would like the peer's Opus to be: narrow, mono, with error correction."""
    lines = []
    for line in answer.splitlines():
        lines.append(line)
        if line.startswith("a=rtpmap:") and "opus/" in line:
            lines.append(f"a=fmtp:{line[len('a=rtpmap:') : line.index(' ')]} {_FORMAT}")
    return "\r\n".join(lines) + "\r\n"
