"""Any WAV in, 8 kHz mono out."""

import struct
import wave
from pathlib import Path

import numpy as np
import pytest

from edge.core.audio import RATE, from_mulaw, to_mulaw
from trunkline.caller import wav
from trunkline.caller.errors import CallerError


def tone(rate: int, seconds: float = 0.5, hertz: float = 440.0) -> wav.Signal:
    return 0.5 * np.sin(2 * np.pi * hertz * np.arange(int(rate * seconds)) / rate)


def riff(tag: int, channels: int, rate: int, bits: int, data: bytes, *, size: int | None = None) -> bytes:
    form = struct.pack("<HHIIHH", tag, channels, rate, rate * channels * bits // 8, channels * bits // 8, bits)
    chunks = b"LIST" + struct.pack("<I", 3) + b"abc\0"
    chunks += b"fmt " + struct.pack("<I", len(form)) + form
    chunks += b"data" + struct.pack("<I", len(data) if size is None else size) + data
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks


def encoded(tag: int, bits: int, signal: wav.Signal) -> bytes:
    match tag, bits:
        case 1, 8:
            return (signal * 127 + 128).astype(np.uint8).tobytes()
        case 1, 16:
            return (signal * 32767).astype("<i2").tobytes()
        case 1, 24:
            wide = (signal * 2147483647).astype("<i4").tobytes()
            return b"".join(wide[at + 1 : at + 4] for at in range(0, len(wide), 4))
        case 1, 32:
            return (signal * 2147483647).astype("<i4").tobytes()
        case 7, 8:
            return to_mulaw((signal * 32767).astype(np.int16))
        case _:
            return signal.astype(f"<f{bits // 8}").tobytes()


@pytest.mark.parametrize(("tag", "bits"), [(1, 8), (1, 16), (1, 24), (1, 32), (3, 32), (3, 64), (7, 8)])
@pytest.mark.parametrize("rate", [8000, 11025, 44100, 48000])
@pytest.mark.parametrize("channels", [1, 2])
def test_every_form_comes_out_as_the_same_tone(tmp_path: Path, tag: int, bits: int, rate: int, channels: int) -> None:
    path = tmp_path / "tone.wav"
    path.write_bytes(riff(tag, channels, rate, bits, encoded(tag, bits, np.repeat(tone(rate), channels))))
    pcm = wav.load(path)
    assert abs(len(pcm) - RATE // 2) <= 1
    wanted = tone(RATE)[: len(pcm)] * 32767
    middle = slice(400, -400)
    assert np.abs(pcm[: len(wanted)] - wanted)[middle].max() < (600 if bits == 8 else 60)


def test_a_stream_without_a_length_is_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "stream.wav"
    path.write_bytes(riff(1, 1, RATE, 16, encoded(1, 16, tone(RATE)), size=0))
    assert len(wav.load(path)) == RATE // 2


def test_alaw_follows_its_definition(tmp_path: Path) -> None:
    path = tmp_path / "alaw.wav"
    path.write_bytes(riff(6, 1, RATE, 8, bytes([0xD5, 0x55, 0xAA, 0x2A])))
    assert wav.load(path).tolist() == [8, -8, 32255, -32255]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "does not begin"),
        (b"ID3 and the rest of a song", "does not begin"),
        (b"RIFF\0\0\0\0WAVE", "no sound"),
        (riff(1, 0, 8000, 16, b"\0\0"), "0 channels"),
        (riff(85, 1, 8000, 0, b"\0\0"), "not known"),
    ],
)
def test_what_is_no_wav_gets_a_sentence(tmp_path: Path, body: bytes, says: str) -> None:
    path = tmp_path / "bad.wav"
    path.write_bytes(body)
    with pytest.raises(CallerError, match=says) as caught:
        wav.load(path)
    assert caught.value.code == "wav_unreadable"
    assert str(path) in caught.value.message


def test_a_missing_file_gets_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(CallerError, match="cannot be read"):
        wav.load(tmp_path / "none.wav")


def test_a_recording_has_the_caller_left_and_the_agent_right(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "call.wav"
    left, right = np.full(320, 100, np.int16), np.full(160, -100, np.int16)
    wav.save_stereo(path, left, right)
    with wave.open(str(path), "rb") as file:
        assert (file.getnchannels(), file.getframerate(), file.getnframes()) == (2, RATE, 320)
        both = np.frombuffer(file.readframes(320), "<i2").reshape(-1, 2)
    assert (both[:, 0] == left).all()
    assert both[:160, 1].tolist() == right.tolist()
    assert not both[160:, 1].any()


def test_the_telephone_band_keeps_speech_and_drops_the_rest() -> None:
    kept = wav.telephone_band(tone(RATE, hertz=1000), RATE)
    dropped = wav.telephone_band(tone(RATE, hertz=60), RATE)
    assert np.abs(kept).max() > 0.45
    assert np.abs(dropped).max() < 0.05


def test_mulaw_tables_are_those_of_the_edge() -> None:
    pcm = np.arange(-32000, 32000, 100, dtype=np.int16)
    assert np.abs(from_mulaw(to_mulaw(pcm)).astype(int) - pcm).max() < 1100
