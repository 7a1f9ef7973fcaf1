"""Blocks of method 1 are unpacked, and broken ones are said to be broken."""

import pytest

from benchmarks.turns.rnc import unpacked


def block(size: int, chunks: int, bits: str, plain: bytes = b"") -> bytes:
    """A block with these bits, the first one first, in one word or more; plain bytes behind them."""
    bits += "0" * (-len(bits) % 16)
    words = b"".join(int(bits[at : at + 16][::-1], 2).to_bytes(2, "little") for at in range(0, len(bits), 16))
    head = b"RNC\x01" + size.to_bytes(4, "big") + len(words + plain).to_bytes(4, "big") + bytes(5) + bytes([chunks])
    return head + words + plain


def number(value: int, bits: int) -> str:
    """Lowest bit first."""
    return f"{value:0{bits}b}"[::-1]


def table(*lengths: int) -> str:
    return number(len(lengths), 5) + "".join(number(length, 4) for length in lengths)


def test_plain_bytes_and_a_copy() -> None:
    # Tables: how many plain bytes (0 → "0", 2 or 3 → "1"), how far back (1 → "0"), how many (1 → "0").
    tables = table(1, 0, 1) + table(0, 1) + table(0, 1)
    # Two steps: two plain bytes, then three from two back; then none.
    first = "00" + tables + number(2, 16) + "10" + "0"
    assert len(first) == 64
    # Plain bytes stand behind the words that were needed to get to them; the last two bits are in a word of their own.
    assert unpacked(block(5, 1, first, b"ab" + b"\0\0")) == b"ababa"


def test_what_is_no_block_is_refused() -> None:
    with pytest.raises(ValueError, match="begins with"):
        unpacked(b"RIFF" + bytes(40))


def test_a_block_that_is_cut_off_is_refused() -> None:
    with pytest.raises(ValueError, match=r"cut off|none of its tables"):
        unpacked(block(5, 1, "00" + table(1, 0, 1))[:20])


def test_a_block_with_less_than_it_promises_is_refused() -> None:
    with pytest.raises(ValueError, match="promises 9 bytes and has 0"):
        unpacked(block(9, 0, "00"))
