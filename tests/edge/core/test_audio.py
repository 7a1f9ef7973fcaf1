import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from edge.core.audio import MULAW_SILENCE, SILENCE, Sound, codes_up_to, from_mulaw, joined, mulaw, samples, to_mulaw

EVERY_SAMPLE = np.arange(-32768, 32768, dtype=np.int32).astype(np.int16)


def test_decodes_as_g711_defines() -> None:
    """Table 2a of G.711, scaled from 14 bits to 16: the ends of the segments, and both zeros."""
    codes = bytes([0xFF, 0x7F, 0x80, 0x00, 0x8F, 0x9F, 0xAF, 0xBF, 0xCF, 0xDF, 0xEF, 0xFE])
    values = [0, 0, 8031, -8031, 4191, 2079, 1023, 495, 231, 99, 33, 2]

    assert from_mulaw(codes).tolist() == [4 * value for value in values]


def test_every_code_survives_the_round_trip() -> None:
    codes = bytes(range(256))

    assert [a for a, b in zip(codes, to_mulaw(from_mulaw(codes)), strict=True) if a != b] == [0x7F]  # Minus zero.


def test_every_sample_comes_back_within_half_a_step() -> None:
    back = from_mulaw(to_mulaw(EVERY_SAMPLE)).astype(np.int32)
    sample = np.clip(EVERY_SAMPLE.astype(np.int32), -32635, 32635)
    step = 2.0 ** (np.floor(np.log2(np.abs(sample) + 132)) - 4)

    assert (np.abs(back - sample) <= step / 2 + 0.5).all()


def test_order_is_kept() -> None:
    assert (np.diff(from_mulaw(to_mulaw(EVERY_SAMPLE)).astype(np.int32)) >= 0).all()


def test_silence() -> None:
    assert to_mulaw(np.zeros(3, dtype=np.int16)) == bytes([MULAW_SILENCE] * 3)
    assert len(from_mulaw(b"")) == 0


@given(st.lists(st.integers(-32768, 32767), max_size=400))
def test_coding_twice_changes_nothing_more(samples: list[int]) -> None:
    once = from_mulaw(to_mulaw(np.array(samples, dtype=np.int16)))

    assert np.array_equal(from_mulaw(to_mulaw(once)), once)


def test_codes_up_to_a_magnitude_are_all_that_are_no_louder() -> None:
    loudness = np.abs(from_mulaw(bytes(range(256))).astype(np.int32))

    assert set(codes_up_to(40)) == {code for code in range(256) if loudness[code] <= 40}


@given(st.lists(st.tuples(st.booleans(), st.binary(max_size=50)), min_size=1, max_size=5))
def test_sounds_are_joined_in_order_whatever_form_they_have(parts: list[tuple[bool, bytes]]) -> None:
    sounds: list[Sound] = [codes if as_codes else from_mulaw(codes) for as_codes, codes in parts]
    whole = joined(sounds)

    assert len(whole) == sum(len(codes) for _, codes in parts)
    assert np.array_equal(samples(whole), from_mulaw(b"".join(codes for _, codes in parts)))
    assert isinstance(whole, bytes) == all(as_codes for as_codes, _ in parts)


def test_what_is_mulaw_stays_as_it_is() -> None:
    assert mulaw(SILENCE) is SILENCE
    assert not samples(SILENCE).any()
