"""The closed form of a trie's root, against roots computed by hand."""

from __future__ import annotations

from chain.hashing import blake2_256
from chain.trie.node import EMPTY_ROOT
from chain.trie.root import ordered_root, state_root

LONG = b"v" * 33


def test_the_root_of_nothing_is_the_hash_of_a_zero_byte() -> None:
    assert state_root([]) == ordered_root([]) == EMPTY_ROOT


def test_one_pair_is_a_leaf_with_the_whole_key() -> None:
    assert state_root([(b"\xab", b"cd")]) == blake2_256(bytes.fromhex("42 ab 08 6364"))


def test_a_long_value_counts_by_its_hash_in_version_1_only() -> None:
    in_place = blake2_256(bytes.fromhex("42 ab") + bytes([33 << 2]) + LONG)
    hashed = blake2_256(bytes.fromhex("22 ab") + blake2_256(LONG))

    assert state_root([(b"\xab", LONG)], version=0) == in_place
    assert state_root([(b"\xab", LONG)], version=1) == hashed


def test_a_value_of_32_bytes_stands_in_its_node_in_both_versions() -> None:
    pairs = [(b"\xab", LONG[:32])]

    assert state_root(pairs, version=0) == state_root(pairs, version=1)


def test_a_key_that_is_a_prefix_of_another_is_a_branch_with_a_value() -> None:
    child = bytes.fromhex("41 02 04 62")  # a leaf: nibble 2, value "b"

    root = state_root([(b"\x11", b"a"), (b"\x11\x12", b"b")])

    assert root == blake2_256(bytes.fromhex("c2 11 0200 04 61") + bytes([len(child) << 2]) + child)


def test_the_order_of_the_pairs_does_not_matter() -> None:
    pairs = [(bytes([n]), bytes([n]) * n) for n in range(100)]

    assert state_root(pairs) == state_root(reversed(pairs))


def test_a_list_has_the_compact_indices_as_keys() -> None:
    items = [bytes([n % 256]) * 40 for n in range(70)]

    assert ordered_root(items) == state_root(
        [(bytes([n << 2]) if n < 64 else bytes([(n << 2 | 1) & 255, n >> 6]), item) for n, item in enumerate(items)], 0
    )
