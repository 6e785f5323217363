"""Proofs of what a state holds: the few nodes between its root and a key, which anybody can check without the state.

Source: sp_trie::StorageProof, what `state_getReadProof` returns.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from chain.errors import ChainError, DecodeError
from chain.hashing import blake2_256
from chain.trie.nibbles import unpack
from chain.trie.node import EMPTY_NODE, EMPTY_ROOT, REFERENCE_LENGTH, Branch, Node, decode_node
from chain.trie.tree import Trie


class InvalidProof(ChainError):
    """A proof that lacks a node, or holds one that the root does not commit to."""


def read_proof(trie: Trie, keys: Iterable[bytes]) -> list[bytes]:
    """The nodes that a read of the keys passes, and the values stored on their own, sorted and each once.

    It proves the absence of a key that is not there as well. Inlined nodes stand in their parents.
    """
    if trie.root == EMPTY_ROOT:
        return [EMPTY_NODE]
    entries = set()
    for key in keys:
        path, length = unpack(key), 0
        for node in trie.trace(key):
            if len(node.reference) == REFERENCE_LENGTH:
                entries.add(node.encode())
            length += len(node.partial) + 1
        # the last node of the trace holds the key only if the whole path led to it
        if length - 1 == len(path) and path.endswith(node.partial) and node.value_hash is not None:
            value = trie.load_value(node, key)
            assert value is not None, "a value hash stands for a value"
            entries.add(value)
    return sorted(entries)


def verify_proof(root: bytes, proof: Sequence[bytes], key: bytes) -> bytes | None:
    """The value of a key, or None for one that is proven absent. Needs nothing but the root, from a source one trusts.

    Raises: InvalidProof where an entry is missing, malformed, or not committed to by the root.
    """
    entries = {blake2_256(entry): entry for entry in proof}
    try:
        _refuse_strays(entries, root)
        return _read(entries, root, unpack(key))
    except DecodeError as error:
        raise InvalidProof(f"a proof entry is not a trie node: {error}") from error


def _read(entries: dict[bytes, bytes], root: bytes, path: bytes) -> bytes | None:
    node, at = decode_node(_entry(entries, root)), 0
    while node is not None:
        rest = path[at:]
        if not rest.startswith(node.partial):
            return None
        at += len(node.partial)
        if at == len(path):
            return _entry(entries, node.value_hash) if node.value_hash is not None else node.value
        if not isinstance(node, Branch):
            return None
        node, at = _child(entries, node.references[path[at]]), at + 1
    return None


def _child(entries: dict[bytes, bytes], reference: bytes) -> Node | None:
    if not reference:
        return None
    data = reference[1:]
    return decode_node(_entry(entries, data) if len(reference) == REFERENCE_LENGTH else data)


def _entry(entries: dict[bytes, bytes], hash_: bytes) -> bytes:
    if hash_ not in entries:
        raise InvalidProof(f"the proof lacks the entry with hash 0x{hash_.hex()}")
    return entries[hash_]


def _refuse_strays(entries: dict[bytes, bytes], root: bytes) -> None:
    """Every entry must hang on the root: so that not one byte of a proof can be changed unnoticed."""
    reached = set()
    pending = [decode_node(_entry(entries, root))]
    reached.add(root)
    while pending:
        node = pending.pop()
        if node is None:
            continue
        if node.value_hash in entries:
            reached.add(node.value_hash)
        if isinstance(node, Branch):
            for reference in filter(None, node.references):
                hash_ = reference[1:]
                if len(reference) < REFERENCE_LENGTH:
                    pending.append(decode_node(hash_))
                elif hash_ in entries and hash_ not in reached:
                    reached.add(hash_)
                    pending.append(decode_node(entries[hash_]))
    if len(reached) < len(entries):
        raise InvalidProof("the proof holds an entry that the root does not commit to")
