import contextlib
from pathlib import Path

import numpy as np
import pytest

from edge.core.audio import FRAME, RATE, Pcm
from edge.webrtc.opus import BITRATE, Decoder, Encoder, OpusError
from trunkline.caller.wav import load

RECORDINGS = Path(__file__).parents[2] / "recordings"


def speechlike(seconds: float) -> Pcm:
    """A wandering tone with noise in it."""
    at = np.arange(int(seconds * RATE))
    noise = np.random.default_rng(1).standard_normal(len(at)) * 400
    return (6000 * np.sin(at / 8 * (1 + 0.2 * np.sin(at / 3000))) + noise).astype(np.int16)


def coded(pcm: Pcm) -> list[bytes]:
    encoder = Encoder()
    return [encoder.encode(frame) for frame in pcm.reshape(-1, FRAME)]


def test_it_comes_back_within_seven_milliseconds_at_the_rate_that_was_set() -> None:
    pcm = speechlike(4.0)
    packets = coded(pcm)
    decoder = Decoder()
    back = np.concatenate([decoder.decode(packet) for packet in packets])
    assert len(back) == len(pcm)
    match = np.correlate(back[8000:16000].astype(float), pcm[8000:16000][100:-100].astype(float))
    assert abs(int(match.argmax()) - 100) <= 0.007 * RATE
    assert BITRATE * 0.7 < sum(map(len, packets)) * 8 / 4.0 < BITRATE * 1.3


def test_a_lost_packet_is_recovered_from_the_next_better_than_guessed() -> None:
    pcm = load(RECORDINGS / "booking" / "1-service.wav")
    packets = coded(pcm[: len(pcm) // FRAME * FRAME])
    guesses, copies = [], []
    for lost in range(20, len(packets) - 1, 10):
        whole, guessed, recovered = Decoder(), Decoder(), Decoder()
        for packet in packets[:lost]:
            for decoder in (whole, guessed, recovered):
                decoder.decode(packet)
        wanted = whole.decode(packets[lost]).astype(float)
        guesses.append(np.abs(guessed.conceal(FRAME) - wanted).mean())
        copies.append(np.abs(recovered.recover(packets[lost + 1], FRAME) - wanted).mean())
    assert np.mean(copies) < np.mean(guesses) / 2


@pytest.mark.parametrize("junk", [b"\xff\xff\xff", b"\x03", bytes(1400)])
def test_what_is_not_opus_is_refused_or_is_sound(junk: bytes) -> None:
    decoder = Decoder()
    with contextlib.suppress(OpusError):
        assert len(decoder.decode(junk)) <= RATE
    assert len(decoder.conceal(FRAME)) == FRAME
