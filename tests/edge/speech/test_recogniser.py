import numpy as np
import pytest

from edge.core.audio import RATE
from edge.speech.recogniser import CHUNK, chunks, repetition, upsampled, vocabulary, weights


def test_weights_are_in_the_wheel() -> None:
    assert (weights() / "tokenizer.bin").exists()


def test_vocabulary() -> None:
    assert vocabulary(b"\x02ab\x00\x01c" + bytes([0x82, 1]) + b"x" * 130) == [b"ab", b"", b"c", b"x" * 130]


def test_interpolates_without_delay() -> None:
    time = np.arange(RATE) / RATE
    fine = np.arange(2 * RATE) / (2 * RATE)
    tone = (10_000 * np.sin(2 * np.pi * 1000 * time)).astype(np.int16)

    error = upsampled(tone) - 10_000 / 32768 * np.sin(2 * np.pi * 1000 * fine)

    assert np.abs(error[200:-200]).max() < 0.002


def test_long_audio_is_cut_where_it_is_quiet() -> None:
    pcm = np.full(int(30 * RATE), 5000, dtype=np.int16)
    pcm[15 * RATE : 15 * RATE + 4000] = 0

    first, second = chunks(pcm)

    assert 15.0 <= len(first) / RATE <= 15.5
    assert len(first) + len(second) == len(pcm)
    assert [len(part) for part in chunks(pcm[:100])] == [100]
    assert all(len(part) <= CHUNK * RATE for part in chunks(np.zeros(100 * RATE, dtype=np.int16)))


@pytest.mark.parametrize(
    ("tokens", "kept"),
    [
        ([5] * 11, None),
        ([5] * 12, 1),
        ([1, 2, 3, *[7, 8] * 6], 5),
        ([1, *[7, 8, 9] * 4], 4),
        ([1, 2, 3, 4], None),
        ([], None),
    ],
)
def test_repetition(tokens: list[int], kept: int | None) -> None:
    assert repetition(tokens) == kept
