"""Rob Northen's compression, method 1, in which an old game keeps its speech: a dictionary coder with Huffman tables.

A block has a head of 18 bytes (``RNC``, 1, two lengths and two checksums, big-endian) and chunks. A chunk begins with
three tables, for how many bytes are plain, how far back to copy from, and how many; the numbers follow. Bits come from
words of 16, the lowest first; plain bytes stand between those words.
"""

from typing import Final

_HEAD: Final = 18
_MAGIC: Final = b"RNC\x01"
_LONGEST = 16
"""Bits of a code, at most."""

_Table = dict[tuple[int, int], int]
"""(bits, code) and what it stands for: so many bits of a number, of which the highest is not written down."""


def unpacked(block: bytes) -> bytes:
    """What is in the block.

    Raises:
        ValueError: it is no such block, or a broken one.
    """
    if block[:4] != _MAGIC or len(block) < _HEAD:
        raise ValueError(f"A block of method 1 begins with {_MAGIC!r}, not with {block[:4]!r}.")
    size = int.from_bytes(block[4:8], "big")
    bits = _Bits(block, _HEAD)
    bits.take(2)
    out = bytearray()
    try:
        for _ in range(block[17]):
            _chunk(bits, out)
    except IndexError as error:
        raise ValueError("A block of method 1 is cut off.") from error
    if len(out) != size:
        raise ValueError(f"A block of method 1 promises {size} bytes and has {len(out)}.")
    return bytes(out)


def _chunk(bits: "_Bits", out: bytearray) -> None:
    plain, back, copied = bits.table(), bits.table(), bits.table()
    steps = bits.take(16)
    for step in range(steps):
        out += bits.plain(bits.number(plain))
        if step < steps - 1:
            far = bits.number(back) + 1
            for _ in range(bits.number(copied) + 2):
                out.append(out[-far])


class _Bits:
    """Where the reading is."""

    def __init__(self, block: bytes, at: int) -> None:
        self._block = block
        self._at = at
        self._held = self._count = 0

    def take(self, count: int) -> int:
        while self._count < count:
            low, high = self._block[self._at], self._block[self._at + 1 : self._at + 2]
            self._held |= (low | (high[0] << 8 if high else 0)) << self._count
            self._at += 2
            self._count += 16
        bits = self._held & ((1 << count) - 1)
        self._held >>= count
        self._count -= count
        return bits

    def plain(self, count: int) -> bytes:
        self._at += count
        return self._block[self._at - count : self._at]

    def table(self) -> _Table:
        """Canonical codes, the shortest first; on the wire their bits are in reverse."""
        lengths = [self.take(4) for _ in range(self.take(5))]
        table: _Table = {}
        code = 0
        for length in range(1, _LONGEST):
            for number, its in enumerate(lengths):
                if its == length:
                    table[length, int(f"{code:0{length}b}"[::-1], 2)] = number
                    code += 1
            code <<= 1
        return table

    def number(self, table: _Table) -> int:
        code = 0
        for length in range(1, _LONGEST):
            code |= self.take(1) << (length - 1)
            if (bits := table.get((length, code))) is not None:
                return bits if bits < 2 else 1 << (bits - 1) | self.take(bits - 1)
        raise ValueError("A block of method 1 has a code that is in none of its tables.")
