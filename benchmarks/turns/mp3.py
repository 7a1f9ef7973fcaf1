"""MPEG audio, decoded by the system's libmpg123, or by the one in Debian's package, unpacked."""

import ctypes
import ctypes.util
from functools import cache

import numpy as np

from benchmarks.turns.fetched import Missing, debian
from benchmarks.turns.sound import Samples

_LIBRARY = "libmpg123.so.0"
_NEW_FORMAT, _OK = -11, 0
_MONO, _SIGNED_16, _QUIET = 1, 0xD0, 0x20
_ADD_FLAGS = 2
_PIECE = 1 << 16


def decoded(data: bytes, rate: int) -> Samples:
    """One channel at this rate, -1..1.

    Raises:
        Missing: there is no libmpg123.
    """
    library = _library()
    handle = ctypes.c_void_p(library.mpg123_new(None, None))
    try:
        library.mpg123_param(handle, _ADD_FLAGS, ctypes.c_long(_QUIET), ctypes.c_double(0.0))
        library.mpg123_format_none(handle)
        library.mpg123_format(handle, ctypes.c_long(rate), _MONO, _SIGNED_16)
        library.mpg123_open_feed(handle)
        return np.frombuffer(_all(library, handle, data), dtype=np.int16).astype(np.float32) / 32768.0
    finally:
        library.mpg123_delete(handle)


def _all(library: ctypes.CDLL, handle: ctypes.c_void_p, data: bytes) -> bytes:
    piece = ctypes.create_string_buffer(_PIECE)
    done = ctypes.c_size_t()
    out = b""
    feed: bytes | None = data
    while True:
        size = ctypes.c_size_t(len(feed) if feed else 0)
        state = library.mpg123_decode(handle, feed, size, piece, ctypes.c_size_t(_PIECE), ctypes.byref(done))
        out += piece.raw[: done.value]
        feed = None
        if state != _NEW_FORMAT and not (state == _OK and done.value):
            return out


@cache
def _library() -> ctypes.CDLL:
    try:
        library = ctypes.CDLL(ctypes.util.find_library("mpg123") or _LIBRARY)
    except OSError:
        found = next(debian("libmpg123-0").rglob(_LIBRARY), None)
        if found is None:
            raise Missing("Debian's libmpg123-0 has no libmpg123.so.0 here.") from None
        library = ctypes.CDLL(str(found))
    library.mpg123_init()
    library.mpg123_new.restype = ctypes.c_void_p
    return library
