"""The root of a trie in closed form: slow, obvious, and the oracle that the incremental trie is held against.

It keeps nothing: it sorts the pairs, splits them by their next nibble, and encodes what it finds.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from chain.hashing import blake2_256
from chain.scale.compact import encode_compact
from chain.trie.nibbles import common_length, unpack
from chain.trie.node import EMPTY_ROOT, HASHED_VALUE_LENGTH, Branch, Leaf, reference_to


def state_root(pairs: Iterable[tuple[bytes, bytes]], version: int = 1) -> bytes:
    """The root hash of the trie that holds just these pairs, in either state version."""
    items = sorted((unpack(key), value) for key, value in dict(pairs).items())
    return blake2_256(_encode(items, 0, version)) if items else EMPTY_ROOT


def ordered_root(items: Sequence[bytes], version: int = 0) -> bytes:
    """The root hash of a list, its keys being the compact indices: the `extrinsicsRoot` of a header."""
    return state_root(((encode_compact(n), item) for n, item in enumerate(items)), version)


def _encode(items: list[tuple[bytes, bytes]], at: int, version: int) -> bytes:
    """The encoding of the node that holds the sorted items, whose paths agree on their first `at` nibbles."""
    first, last = items[0][0], items[-1][0]
    if len(items) == 1:
        return Leaf(first[at:], *_stored(items[0][1], version)).encode()
    fork = at + common_length(first, last, at)
    value, value_hash = _stored(items[0][1], version) if len(first) == fork else (None, None)
    references = [b""] * 16
    longer = items[1:] if len(first) == fork else items
    for nibble, below in groupby(longer, key=lambda item: item[0][fork]):
        references[nibble] = reference_to(_encode(list(below), fork + 1, version))
    return Branch(first[at:fork], value, value_hash, references, []).encode()


def _stored(value: bytes, version: int) -> tuple[bytes, bytes | None]:
    """A value, and its hash where the node holds only that."""
    return value, blake2_256(value) if version == 1 and len(value) >= HASHED_VALUE_LENGTH else None
