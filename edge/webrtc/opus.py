"""Opus at the core's own rate: 8 kHz mono in frames of 20 ms, with concealment and in-band error correction.

libopus decodes to and encodes from 8 kHz by itself, without a resampler and its delay. PyAV offers neither that nor
what is done about lost packets, so the library that comes with PyAV's wheel is called directly; elsewhere the system's.
A frame takes some tens of microseconds, so it is done on the loop: handing it to a thread would cost more.
"""

import ctypes
import ctypes.util
from functools import cache
from pathlib import Path

import av
import numpy as np

from edge.core.audio import FRAME, RATE, Pcm

BITRATE = 24_000
"""Bits a second towards the caller."""
LONGEST = RATE * 120 // 1000
"""Samples in the longest packet there is: 120 ms."""
_VOIP = 2048
_SET_BITRATE, _SET_COMPLEXITY, _SET_INBAND_FEC, _SET_PACKET_LOSS = 4002, 4010, 4012, 4014
_LARGEST = 1275
"""Bytes of an Opus frame, at most."""


class OpusError(Exception):
    """libopus does not take it."""


@cache
def _library() -> ctypes.CDLL:
    """Loaded once.

    Raises:
        OpusError: there is no libopus on this machine.
    """
    beside = sorted((Path(av.__file__).parent.parent / "av.libs").glob("libopus-*.so*"))
    name = str(beside[0]) if beside else ctypes.util.find_library("opus")
    if name is None:
        raise OpusError("There is no libopus on this machine. It comes with PyAV's wheel, or as Debian's libopus0.")
    library = ctypes.CDLL(name)
    pointer, number, text = ctypes.c_void_p, ctypes.c_int, ctypes.c_char_p
    for function, result, arguments in (
        ("opus_decoder_create", pointer, [ctypes.c_int32, number, pointer]),
        ("opus_decoder_destroy", None, [pointer]),
        ("opus_decode", number, [pointer, text, ctypes.c_int32, pointer, number, number]),
        ("opus_encoder_create", pointer, [ctypes.c_int32, number, number, pointer]),
        ("opus_encoder_destroy", None, [pointer]),
        ("opus_encode", ctypes.c_int32, [pointer, pointer, number, pointer, ctypes.c_int32]),
        ("opus_strerror", text, [number]),
    ):
        entry = getattr(library, function)
        entry.restype, entry.argtypes = result, arguments
    return library


def _checked(result: int) -> int:
    if result < 0:
        raise OpusError(f"libopus says: {_library().opus_strerror(result).decode()}.")
    return result


class Decoder:
    """One stream's."""

    def __init__(self) -> None:
        self._opus = _library()
        error = ctypes.c_int()
        self._state = ctypes.c_void_p(self._opus.opus_decoder_create(RATE, 1, ctypes.byref(error)))
        _checked(error.value)
        self._pcm = np.empty(LONGEST, np.int16)

    def __del__(self) -> None:
        if state := getattr(self, "_state", None):
            self._opus.opus_decoder_destroy(state)

    def decode(self, packet: bytes) -> Pcm:
        """The sound in a packet.

        Raises:
            OpusError: it is not Opus.
        """
        return self._decode(packet, LONGEST, recover=0)

    def conceal(self, samples: int) -> Pcm:
        """What may have been in a packet that is lost; ``samples`` are a multiple of 20, at most LONGEST."""
        return self._decode(None, samples, recover=0)

    def recover(self, following: bytes, samples: int) -> Pcm:
        """The same, with the help of the packet behind it, which may carry a rough copy."""
        return self._decode(following, samples, recover=1)

    def _decode(self, packet: bytes | None, samples: int, recover: int) -> Pcm:
        size = len(packet) if packet else 0
        out = self._pcm.ctypes.data
        return self._pcm[: _checked(self._opus.opus_decode(self._state, packet, size, out, samples, recover))].copy()


class Encoder:
    """One stream's: mono, for speech, with a rough copy of each frame in the next."""

    def __init__(self) -> None:
        self._opus = _library()
        error = ctypes.c_int()
        self._state = ctypes.c_void_p(self._opus.opus_encoder_create(RATE, 1, _VOIP, ctypes.byref(error)))
        _checked(error.value)
        for request, value in (
            (_SET_BITRATE, BITRATE),
            (_SET_COMPLEXITY, 5),
            (_SET_INBAND_FEC, 1),
            (_SET_PACKET_LOSS, 10),
        ):
            _checked(self._opus.opus_encoder_ctl(self._state, ctypes.c_int(request), ctypes.c_int32(value)))
        self._packet = ctypes.create_string_buffer(_LARGEST)

    def __del__(self) -> None:
        if state := getattr(self, "_state", None):
            self._opus.opus_encoder_destroy(state)

    def encode(self, pcm: Pcm) -> bytes:
        """One frame of 20 ms."""
        pcm = np.ascontiguousarray(pcm, np.int16)
        size = _checked(self._opus.opus_encode(self._state, pcm.ctypes.data, FRAME, self._packet, _LARGEST))
        return self._packet.raw[:size]
