"""One batch of changes applied to a trie: every branch on the way is rebuilt, encoded and hashed once.

The changes are sorted, so those below one node stand side by side, and a range of indices `lo, hi` names them all. A
method here gives the node that takes the old one's place: the very same object where nothing changed, None where
nothing is left, else a new node without a reference. Only its parent knows where it comes to stand, for a branch that
is left with one child merges into it; so it is the parent that exchanges the two: it lists the old one as removed, and
encodes and hashes the new one.
"""

from __future__ import annotations

from binascii import hexlify, unhexlify
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from operator import itemgetter
from typing import TYPE_CHECKING

from chain.hashing import blake2_256
from chain.scale.compact import encode_compact
from chain.trie.nibbles import HEX_TO_NIBBLES, NIBBLE, NIBBLES_TO_HEX, common_length
from chain.trie.node import EMPTY_ROOT, HASHED_VALUE_LENGTH, REFERENCE_LENGTH, Branch, Leaf, Node, node_key, value_key

if TYPE_CHECKING:
    from chain.trie.tree import Trie

Item = tuple[bytes, bytes | None, bytes | None]
"""A path, and the value and its hash as they stand in a node."""
Change = tuple[int, Node | None, bytes]
"""A child's number, what becomes of the child, and some path through it."""

NO_NODES: list[Node | None] = [None] * 16

_path = itemgetter(0)


class Update:
    """The work of one `Trie.update`; used once."""

    __slots__ = ("_hashed", "_keys", "_paths", "_trie", "_values", "inserted", "removed")

    def __init__(self, trie: Trie, changes: Mapping[bytes, bytes | None]) -> None:
        self._trie = trie
        self._hashed = HASHED_VALUE_LENGTH if trie.version == 1 else 1 << 62
        self._keys = sorted(changes)
        self._paths = [hexlify(key).translate(HEX_TO_NIBBLES) for key in self._keys]
        self._values = [changes[key] for key in self._keys]
        self.inserted: dict[bytes, bytes] = {}
        self.removed: list[bytes] = []

    def apply(self) -> tuple[Node | None, bytes]:
        """Apply the changes; give the new top node and the new root hash."""
        trie, count = self._trie, len(self._keys)
        old = new = trie.top()
        if old is not None and count:
            new = self._apply(old, 0, 0, count)
        elif items := self._items(range(count)):
            new = self._build(items, 0)
        if new is old:
            return old, trie.root
        if old is not None:
            self.removed.append(node_key(b"", trie.root))
        if new is None:
            return None, EMPTY_ROOT
        encoding = new.encode()
        root = blake2_256(encoding)  # the root is hashed however short it is
        new.reference = b"\x80" + root
        self.inserted[node_key(b"", root)] = encoding
        return new, root

    def _apply(self, node: Node, at: int, lo: int, hi: int) -> Node | None:
        """What becomes of the node below the first `at` nibbles."""
        return self._apply_to_leaf(node, at, lo, hi) if type(node) is Leaf else self._apply_to_branch(node, at, lo, hi)

    def _apply_to_leaf(self, leaf: Node, at: int, lo: int, hi: int) -> Node | None:
        path = self._paths[lo]
        if hi - lo == 1 and path[at:] == leaf.partial:
            value, value_hash, same = self._replace_value(leaf, lo)
            if same:
                return leaf
            return None if value is None else Leaf(leaf.partial, value, value_hash)
        own, own_index = path[:at] + leaf.partial, None
        for index in range(lo, hi):
            if self._paths[index] == own:
                own_index = index
        value, value_hash, same = leaf.value, leaf.value_hash, True
        if own_index is not None:
            value, value_hash, same = self._replace_value(leaf, own_index)
        items = self._items(index for index in range(lo, hi) if index != own_index)
        if not items and same:
            return leaf
        if value is not None or value_hash is not None:
            items.append((own, value, value_hash))
            items.sort(key=_path)
        return self._build(items, at) if items else None

    def _apply_to_branch(self, branch: Branch, at: int, lo: int, hi: int) -> Node | None:
        paths = self._paths
        if branch.partial:
            # the paths are sorted: where the first and the last pass the partial key, so do all between
            if not (paths[lo].startswith(branch.partial, at) and paths[hi - 1].startswith(branch.partial, at)):
                return self._apply_aside(branch, at, lo, hi)
            at += len(branch.partial)
        value, value_hash, same = branch.value, branch.value_hash, True
        index = lo
        if len(paths[lo]) == at:
            value, value_hash, same = self._replace_value(branch, lo)
            index += 1
        changed: list[Change] = []
        grown = shrunk = False
        references, nodes = branch.references, branch.nodes
        while index < hi:
            path = paths[index]
            nibble = path[at]
            end = index + 1
            while end < hi and paths[end][at] == nibble:
                end += 1
            if references[nibble]:
                old = nodes[nibble] or self._trie.load(branch, nibble, path[: at + 1])
                new = self._apply(old, at + 1, index, end)
                if new is not old:
                    changed.append((nibble, new, path))
                    if new is None:
                        shrunk = True
            elif items := self._items(range(index, end)):
                changed.append((nibble, self._build(items, at + 1), path))
                grown = True
            index = end
        if same:
            if not changed:
                return branch
        elif value is None:
            shrunk = True
        if shrunk and (merged := self._merge(branch, paths[lo][:at], changed, value, value_hash)) is not branch:
            return merged
        references, nodes = references.copy(), nodes.copy()
        for nibble, new, path in changed:
            nodes[nibble] = new
            references[nibble] = self._exchange(references[nibble], new, path[: at + 1])
        return Branch(
            branch.partial, value, value_hash, references, nodes, b"" if grown or shrunk or not same else branch.head
        )

    def _apply_aside(self, branch: Branch, at: int, lo: int, hi: int) -> Node | None:
        """Changes of which some miss the branch's partial key: insertions there put a new branch above it."""
        paths, partial = self._paths, branch.partial
        fork = at + len(partial)
        for index in range(lo, hi):
            if self._values[index] is not None:
                fork = min(fork, at + common_length(partial, paths[index][at:]))
        shared = partial[: fork - at]
        # deletions that miss the new branch too miss everything; the rest is still one range
        inside = [index for index in range(lo, hi) if paths[index].startswith(shared, at)]
        if not inside:
            return branch
        lo, hi = inside[0], inside[-1] + 1
        if len(shared) == len(partial):
            return self._apply_to_branch(branch, at, lo, hi)
        own = partial[len(shared)]
        lower = Branch(partial[len(shared) + 1 :], branch.value, branch.value_hash, branch.references, branch.nodes)
        below = [index for index in range(lo, hi) if paths[index][fork : fork + 1] == NIBBLE[own]]
        lowered = self._apply_to_branch(lower, fork + 1, below[0], below[-1] + 1) if below else lower
        items = self._items(index for index in range(lo, hi) if paths[index][fork : fork + 1] != NIBBLE[own])
        return self._fork(items, at, fork, (own, lowered)) if lowered is not None else self._build(items, at)

    def _merge(
        self, branch: Branch, path: bytes, changed: list[Change], value: bytes | None, value_hash: bytes | None
    ) -> Node | None:
        """What becomes of a branch that lost a child or its value: itself where it still forks, after `path`."""
        nodes, present = branch.nodes.copy(), [bool(reference) for reference in branch.references]
        for nibble, new, _ in changed:
            nodes[nibble], present[nibble] = new, new is not None
        has_value = value is not None or value_hash is not None
        left = [nibble for nibble in range(16) if present[nibble]]
        if len(left) + has_value > 1:
            return branch
        for nibble, _, _ in changed:
            self._exchange(branch.references[nibble], None, path + NIBBLE[nibble])
        if not left:
            return Leaf(branch.partial, value, value_hash) if has_value else None
        [nibble] = left
        child = nodes[nibble]
        if all(nibble != changed_nibble for changed_nibble, _, _ in changed):
            child = self._trie.load(branch, nibble, path + NIBBLE[nibble])
            self._exchange(child.reference, None, path + NIBBLE[nibble])
        assert child is not None, "the child that is left is loaded"
        partial = branch.partial + NIBBLE[nibble] + child.partial
        if type(child) is Leaf:
            return Leaf(partial, child.value, child.value_hash)
        return Branch(partial, child.value, child.value_hash, child.references, child.nodes)

    def _build(self, items: list[Item], at: int) -> Node:
        """A new subtree of sorted items, whose paths agree on the first `at` nibbles."""
        first, value, value_hash = items[0]
        if len(items) == 1:
            return Leaf(first[at:], value, value_hash)
        return self._fork(items, at, at + common_length(first, items[-1][0], at))

    def _fork(self, items: list[Item], at: int, fork: int, besides: tuple[int, Node] | None = None) -> Branch:
        """A new branch whose children part at nibble `fork`: a subtree for each run of items, and perhaps one more."""
        value = value_hash = None
        above = items[0][0][:fork]
        index, end = 0, len(items)
        if len(items[0][0]) == fork:
            _, value, value_hash = items[0]
            index = 1
        children = [besides] if besides else []
        while index < end:
            start, nibble = index, items[index][0][fork]
            while index < end and items[index][0][fork] == nibble:
                index += 1
            children.append((nibble, self._build(items[start:index], fork + 1)))
        references, nodes = [b""] * 16, NO_NODES.copy()
        for nibble, node in children:
            nodes[nibble] = node
            references[nibble] = self._exchange(b"", node, above + NIBBLE[nibble])
        return Branch(above[at:], value, value_hash, references, nodes)

    def _exchange(self, old: bytes, new: Node | None, path: bytes) -> bytes:
        """Seal a node, `path` being above it, in exchange for the one that `old` refers to; give its reference."""
        digits = path.translate(NIBBLES_TO_HEX)
        # place_of, spelled out: this is the hot path
        place = unhexlify(b"1" + digits if len(path) & 1 else b"00" + digits)
        if len(old) == REFERENCE_LENGTH:
            self.removed.append(place + old[1:])
        if new is None:
            return b""
        encoding = new.encode()
        length = len(encoding)
        if length < 32:
            new.reference = encode_compact(length) + encoding
        else:
            hash_ = blake2b(encoding, digest_size=32).digest()
            self.inserted[place + hash_] = encoding
            new.reference = b"\x80" + hash_
        return new.reference

    def _items(self, indices: Iterable[int]) -> list[Item]:
        """The insertions among some changes, their values stored where those are long."""
        items: list[Item] = []
        for index in indices:
            value = self._values[index]
            if value is not None:
                value_hash = None
                if len(value) >= self._hashed:
                    value_hash = blake2_256(value)
                    self.inserted[value_key(self._keys[index], value_hash)] = value
                items.append((self._paths[index], value, value_hash))
        return items

    def _replace_value(self, node: Node, index: int) -> tuple[bytes | None, bytes | None, bool]:
        """What a change makes of a node's value and its hash, and whether both stay the same."""
        value, old_hash = self._values[index], node.value_hash
        value_hash = None
        if value is not None and len(value) >= self._hashed:
            value_hash = blake2b(value, digest_size=32).digest()
            if value_hash == old_hash:
                return value, old_hash, True
            self.inserted[value_key(self._keys[index], value_hash)] = value
        elif old_hash is None and value == node.value:
            return value, None, True
        if old_hash is not None:
            self.removed.append(value_key(self._keys[index], old_hash))
        return value, value_hash, False
