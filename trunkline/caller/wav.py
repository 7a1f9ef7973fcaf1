"""Sound files: any WAV in, 8 kHz mono out; and the stereo recording of a call."""

import math
import struct
import wave
from pathlib import Path

import numpy as np
import numpy.typing as npt

from edge.core.audio import RATE, Pcm, from_mulaw
from trunkline.caller.errors import CallerError

Signal = npt.NDArray[np.float64]
"""Samples, full scale ±1."""

LONGEST = 600.0
"""Seconds. A longer line is taken for a mistake."""
_BIGGEST = 256 * 1024 * 1024
_PCM, _FLOAT, _ALAW, _MULAW, _EXTENSIBLE = 1, 3, 6, 7, 0xFFFE


def load(path: Path) -> Pcm:
    """The sound in a WAV file as 16-bit mono at 8 kHz, whatever its rate, channels and sample format.

    Raises:
        CallerError: ``wav_unreadable``, with what is wrong with the file.
    """
    try:
        size = path.stat().st_size
        if size > _BIGGEST:
            raise CallerError("wav_unreadable", f"{path} has {size} bytes; a line to speak may have {_BIGGEST}.")
        body = path.read_bytes()
    except OSError as error:
        raise CallerError("wav_unreadable", f"{path} cannot be read: {error.strerror}.") from error
    try:
        signal, rate = _decode(body)
    except (ValueError, struct.error) as error:
        raise CallerError("wav_unreadable", f"{path} is not a WAV file that can be played: {error}") from error
    if len(signal) > LONGEST * rate:
        raise CallerError("wav_unreadable", f"{path} is longer than {LONGEST:.0f} seconds.")
    return to_pcm(resample(signal, rate, RATE))


def resample(signal: Signal, rate: int, wanted: int) -> Signal:
    """The signal at another rate, without delay: its spectrum is cut, or filled with nothing. For whole clips."""
    if rate == wanted or not len(signal):
        return signal
    # So many samples last as long as a whole number of samples at the wanted rate: no rounding, no drift.
    unit = rate // math.gcd(rate, wanted)
    pad = unit * math.ceil(rate / 20 / unit)
    padded = np.pad(signal, (pad, pad + -len(signal) % unit))
    length = len(padded) * wanted // rate
    spectrum = np.fft.rfft(padded)
    shared = min(len(spectrum), length // 2 + 1)
    moved = np.zeros(length // 2 + 1, dtype=np.complex128)
    moved[:shared] = spectrum[:shared]
    out = np.fft.irfft(moved, length) * (length / len(padded))
    edge = pad * wanted // rate
    return out[edge : edge + round(len(signal) * wanted / rate)]


def telephone_band(signal: Signal, rate: int) -> Signal:
    """The signal as a telephone carries it: 300 to 3,400 Hz, with edges 100 Hz wide (ITU-T G.712, roughly)."""
    if not len(signal):
        return signal
    spectrum = np.fft.rfft(signal)
    hertz = np.fft.rfftfreq(len(signal), 1 / rate)
    gain = np.interp(hertz, [200, 300, 3400, 3500], [0.0, 1.0, 1.0, 0.0])
    return np.fft.irfft(spectrum * gain, len(signal))


def to_pcm(signal: Signal) -> Pcm:
    """16-bit samples, clipped at full scale."""
    return np.round(np.clip(signal, -1.0, 1.0) * 32767.0).astype(np.int16)


def save_stereo(path: Path, left: Pcm, right: Pcm) -> None:
    """Write both channels, the shorter filled with silence, at 8 kHz.

    Raises:
        CallerError: ``recording_unwritable``.
    """
    both = np.zeros((max(len(left), len(right)), 2), dtype="<i2")
    both[: len(left), 0] = left
    both[: len(right), 1] = right
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with wave.open(str(path), "wb") as file:
            file.setnchannels(2)
            file.setsampwidth(2)
            file.setframerate(RATE)
            file.writeframes(both.tobytes())
    except OSError as error:
        raise CallerError(
            "recording_unwritable", f"The recording cannot be written to {path}: {error.strerror}."
        ) from error


def _decode(body: bytes) -> tuple[Signal, int]:
    """(mono signal, rate) of a RIFF body. A data chunk without a length, as streams have it, reaches to the end."""
    if len(body) < 12 or body[:4] != b"RIFF" or body[8:12] != b"WAVE":
        raise ValueError("it does not begin as a RIFF WAVE file does.")
    at, form = 12, b""
    while at + 8 <= len(body):
        name, size = body[at : at + 4], struct.unpack_from("<I", body, at + 4)[0]
        chunk = body[at + 8 : at + 8 + size]
        if name == b"fmt ":
            form = chunk
        elif name == b"data":
            if not form:
                raise ValueError("its sound comes before its format.")
            return _samples(form, chunk if size else body[at + 8 :])
        at += 8 + size + (size & 1)
    raise ValueError("it holds no sound.")


def _samples(form: bytes, data: bytes) -> tuple[Signal, int]:
    tag, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", form)
    if tag == _EXTENSIBLE and len(form) >= 26:
        tag = struct.unpack_from("<H", form, 24)[0]
    if not 1 <= channels <= 64 or not 1000 <= rate <= 768_000:
        raise ValueError(f"{channels} channels at {rate} Hz cannot be.")
    flat = _linear(tag, bits, data)
    return flat[: len(flat) // channels * channels].reshape(-1, channels).mean(axis=1), int(rate)


def _linear(tag: int, bits: int, data: bytes) -> Signal:
    width = bits // 8
    if width:
        data = data[: len(data) // width * width]
    if tag == _PCM and bits == 8:
        return (np.frombuffer(data, np.uint8).astype(np.float64) - 128.0) / 128.0
    if tag == _PCM and bits == 16:
        return np.frombuffer(data, "<i2").astype(np.float64) / 32768.0
    if tag == _PCM and bits == 24:
        wide = np.zeros((len(data) // 3, 4), np.uint8)
        wide[:, 1:] = np.frombuffer(data, np.uint8).reshape(-1, 3)
        return wide.reshape(-1).view("<i4").astype(np.float64) / 2147483648.0
    if tag == _PCM and bits == 32:
        return np.frombuffer(data, "<i4").astype(np.float64) / 2147483648.0
    if tag == _FLOAT and bits in (32, 64):
        return np.nan_to_num(np.frombuffer(data, f"<f{width}").astype(np.float64))
    if tag == _MULAW and bits == 8:
        return from_mulaw(data).astype(np.float64) / 32768.0
    if tag == _ALAW and bits == 8:
        return _alaw(data)
    raise ValueError(f"its sample format (tag {tag}, {bits} bits) is not known; convert it to 16-bit PCM.")


def _alaw(data: bytes) -> Signal:
    """G.711 A-law: even bits inverted; sign, three bits of exponent, four of mantissa."""
    code = np.frombuffer(data, np.uint8) ^ 0x55
    exponent = ((code >> 4) & 0x07).astype(np.int32)
    mantissa = (code & 0x0F).astype(np.int32)
    low = (mantissa << 4) + 8
    magnitude = np.where(exponent == 0, low, (low + 0x100) << np.maximum(exponent - 1, 0))
    return np.where(code & 0x80, magnitude, -magnitude).astype(np.float64) / 32768.0
