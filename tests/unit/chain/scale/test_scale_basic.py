"""Numbers, booleans, compacts, text and bytes: their encodings, their limits, and what is refused."""

from __future__ import annotations

import time
import tracemalloc
from typing import Annotated, Any

import pytest

from chain.errors import DecodeError
from chain.scale.compact import decode_compact, encode_compact
from chain.scale.hints import (
    Bounded,
    Compact,
    Fixed,
    Named,
    codec_of,
    decode,
    encode,
    i8,
    i16,
    i32,
    i64,
    i128,
    u8,
    u16,
    u32,
    u64,
    u128,
    u256,
)

UNSIGNED = {8: u8, 16: u16, 32: u32, 64: u64, 128: u128, 256: u256}
SIGNED = {8: i8, 16: i16, 32: i32, 64: i64, 128: i128}


# -- integers


@pytest.mark.parametrize("bits", UNSIGNED)
def test_unsigned_integers_are_little_endian(bits: int) -> None:
    hint, size = UNSIGNED[bits], bits // 8

    for value in (0, 1, 0x7F, 0x80, (1 << bits) - 1, 1 << bits - 1):
        raw = value.to_bytes(size, "little")
        assert encode(hint, value) == raw
        assert decode(hint, raw) == value


@pytest.mark.parametrize("bits", SIGNED)
def test_signed_integers_are_in_twos_complement(bits: int) -> None:
    hint, size = SIGNED[bits], bits // 8

    for value in (0, 1, -1, (1 << bits - 1) - 1, -(1 << bits - 1)):
        raw = value.to_bytes(size, "little", signed=True)
        assert encode(hint, value) == raw
        assert decode(hint, raw) == value


@pytest.mark.parametrize(
    ("hint", "values"),
    [(UNSIGNED[b], (-1, 1 << b)) for b in UNSIGNED] + [(SIGNED[b], (-(1 << b - 1) - 1, 1 << b - 1)) for b in SIGNED],
)
def test_numbers_that_do_not_fit_are_not_encoded(hint: Any, values: tuple[int, int]) -> None:
    for value in values:
        with pytest.raises(OverflowError):
            encode(hint, value)


@pytest.mark.parametrize("hint", [*UNSIGNED.values(), *SIGNED.values()])
@pytest.mark.parametrize("value", ["1", b"1", None, 1.0])
def test_what_is_no_number_is_not_encoded(hint: Any, value: object) -> None:
    with pytest.raises((AttributeError, TypeError)):
        encode(hint, value)


@pytest.mark.parametrize("hint", [*UNSIGNED.values(), *SIGNED.values()])
def test_a_number_needs_its_bytes_and_no_more(hint: Any) -> None:
    size = codec_of(hint).min_size

    with pytest.raises(DecodeError, match=rf"needs {size} bytes, {size - 1} remain"):
        decode(hint, bytes(size - 1))
    with pytest.raises(DecodeError, match="1 bytes are left over"):
        decode(hint, bytes(size + 1))


def test_a_value_is_decoded_from_any_position() -> None:
    assert codec_of(u16).decode(b"xx\1\2yy", 2) == (0x201, 4)
    with pytest.raises(DecodeError, match="u16 needs 2 bytes, 0 remain"):
        codec_of(u16).decode(b"xx", 5)


# -- booleans


def test_booleans_are_one_byte() -> None:
    assert [encode(bool, value) for value in (False, True)] == [b"\0", b"\1"]
    assert decode(bool, b"\0") is False
    assert decode(bool, b"\1") is True


@pytest.mark.parametrize("raw", [b"\2", b"\xff", b""])
def test_other_bytes_are_no_boolean(raw: bytes) -> None:
    with pytest.raises(DecodeError, match="bool"):
        decode(bool, raw)


# -- compacts

BOUNDARIES = [
    (0, "00"),
    (1, "04"),
    (63, "fc"),
    (64, "0101"),
    (65, "0501"),
    ((1 << 14) - 1, "fdff"),
    (1 << 14, "02000100"),
    ((1 << 30) - 1, "feffffff"),
    (1 << 30, "0300000040"),
    ((1 << 32) - 1, "03ffffffff"),
    (1 << 32, "070000000001"),
    ((1 << 64) - 1, "13ffffffffffffffff"),
    (1 << 64, "17000000000000000001"),
    ((1 << 128) - 1, "33" + "ff" * 16),
    ((1 << 536) - 1, "ff" + "ff" * 67),
]


@pytest.mark.parametrize(("value", "raw"), BOUNDARIES)
def test_compacts_at_the_boundaries_of_their_modes(value: int, raw: str) -> None:
    assert encode_compact(value).hex() == raw
    assert decode_compact(bytes.fromhex(raw), 0) == (value, len(raw) // 2)


@pytest.mark.parametrize(
    "raw",
    [
        "0100",  # 0 in two bytes
        "fd00",  # 63 in two bytes
        "02000000",
        "feff0000",  # 2^14 - 1 in four bytes
        "0300000000",
        "03ffffff3f",  # 2^30 - 1 in five bytes
        "070000004000",  # a zero on top
        "13ffffffffffffff00",
        "ff" + "ff" * 66 + "00",
    ],
)
def test_compacts_that_are_not_in_their_shortest_form_are_refused(raw: str) -> None:
    with pytest.raises(DecodeError, match="not in its shortest form"):
        decode_compact(bytes.fromhex(raw), 0)


@pytest.mark.parametrize("raw", ["", "01", "02", "0200", "020000", "03", "03000000", "ff", "ff" + "ff" * 66])
def test_compacts_that_end_early_are_refused(raw: str) -> None:
    with pytest.raises(DecodeError, match="the bytes end"):
        decode_compact(bytes.fromhex(raw), 0)


@pytest.mark.parametrize("value", [-1, 1 << 536])
def test_numbers_beyond_a_compact_are_not_encoded(value: int) -> None:
    with pytest.raises(ValueError, match="a compact integer"):
        encode_compact(value)


@pytest.mark.parametrize(("hint", "bits"), [(u8, 8), (u16, 16), (u32, 32), (u64, 64), (u128, 128)])
def test_a_compact_is_no_larger_than_what_it_stands_for(hint: Any, bits: int) -> None:
    compact: Any = Compact[hint]
    most = (1 << bits) - 1

    assert decode(compact, encode(compact, most)) == most
    with pytest.raises(DecodeError, match=rf"compact value {most + 1} is above {most}"):
        decode(compact, encode_compact(most + 1))
    with pytest.raises(OverflowError):
        encode(compact, most + 1)
    with pytest.raises(ValueError, match="not negative"):
        encode(compact, -1)


def test_a_compact_of_nothing_is_nothing() -> None:
    assert encode(Compact[None], None) == b""
    assert decode(Compact[None], b"") is None


def test_a_compact_of_a_named_number_is_a_number() -> None:
    named: Any = Compact[Annotated[u32, Named("sp::Perbill")]]

    assert decode(named, encode(named, 10**9)) == 10**9


# -- text and bytes


@pytest.mark.parametrize("text", ["", "a", "TAO τ", "\0", "x" * 64, "🎁" * 5000])
def test_text_is_utf8_behind_its_length(text: str) -> None:
    raw = text.encode()

    assert encode(str, text) == encode_compact(len(raw)) + raw
    assert decode(str, encode(str, text)) == text


@pytest.mark.parametrize("raw", [b"\x04\xff", b"\x08\xc3\x28", b"\x0c\xed\xa0\x80", b"\x08\xc0\x80"])
def test_text_that_is_not_utf8_is_refused(raw: bytes) -> None:
    with pytest.raises(DecodeError, match="text is not UTF-8"):
        decode(str, raw)


def test_lone_surrogates_are_not_encoded() -> None:
    with pytest.raises(UnicodeEncodeError):
        encode(str, "\ud800")


@pytest.mark.parametrize("value", [b"", b"a", bytes(63), bytes(64), bytes(1 << 14)])
def test_bytes_stand_behind_their_length(value: bytes) -> None:
    assert encode(bytes, value) == encode_compact(len(value)) + value
    assert decode(bytes, encode(bytes, value)) == value


def test_an_array_of_bytes_has_no_length() -> None:
    hint = Annotated[bytes, Fixed(4)]

    assert encode(hint, b"abcd") == b"abcd"
    assert decode(hint, b"abcd") == b"abcd"


@pytest.mark.parametrize("value", [b"", b"abc", b"abcde"])
def test_an_array_of_bytes_has_its_size(value: bytes) -> None:
    with pytest.raises(ValueError, match="expected 4 bytes"):
        encode(Annotated[bytes, Fixed(4)], value)
    with pytest.raises(DecodeError):
        decode(Annotated[bytes, Fixed(4)], value)


def test_bounded_bytes_are_no_longer_than_their_bound() -> None:
    hint = Annotated[bytes, Bounded(3)]

    assert decode(hint, encode(hint, b"abc")) == b"abc"
    with pytest.raises(OverflowError, match="4 bytes, at most 3 are allowed"):
        encode(hint, b"abcd")
    with pytest.raises(DecodeError, match="4 bytes, at most 3 are allowed"):
        decode(hint, encode(bytes, b"abcd"))


# -- lengths beyond the input

HUGE = (1 << 30, (1 << 32) - 1, 1 << 40, (1 << 64) - 1, 1 << 500)


@pytest.mark.parametrize("announced", HUGE)
@pytest.mark.parametrize(
    "hint",
    [
        bytes,
        str,
        Annotated[bytes, Bounded(1 << 31)],
        tuple[u8, ...],
        tuple[u64, ...],
        tuple[None, ...],
        tuple[tuple[None, None], ...],
        tuple[tuple[bytes, ...], ...],
        Annotated[tuple[u64, ...], Bounded(1 << 31)],
        frozenset[u32],
    ],
)
def test_a_length_beyond_the_input_is_refused_before_anything_is_made(hint: Any, announced: int) -> None:
    codec, raw = codec_of(hint), encode_compact(announced) + bytes(1000)
    tracemalloc.start()
    began = time.perf_counter()

    with pytest.raises(DecodeError, match="announced"):
        codec.decode(raw, 0)

    took, peak = time.perf_counter() - began, tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert took < 0.1
    assert peak < 100_000
