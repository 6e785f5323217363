"""How trie nodes are written and read."""

from __future__ import annotations

import pytest

from chain.errors import DecodeError
from chain.hashing import blake2_256
from chain.trie.node import (
    EMPTY_NODE,
    EMPTY_ROOT,
    Branch,
    Leaf,
    decode_node,
    node_key,
    reference_to,
    value_key,
)

HASH = bytes(range(32))


def fork(value: bytes | None = None, value_hash: bytes | None = None, partial: bytes = b"") -> Branch:
    references = [b""] * 16
    references[1] = b"\x80" + HASH
    references[15] = b"\x08\x40\x00"
    return Branch(partial, value, value_hash, references, [None] * 16)


def test_the_empty_trie_is_one_zero_byte() -> None:
    assert decode_node(EMPTY_NODE) is None
    assert EMPTY_ROOT.hex() == "03170a2e7597b7b7e3d84c05391d139a62b157e78786d8c082f29dcf4c111314"


@pytest.mark.parametrize(
    ("node", "encoding"),
    [
        (Leaf(b"", b"", None), "40 00"),
        (Leaf(b"\1\2", b"v", None), "42 12 04 76"),
        (Leaf(b"\1\2\3", b"v", None), "43 0123 04 76"),
        (Leaf(b"\1\2\3", None, HASH), "23 0123" + HASH.hex()),
        (fork(), "80 0280 80" + HASH.hex() + "084000"),
        (fork(partial=b"\7"), "81 07 0280 80" + HASH.hex() + "084000"),
        (fork(value=b"v"), "c0 0280 0476 80" + HASH.hex() + "084000"),
        (fork(value=b""), "c0 0280 00 80" + HASH.hex() + "084000"),
        (fork(value_hash=HASH), "10 0280" + HASH.hex() + "80" + HASH.hex() + "084000"),
    ],
)
def test_each_kind_of_node_has_its_own_header(node: Leaf | Branch, encoding: str) -> None:
    assert node.encode() == bytes.fromhex(encoding)


@pytest.mark.parametrize(
    ("value_hash", "size", "header"),
    [
        (None, 62, "7e"),
        (None, 63, "7f00"),
        (None, 64, "7f01"),
        (None, 63 + 254, "7ffe"),
        (None, 63 + 255, "7fff00"),
        (None, 63 + 256, "7fff01"),
        (None, 63 + 510, "7fffff00"),
        (HASH, 30, "3e"),
        (HASH, 31, "3f00"),
        (HASH, 31 + 255, "3fff00"),
    ],
)
def test_a_long_partial_key_goes_on_in_the_next_header_bytes(value_hash: bytes | None, size: int, header: str) -> None:
    encoding = Leaf(b"\1" * size, b"", value_hash).encode()

    assert encoding.startswith(bytes.fromhex(header) + b"\x11" if size % 2 == 0 else bytes.fromhex(header) + b"\x01")
    assert decode_node(encoding).partial == b"\1" * size  # type: ignore[union-attr]


@pytest.mark.parametrize("size", [0, 1, 14, 15, 16, 30, 31, 62, 63, 64, 317, 318, 319, 1000])
@pytest.mark.parametrize(("value", "value_hash"), [(None, None), (b"", None), (b"v" * 100, None), (None, HASH)])
def test_a_branch_that_was_written_reads_back_the_same(
    size: int, value: bytes | None, value_hash: bytes | None
) -> None:
    branch = fork(value, value_hash, b"\x0f" * size)

    again = decode_node(branch.encode())

    assert isinstance(again, Branch)
    assert (again.partial, again.value, again.value_hash) == (branch.partial, value, value_hash)
    assert again.references == branch.references
    assert again.encode() == branch.encode()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ("", "end"),
        ("01", "starts no trie node"),
        ("0000", "starts no trie node"),
        ("41", "end"),
        ("41ff00", "padded"),
        ("420476", "end"),
        ("4000ff", "follow"),
        ("7fff", "end"),
        ("80", "end"),
        ("800000", "no children"),
        ("80010000", "a hash or a shorter node"),
        ("8001008400" + "00" * 33, "a hash or a shorter node"),
        ("80010080" + "00" * 31, "end"),
        ("80010004400000", "follow"),
        ("20" + "00" * 31, "end"),
    ],
)
def test_bytes_that_are_not_a_node_are_refused(data: str, reason: str) -> None:
    with pytest.raises(DecodeError, match=reason):
        decode_node(bytes.fromhex(data))


def test_a_short_child_stands_in_its_parent_and_a_long_one_by_its_hash() -> None:
    short, long = b"n" * 31, b"n" * 32

    assert reference_to(short) == bytes([31 << 2]) + short
    assert reference_to(long) == bytes([32 << 2]) + blake2_256(long)


def test_equal_nodes_at_two_places_have_two_database_keys() -> None:
    places = [b"", b"\0", b"\0\0", b"\1", b"\0\1", b"\1\0"]

    assert len({node_key(path, HASH) for path in places} | {value_key(b"", HASH), value_key(b"\0", HASH)}) == 8
