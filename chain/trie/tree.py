"""The trie of one state: loaded node by node as it is read, never changed, cheap to derive the next state from.

`update` gives a new trie that shares every untouched node with the old one, and the two lists that a database needs:
what to write, and what nothing of the new state points to any more. A trie keeps the nodes it has loaded; once the
database holds them all (`mark_saved`) it drops them when they grow beyond `capacity`, and reads them again when needed.
"""

from __future__ import annotations

import sys
from binascii import hexlify
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from chain.errors import DatabaseError, DecodeError, StateDiscarded
from chain.hashing import blake2_256
from chain.trie.nibbles import HEX_TO_NIBBLES, NIBBLE, pack, unpack
from chain.trie.node import EMPTY_ROOT, REFERENCE_LENGTH, Branch, Leaf, Node, decode_node, node_key, value_key
from chain.trie.update import Update

CAPACITY = 300_000
"""How many loaded nodes a saved trie keeps by default; a node takes about half a kilobyte."""


@dataclass(frozen=True, slots=True)
class Commit:
    """What one update makes of a trie.

    Invariant: entries reachable from the new root = those reachable from the old one, less `removed`, plus `inserted`.
    """

    trie: Trie
    inserted: dict[bytes, bytes]
    removed: list[bytes]

    @property
    def root(self) -> bytes:
        """The root hash of the new trie."""
        return self.trie.root


class Trie:
    """One state as a mapping of bytes in the order of its keys. The object never changes; only its cache does."""

    __slots__ = ("_capacity", "_loaded", "_nodes", "_saved", "_top", "root", "version")

    def __init__(
        self, nodes: Callable[[bytes], bytes | None], root: bytes, version: int = 1, capacity: int = CAPACITY
    ) -> None:
        self._nodes = nodes
        self.root = root
        self.version = version
        self._top: Node | None = None
        self._loaded = 0
        self._capacity = capacity
        self._saved = True

    @classmethod
    def empty(cls, nodes: Callable[[bytes], bytes | None] = lambda key: None, version: int = 1) -> Trie:
        """The trie without any key."""
        return cls(nodes, EMPTY_ROOT, version)

    @property
    def loaded(self) -> int:
        """About how many nodes the trie holds in memory."""
        return self._loaded

    def forget(self) -> None:
        """Drop the nodes in memory; they are loaded again when read. Only for a trie that the database holds."""
        self._top = None
        self._loaded = 0

    def mark_saved(self) -> None:
        """Tell the trie that the database holds all its nodes, so that from now on it keeps within its capacity."""
        self._saved = True
        if self._loaded > self._capacity:
            self.forget()

    def get(self, key: bytes) -> bytes | None:
        """The value of a key. Raises: StateDiscarded, DatabaseError."""
        node = self._top or self._open()
        path = hexlify(key).translate(HEX_TO_NIBBLES)
        at = 0
        while node is not None:
            partial = node.partial
            if type(node) is Leaf:
                if path[at:] != partial:
                    return None
                value = node.value
                return value if value is not None else self.load_value(node, key)
            assert type(node) is Branch
            if partial:
                if not path.startswith(partial, at):
                    return None
                at += len(partial)
            if at == len(path):
                value = node.value
                return value if value is not None else self.load_value(node, key)
            nibble = path[at]
            at += 1
            child = node.nodes[nibble]
            if child is None:
                if not node.references[nibble]:
                    return None
                child = self.load(node, nibble, path[:at])
            node = child
        return None

    def next_key(self, key: bytes) -> bytes | None:
        """The first key that is strictly greater, or None."""
        for path, _ in self._walk(unpack(key), strict=True):
            return pack(path)
        return None

    def keys(self, prefix: bytes = b"", after: bytes | None = None) -> Iterator[bytes]:
        """The keys that start with `prefix`, in order; with `after`, those strictly greater than it."""
        for key, _ in self._range(prefix, after):
            yield key

    def items(self, prefix: bytes = b"", after: bytes | None = None) -> Iterator[tuple[bytes, bytes]]:
        """The keys that start with `prefix` and their values, in order; with `after`, those strictly greater."""
        for key, node in self._range(prefix, after):
            value = node.value if node.value is not None else self.load_value(node, key)
            assert value is not None, "a walk stops only where a key ends"
            yield key, value

    def trace(self, key: bytes) -> Iterator[Node]:
        """The nodes that a read of the key passes, from the root down."""
        node, path, at = self._top or self._open(), unpack(key), 0
        while node is not None:
            yield node
            at += len(node.partial)
            if type(node) is Leaf or at >= len(path) or not path.startswith(node.partial, at - len(node.partial)):
                return
            node, at = self.load(node, path[at], path[: at + 1]) if node.references[path[at]] else None, at + 1

    def closest_descendant(self, key: bytes) -> Node | None:
        """The highest node whose path begins with the key: at it, or the first below it; None where there is none."""
        node, path = self._top or self._open(), unpack(key)
        at = 0
        while node is not None and not node.partial.startswith(path[at:]):
            if type(node) is Leaf or not path.startswith(node.partial, at):
                return None
            at += len(node.partial) + 1
            node = self.load(node, path[at - 1], path[:at]) if node.references[path[at - 1]] else None
        return node

    def update(self, changes: Mapping[bytes, bytes | None]) -> Commit:
        """The trie after some changes, None being a deletion. This one stays as it is, and readable."""
        update = Update(self, changes)
        try:
            top, root = update.apply()
        except RecursionError:
            update = Update(self, changes)
            with _room_for(max(map(len, changes))):
                top, root = update.apply()
        if root == self.root:
            return Commit(self, {}, [])
        trie = Trie(self._nodes, root, self.version, self._capacity)
        trie._top = top
        trie._loaded = max(0, self._loaded + len(update.inserted) - len(update.removed))
        trie._saved = False
        return Commit(trie, update.inserted, update.removed)

    def top(self) -> Node | None:
        """The top node; None where the trie is empty. Raises: StateDiscarded."""
        return self._top or self._open()

    def load(self, parent: Branch, nibble: int, path: bytes) -> Node:
        """The child of a branch, `path` being the nibbles above it. Raises: DatabaseError where it is lost."""
        node = parent.nodes[nibble]
        if node is None:
            reference = parent.references[nibble]
            node = self._decode(path, reference)
            node.reference = reference
            parent.nodes[nibble] = node
            self._loaded += 1
            if self._loaded > self._capacity and self._saved:
                self.forget()  # whoever is on the way down holds the nodes it still needs
        return node

    def load_value(self, node: Node, key: bytes) -> bytes | None:
        """The value at a node that ends the key, fetched if it is stored on its own; None for a branch without one."""
        if node.value is None and node.value_hash is not None:
            node.value = self._fetch(value_key(key, node.value_hash), node.value_hash)
        return node.value

    def _open(self) -> Node | None:
        if self.root == EMPTY_ROOT:
            return None
        if self._nodes(node_key(b"", self.root)) is None:
            raise StateDiscarded(f"the state with root 0x{self.root.hex()} is not stored")
        self._top = self._decode(b"", b"\x80" + self.root)
        self._top.reference = b"\x80" + self.root
        self._loaded += 1
        return self._top

    def _decode(self, path: bytes, reference: bytes) -> Node:
        hash_ = reference[1:]
        data = self._fetch(node_key(path, hash_), hash_) if len(reference) == REFERENCE_LENGTH else hash_
        try:
            node = decode_node(data)
        except DecodeError as error:
            raise DatabaseError(f"corrupt state: trie node 0x{hash_.hex()}: {error}") from error
        if node is None:
            raise DatabaseError("corrupt state: an empty node inside a trie")
        return node

    def _fetch(self, key: bytes, hash_: bytes) -> bytes:
        data = self._nodes(key)
        if data is None:
            raise DatabaseError(f"corrupt state: entry 0x{hash_.hex()} of the trie 0x{self.root.hex()} is missing")
        if blake2_256(data) != hash_:
            raise DatabaseError(f"corrupt state: entry 0x{hash_.hex()} does not have that hash")
        return data

    def _range(self, prefix: bytes, after: bytes | None) -> Iterator[tuple[bytes, Node]]:
        if prefix and self.closest_descendant(prefix) is None:  # as it often is, and this is soon known
            return
        strict = after is not None and after >= prefix
        start = after if after is not None and strict else prefix
        for path, node in self._walk(unpack(start), strict):
            key = pack(path)
            if not key.startswith(prefix):
                return
            yield key, node

    def _walk(self, start: bytes, strict: bool) -> Iterator[tuple[bytes, Node]]:
        """The nodes at which a key ends and their paths, in order, from a path on (`strict`: behind it)."""
        node, above = self._top or self._open(), b""
        stack: list[tuple[Branch, bytes, int]] = []  # branches on the way, their paths, the next child to visit
        seeking = True  # while the path so far is a prefix of `start`
        while True:
            if node is not None:
                path = above + node.partial
                first = 0
                ends = type(node) is Leaf or node.has_value
                if seeking:
                    if start.startswith(path):
                        if len(path) < len(start):
                            ends, first = False, start[len(path)]
                        else:
                            ends, seeking = ends and not strict, False
                    else:
                        seeking = False
                        if path < start:
                            ends, first = False, 16
                if ends:
                    yield path, node
                if type(node) is Branch and first < 16:
                    stack.append((node, path, first))
                else:
                    seeking = False
            if not stack:
                return
            branch, path, nibble = stack.pop()
            references = branch.references
            sought = nibble if seeking else -1
            while nibble < 16 and not references[nibble]:
                nibble += 1
            seeking = nibble == sought
            if nibble == 16:
                node = None
                continue
            if nibble < 15:
                stack.append((branch, path, nibble + 1))
            above = path + NIBBLE[nibble]
            node = branch.nodes[nibble] or self.load(branch, nibble, above)


@contextmanager
def _room_for(key_length: int) -> Iterator[None]:
    """Let an update descend as deep as keys of that length can fork: hundreds of keys may be prefixes of each other.

    Calls between Python functions take no room on the machine's stack, so the limit may be raised.
    """
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(limit + 6 * key_length + 100)
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)
