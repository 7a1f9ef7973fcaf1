"""Audio as the edge holds it: mono at 8 kHz in frames of 20 ms, 16-bit samples or the µ-law of the telephone.

What comes from the telephone and goes to a vendor, or the other way, stays µ-law: nobody makes samples of it who does
not look at them.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

RATE = 8000
"""Samples a second on the telephone, and everywhere in the core."""
FRAME_SECONDS = 0.020
FRAME = int(RATE * FRAME_SECONDS)
"""Samples in a frame: 160."""

Pcm = npt.NDArray[np.int16]
Sound = Pcm | bytes
"""Samples; or the same as µ-law, one sample a byte. Both have a length in samples and can be sliced."""


class AudioFrame(NamedTuple):
    """Sound that begins ``at`` seconds of call audio."""

    sound: Sound
    at: float

    @property
    def pcm(self) -> Pcm:
        """Its samples."""
        return samples(self.sound)

    @property
    def mulaw(self) -> bytes:
        """Its µ-law."""
        return mulaw(self.sound)


def level_of(pcm: Pcm) -> float:
    """How loud this sound is: dB of full scale, at least -100."""
    samples = pcm.astype(np.float32)
    power = float(samples @ samples) / len(samples)
    return 10 * math.log10(max(power, 0.1074) / 32768.0**2)


def _decode_table() -> Pcm:
    """G.711 µ-law to linear, by its definition: sign, three bits of exponent, four of mantissa, all inverted."""
    code = ~np.arange(256, dtype=np.uint8)
    exponent = (code >> 4) & 0x07
    mantissa = code & 0x0F
    magnitude = (((mantissa.astype(np.int32) << 3) + 0x84) << exponent) - 0x84
    return np.where(code & 0x80, -magnitude, magnitude).astype(np.int16)


def _encode_table() -> npt.NDArray[np.uint8]:
    """The nearest-below µ-law code for each of the 65,536 samples, indexed by the sample as unsigned."""
    samples = np.arange(-32768, 32768, dtype=np.int32)
    magnitude = np.minimum(np.abs(samples), 32635) + 0x84
    exponent = np.floor(np.log2(magnitude)).astype(np.int32) - 7
    mantissa = (magnitude >> (exponent + 3)) & 0x0F
    sign = np.where(samples < 0, 0x80, 0)
    codes = (~(sign | (exponent << 4) | mantissa) & 0xFF).astype(np.uint8)
    return np.roll(codes, 32768)


_DECODE = _decode_table()
_ENCODE = _encode_table()
MULAW_SILENCE = 0xFF
SILENCE = bytes([MULAW_SILENCE]) * FRAME
"""A frame of it."""


def from_mulaw(payload: bytes) -> Pcm:
    """Linear samples of µ-law bytes, one sample a byte."""
    return _DECODE.take(np.frombuffer(payload, dtype=np.uint8))


def to_mulaw(pcm: Pcm) -> bytes:
    """µ-law bytes of linear samples."""
    return _ENCODE.take(pcm.view(np.uint16)).tobytes()


def samples(sound: Sound) -> Pcm:
    """The samples of a sound."""
    return from_mulaw(sound) if isinstance(sound, bytes) else sound


def mulaw(sound: Sound) -> bytes:
    """A sound as µ-law."""
    return sound if isinstance(sound, bytes) else to_mulaw(sound)


def joined(parts: Sequence[Sound]) -> Sound:
    """One sound after the other; µ-law where all are."""
    if len(parts) == 1:
        return parts[0]
    if all(isinstance(part, bytes) for part in parts):
        return b"".join(parts)  # type: ignore[arg-type]  # As has just been seen.
    return np.concatenate([samples(part) for part in parts])


def codes_up_to(magnitude: int) -> bytes:
    """The µ-law codes of samples no larger than this, for ``bytes.translate`` to take out."""
    return bytes(code for code in range(256) if abs(int(_DECODE[code])) <= magnitude)
