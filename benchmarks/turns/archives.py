"""The speech in the data of three adventure games that Debian has: lines of dialogue, spoken by actors.

Beneath a Steel Sky keeps 8-bit samples, compressed; Flight of the Amazon Queen keeps MPEG audio; Drascula keeps 8-bit
samples as they are, one file for each line. All were recorded at 11,025 Hz. Their licences let everybody have them;
they are fetched, and nothing of them is kept here.
"""

from collections.abc import Collection, Iterator

import numpy as np

from benchmarks.turns.fetched import debian
from benchmarks.turns.mp3 import decoded
from benchmarks.turns.rnc import unpacked
from benchmarks.turns.sound import Samples, resampled

_RATE = 11025
_GAMES = "usr/share/scummvm"
_PICTURE = 22
"""Bytes before the compressed ones: the head that every file of that game has."""


def steel_sky(wanted: Collection[str]) -> Iterator[tuple[str, Samples]]:
    """These lines of Beneath a Steel Sky, by their numbers. Who says them is not told.

    Raises:
        Missing: the package cannot be had.
    """
    folder = debian("beneath-a-steel-sky") / _GAMES / "beneath-a-steel-sky"
    index, data = (folder / "sky.dnr").read_bytes(), (folder / "sky.dsk").read_bytes()
    for at in range(4, 4 + 8 * int.from_bytes(index[:4], "little"), 8):
        number, place, size = (_little(index[at + a : at + b]) for a, b in ((0, 2), (2, 5), (5, 8)))
        if str(number) in wanted:
            # The highest bit of a place says that it counts in units of 16 bytes; those of a size are flags.
            start = (place & 0x7FFFFF) << (4 if place >> 23 else 0)
            block = data[start + _PICTURE : start + (size & 0x3FFFFF)]
            yield str(number), _of_bytes(unpacked(block))


def amazon_queen(wanted: Collection[str]) -> Iterator[tuple[str, Samples]]:
    """These spoken pieces of Flight of the Amazon Queen, by the names of their files.

    Raises:
        Missing: the package, or a decoder, cannot be had.
    """
    folder = debian("flight-of-the-amazon-queen") / _GAMES / "flight-of-the-amazon-queen"
    data = (folder / "queen.1c").read_bytes()
    for at in range(15, 15 + 21 * int.from_bytes(data[13:15], "big"), 21):
        name = data[at : at + 12].rstrip(b"\0").decode().removesuffix(".SB")
        if name in wanted:
            start, size = (int.from_bytes(data[a : a + 4], "big") for a in (at + 13, at + 17))
            yield name, resampled(decoded(data[start : start + size], _RATE), _RATE)


def drascula(wanted: Collection[str]) -> Iterator[tuple[str, Samples]]:
    """These lines of Drascula, by the names of their files; letters before the number say who speaks.

    Raises:
        Missing: the package cannot be had.
    """
    folder = debian("drascula") / _GAMES / "drascula" / "en"
    for name in wanted:
        yield name, _of_bytes((folder / f"{name}.ALS").read_bytes())


def _of_bytes(samples: bytes) -> Samples:
    values = np.frombuffer(samples, dtype=np.uint8).astype(np.float32) / 128 - 1
    return resampled(values - values.mean(), _RATE)


def _little(number: bytes) -> int:
    return int.from_bytes(number, "little")
