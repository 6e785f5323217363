"""Vectors, arrays, tuples, options, results, maps, sets and bit sequences."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Annotated, Any

import pytest

from chain.errors import DecodeError
from chain.scale.compact import encode_compact
from chain.scale.hints import Bits, Bounded, Err, Fixed, Ok, Packed, Parts, Some, codec_of, decode, encode, u8, u16, u32

BITS = Annotated[tuple[bool, ...], Bits()]


def refusal(hint: Any, raw: bytes) -> DecodeError:
    """Why `raw` is no encoding of a `hint`."""
    with pytest.raises(DecodeError) as caught:
        decode(hint, raw)
    return caught.value


# -- vectors and arrays


@pytest.mark.parametrize("value", [(), (1,), (1, 2, 300), tuple(range(64)), tuple(range(20_000))])
def test_a_vector_is_its_length_and_its_items(value: tuple[int, ...]) -> None:
    raw = encode_compact(len(value)) + b"".join(v.to_bytes(2, "little") for v in value)

    assert encode(tuple[u16, ...], value) == raw
    assert decode(tuple[u16, ...], raw) == value


def test_an_array_has_no_length() -> None:
    hint = Annotated[tuple[u16, ...], Fixed(2)]

    assert encode(hint, (1, 2)) == b"\1\0\2\0"
    assert decode(hint, b"\1\0\2\0") == (1, 2)


@pytest.mark.parametrize("value", [(), (1,), (1, 2, 3)])
def test_an_array_has_its_number_of_items(value: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="expected 2 items"):
        encode(Annotated[tuple[u16, ...], Fixed(2)], value)


def test_a_bounded_vector_is_no_longer_than_its_bound() -> None:
    hint = Annotated[tuple[u8, ...], Bounded(2)]

    assert decode(hint, b"\x08ab") == (97, 98)
    with pytest.raises(OverflowError, match="3 items, at most 2 are allowed"):
        encode(hint, (1, 2, 3))
    assert str(refusal(hint, b"\x0cabc")) == "3 items, at most 2 are allowed"


def test_a_vector_of_vectors() -> None:
    hint = tuple[tuple[u8, ...], ...]

    assert encode(hint, ((1,), (), (2, 3))) == b"\x0c\x04\1\0\x08\2\3"
    assert decode(hint, b"\x0c\x04\1\0\x08\2\3") == ((1,), (), (2, 3))


def test_a_refusal_names_the_item() -> None:
    assert str(refusal(tuple[bool, ...], b"\x0c\0\1\2")) == "[2]: a bool is 0 or 1, not 2"
    assert str(refusal(Annotated[tuple[u16, ...], Fixed(2)], b"\0\0\0")) == "[1]: u16 needs 2 bytes, 1 remain"
    assert refusal(tuple[tuple[bool, ...], ...], b"\x04\x08\0\7").path == ("[0]", "[1]")


# -- tuples


def test_a_tuple_is_its_parts() -> None:
    hint = tuple[u8, bool, u16]

    assert encode(hint, (1, True, 2)) == b"\1\1\2\0"
    assert decode(hint, b"\1\1\2\0") == (1, True, 2)
    assert str(refusal(hint, b"\1\2\2\0")) == "1: a bool is 0 or 1, not 2"


@pytest.mark.parametrize("value", [(1,), (1, 2, 3)])
def test_a_tuple_has_its_number_of_parts(value: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="expected 2 items"):
        encode(tuple[u8, u8], value)


@pytest.mark.parametrize("hint", [None, type(None), tuple[()]])
def test_nothing_is_no_bytes(hint: Any) -> None:
    assert encode(hint, None) == b""
    assert decode(hint, b"") is None


def test_many_nothings_have_to_have_bytes_to_show_for_them() -> None:
    # a vector of nothings could announce work without end; here each counts as a byte, so that only few are read
    assert decode(tuple[None, ...], b"\0") == ()
    with pytest.raises(DecodeError, match="1 items announced, 0 bytes remain"):
        decode(tuple[None, ...], b"\x04")


# -- options and results


def test_an_option_says_whether_there_is_something() -> None:
    assert [encode(u16 | None, value) for value in (None, 5)] == [b"\0", b"\1\5\0"]
    assert [decode(u16 | None, raw) for raw in (b"\0", b"\1\5\0")] == [None, 5]


def test_an_option_of_a_boolean_is_two_bytes() -> None:
    assert [encode(bool | None, v) for v in (None, False, True)] == [b"\0", b"\1\0", b"\1\1"]


@pytest.mark.parametrize("raw", [b"", b"\2", b"\xff\0\0"])
def test_an_option_begins_with_zero_or_one(raw: bytes) -> None:
    assert str(refusal(u16 | None, raw)) == "an option begins with 0 or 1"


def test_the_content_of_an_option_is_checked() -> None:
    assert str(refusal(u16 | None, b"\1\0")) == "u16 needs 2 bytes, 1 remain"


def test_an_option_of_an_option_tells_which_of_them_is_empty() -> None:
    hint = Some[u16 | None] | None
    values = [None, Some(None), Some(5)]

    raw = [encode(hint, value) for value in values]

    assert raw == [b"\0", b"\1\0", b"\1\1\5\0"]
    assert [decode(hint, each) for each in raw] == values


def test_a_result_is_good_or_bad() -> None:
    hint = Ok[u8] | Err[str]

    assert [encode(hint, value) for value in (Ok(7), Err("no"))] == [b"\0\7", b"\1\x08no"]
    assert [decode(hint, raw) for raw in (b"\0\7", b"\1\x08no")] == [Ok(7), Err("no")]


def test_a_refusal_names_the_outcome() -> None:
    hint = Ok[u8] | Err[str]

    assert str(refusal(hint, b"\1\x04\xff")) == "Err.error: text is not UTF-8"
    assert str(refusal(hint, b"\0")) == "Ok.value: u8 needs 1 bytes, 0 remain"
    assert str(refusal(hint, b"\2")) == "Result has no variant 2"
    assert str(refusal(hint, b"")) == "the bytes end where a variant should be named"


def test_a_result_of_nothing() -> None:
    assert encode(Ok[None] | Err[u8], Ok(None)) == b"\0"
    assert decode(Ok[None] | Err[u8], b"\0") == Ok(None)


# -- maps and sets


def test_a_map_is_written_in_the_order_of_its_keys() -> None:
    hint = Mapping[u8, bool]

    assert encode(hint, {2: True, 1: False}) == b"\x08\1\0\2\1"
    assert decode(hint, b"\x08\1\0\2\1") == {1: False, 2: True}


def test_a_map_that_was_decoded_cannot_be_changed() -> None:
    found = decode(Mapping[u8, bool], b"\x04\1\0")

    with pytest.raises(TypeError):
        found[2] = True


def test_the_last_of_two_equal_keys_counts() -> None:
    assert decode(Mapping[u8, u8], b"\x08\1\2\1\3") == {1: 3}


def test_a_set_is_written_in_the_order_of_its_items() -> None:
    hint = frozenset[u8]

    assert encode(hint, frozenset({3, 1, 2})) == b"\x0c\1\2\3"
    assert decode(hint, b"\x0c\3\1\1") == frozenset({1, 3})


def test_a_refusal_inside_of_a_map_names_the_pair_and_the_part() -> None:
    assert refusal(Mapping[u8, bool], b"\x08\1\0\2\2").path == ("[1]", "1")


# -- bit sequences


@pytest.mark.parametrize(
    ("bits", "raw"),
    [
        ("", "00"),
        ("1", "0401"),
        ("0", "0400"),
        ("10000001", "2081"),
        ("100000011", "248101"),
        ("0" * 15 + "1", "400080"),
    ],
)
def test_bits_stand_lowest_first(bits: str, raw: str) -> None:
    value = tuple(bit == "1" for bit in bits)

    assert encode(BITS, value).hex() == raw
    assert decode(BITS, bytes.fromhex(raw)) == value


def test_bits_behind_the_last_do_not_matter() -> None:
    assert decode(BITS, b"\x04\xff") == (True,)


@pytest.mark.parametrize("raw", [b"\x04", b"\x24\xff", encode_compact(1 << 60) + bytes(9)])
def test_bits_that_are_not_there_are_refused(raw: bytes) -> None:
    assert "bits announced" in str(refusal(BITS, raw))


def test_many_bits_take_time_in_proportion() -> None:
    count = 1 << 20
    raw = encode_compact(count) + bytes(count // 8)
    began = time.perf_counter()

    value = decode(BITS, raw)

    assert encode(BITS, value) == raw
    assert time.perf_counter() - began < 2


# -- depth


def test_types_may_nest() -> None:
    hint = tuple[Mapping[u8, tuple[u32 | None, frozenset[str]]], ...]
    value = ({1: (None, frozenset()), 2: (7, frozenset({"a", "b"}))}, {})

    assert decode(hint, encode(hint, value)) == value


def test_codecs_know_the_least_that_they_need() -> None:
    hints: dict[Any, int] = {
        u32: 4,
        tuple[u8, u32]: 5,
        tuple[u32, ...]: 1,
        Annotated[tuple[u32, ...], Fixed(3)]: 12,
        u32 | None: 1,
        Ok[u32] | Err[u32]: 1,
        Mapping[u8, u8]: 1,
        BITS: 1,
        None: 0,
        str: 1,
        Annotated[bytes, Fixed(20)]: 20,
    }

    assert {hint: codec_of(hint).min_size for hint in hints} == hints


# -- packed vectors and parts

PAIRS = Annotated[bytes, Packed(tuple[u16, u16])]
PERCENT = Annotated[u8, Parts("sp_arithmetic::per_things::Percent", 100)]


def test_a_packed_vector_is_its_items_bytes() -> None:
    raw = encode(tuple[tuple[u16, u16], ...], ((1, 2), (3, 65_535)))

    assert encode(PAIRS, b"\1\0\2\0\3\0\xff\xff") == raw
    assert decode(PAIRS, raw) == b"\1\0\2\0\3\0\xff\xff"


def test_a_packed_vector_has_whole_items_only() -> None:
    with pytest.raises(ValueError, match="5 bytes are not a whole number of items of 4"):
        encode(PAIRS, b"12345")
    with pytest.raises(DecodeError, match="2 items announced, 7 bytes remain"):
        decode(PAIRS, b"\x081234567")


def test_parts_are_at_most_the_whole() -> None:
    assert decode(PERCENT, encode(PERCENT, 100)) == 100
    with pytest.raises(DecodeError, match="101 parts of 100 are more than the whole"):
        decode(PERCENT, b"\x65")
    with pytest.raises(OverflowError):
        encode(PERCENT, 101)


def test_parts_in_a_vector_are_checked_too() -> None:
    with pytest.raises(DecodeError, match=r"\[1\]"):
        decode(tuple[PERCENT, ...], b"\x08\x64\x65")  # type: ignore[valid-type]
