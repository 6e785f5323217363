"""Keys as paths of half-bytes."""

from __future__ import annotations

import pytest

from chain.trie.nibbles import common_length, pack, unpack


def test_a_key_becomes_two_nibbles_a_byte_high_one_first() -> None:
    assert unpack(b"\x12\xf0") == bytes([1, 2, 15, 0])


def test_packing_an_unpacked_key_gives_the_key() -> None:
    key = bytes(range(256))

    assert pack(unpack(key)) == key


def test_the_first_nibble_of_an_odd_path_gets_a_byte_of_its_own() -> None:
    assert pack(bytes([1, 2, 3])) == b"\x01\x23"


@pytest.mark.parametrize(
    ("a", "b", "start", "length"),
    [
        (b"", b"", 0, 0),
        (b"\1\2\3", b"\1\2\3", 0, 3),
        (b"\1\2\3", b"\1\2", 0, 2),
        (b"\0\2\3", b"\0\2\4", 0, 2),
        (b"\5\0\0", b"\6\0\0", 0, 0),
        (b"\1\2\3\4", b"\1\2\3\5", 2, 1),
        (b"\0\0\0", b"\0\0\1", 0, 2),
    ],
)
def test_the_common_length_counts_equal_nibbles_from_the_start(a: bytes, b: bytes, start: int, length: int) -> None:
    assert common_length(a, b, start) == length
