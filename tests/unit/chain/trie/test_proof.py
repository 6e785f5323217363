"""Proofs that a stranger can check."""

from __future__ import annotations

import pytest

from chain.hashing import blake2_256
from chain.trie.node import EMPTY_ROOT
from chain.trie.proof import InvalidProof, read_proof, verify_proof
from chain.trie.root import state_root
from chain.trie.tree import Trie

PAIRS = {bytes([n, n * 7 % 256]) * (1 + n % 20): bytes([n]) * (n % 70) for n in range(200)}
TRIE = Trie.empty().update(PAIRS).trie
ABSENT = [b"", b"\x01", b"\x01\x07\x01", b"\xff" * 5, next(iter(PAIRS)) + b"\x00"]


def test_a_proof_gives_the_value_of_each_key_it_was_made_for() -> None:
    proof = read_proof(TRIE, PAIRS)

    assert {key: verify_proof(TRIE.root, proof, key) for key in PAIRS} == PAIRS


@pytest.mark.parametrize("key", [key for key in ABSENT if key not in PAIRS])
def test_a_proof_tells_that_a_key_is_absent(key: bytes) -> None:
    assert verify_proof(TRIE.root, read_proof(TRIE, [key]), key) is None


def test_a_proof_holds_only_the_nodes_on_the_way() -> None:
    [key] = [key for key, value in PAIRS.items() if value == b"\x45" * 69]

    assert len(read_proof(TRIE, [key])) <= 6
    assert PAIRS[key] in read_proof(TRIE, [key])


def test_an_empty_state_proves_that_nothing_is_there() -> None:
    proof = read_proof(Trie.empty(), [b"k"])

    assert proof == [b"\x00"]
    assert verify_proof(EMPTY_ROOT, proof, b"k") is None


def test_a_short_root_node_is_part_of_the_proof() -> None:
    trie = Trie.empty().update({b"k": b"v"}).trie

    assert verify_proof(trie.root, read_proof(trie, [b"k"]), b"k") == b"v"


def test_a_proof_without_one_of_its_entries_is_refused() -> None:
    key = b"\x45\xe3" * 10
    proof = read_proof(TRIE, [key])

    for n in range(len(proof)):
        with pytest.raises(InvalidProof):
            verify_proof(TRIE.root, proof[:n] + proof[n + 1 :], key)


def test_a_proof_with_a_stray_entry_is_refused() -> None:
    with pytest.raises(InvalidProof, match="does not commit"):
        verify_proof(TRIE.root, [*read_proof(TRIE, [b"k"]), b"stray"], b"k")


def test_a_proof_for_another_root_is_refused() -> None:
    with pytest.raises(InvalidProof, match="lacks"):
        verify_proof(state_root([]), read_proof(TRIE, [b"k"]), b"k")


def test_a_root_that_is_no_node_is_refused() -> None:
    with pytest.raises(InvalidProof, match="not a trie node"):
        verify_proof(blake2_256(b"\x01"), [b"\x01"], b"k")
