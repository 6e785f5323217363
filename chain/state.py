"""What a runtime reads and writes while it executes a block: layers of pending writes over a state that never changes.

The newest value of each key stands in one dict, so a read costs the same at any depth. What a layer must put back when
it fails is kept beside it: for each key that it wrote, the value before.

Source: sp_state_machine::OverlayedChanges.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator
from types import TracebackType
from typing import Final, Literal, NamedTuple, Protocol

from chain.errors import DecodeError
from chain.scale.compact import decode_compact, encode_compact
from chain.trie.tree import Commit, Trie


class Base(Protocol):
    """What a state stands on: a trie, or another state."""

    def get(self, key: bytes) -> bytes | None:
        """The value of a key, or None."""

    def next_key(self, key: bytes) -> bytes | None:
        """The first key that is strictly greater, or None."""

    def keys(self, prefix: bytes = b"") -> Iterator[bytes]:
        """The keys that start with `prefix`, in order."""


class _Unknown:
    """The value of a key that was not read or written yet."""


_UNKNOWN: Final = _Unknown()


class _Vector:
    """A SCALE vector that grows: how many items, and their bytes. It is turned into a value only when it is read."""

    __slots__ = ("body", "count")

    def __init__(self, count: int, body: bytes) -> None:
        self.count = count
        self.body = bytearray(body)

    @classmethod
    def of(cls, value: bytes | None) -> _Vector:
        """The vector that a stored value is; an empty one where there is none, or something else is stored."""
        try:
            count, start = decode_compact(value or b"\x00", 0)
        except DecodeError:
            return cls(0, b"")
        return cls(count, value[start:] if value else b"")

    def encode(self) -> bytes:
        """The stored value."""
        return encode_compact(self.count) + self.body


class _Length(NamedTuple):
    """How long a vector was when a layer first wrote to it: enough to undo every append."""

    vector: _Vector
    items: int
    size: int


_Undo = dict[bytes, bytes | _Unknown | _Length | None]
"""What the keys held before a layer wrote them."""


class _Transaction:
    """One object for all transactions of a state: entering and leaving cost a list operation each."""

    __slots__ = ("_state",)

    def __init__(self, state: State) -> None:
        self._state = state

    def __enter__(self) -> None:
        self._state._begin()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> Literal[False]:
        if kind is None:
            self._state._keep()
        else:
            self._state._undo_layer()
        return False


class State:
    """The storage of one block in the making.

    Invariant: a transaction that raises leaves every key as it was.
    """

    __slots__ = (
        "_base",
        "_commit",
        "_fresh",
        "_known",
        "_layers",
        "_sorted",
        "_transaction",
        "_undo",
        "_values",
        "_vectors",
    )

    def __init__(self, base: Base) -> None:
        self._transaction = _Transaction(self)
        self.move_to(base)

    def move_to(self, base: Base) -> None:
        """Stand on another base, with nothing read or written yet."""
        self._base = base
        self._values: dict[bytes, bytes | None] = {}  # the newest value of all keys that were read or written
        self._vectors: dict[bytes, _Vector] = {}  # those that grew since they were read; these go before `_values`
        self._undo: _Undo = {}  # of the top layer; at depth 0 its keys are all that the block wrote
        self._layers: list[_Undo] = []  # those of the layers below, lowest first
        self._known: set[bytes] = set()  # all keys written so far, and perhaps some whose writing was undone
        self._sorted: list[bytes] = []  # the same in their order, but for those that are fresh
        self._fresh: list[bytes] = []
        self._commit: Commit | None = None

    @classmethod
    def empty(cls, version: int = 1) -> State:
        """A state without any key below it: for genesis, and for unit tests."""
        return cls(Trie.empty(version=version))

    @property
    def base(self) -> Base:
        """The state that this one stands on."""
        return self._base

    @property
    def depth(self) -> int:
        """How many transactions are open."""
        return len(self._layers)

    def get(self, key: bytes) -> bytes | None:
        """The value of a key, or None."""
        try:
            return self._values[key]
        except KeyError:
            return self._read(key)

    def set(self, key: bytes, value: bytes) -> None:
        """Write a value."""
        if key not in self._undo:
            self._remember(key)
        if key in self._vectors:
            del self._vectors[key]
        self._values[key] = value
        self._commit = None

    def delete(self, key: bytes) -> None:
        """Remove a key; it does no harm where there is none."""
        if key not in self._undo:
            self._remember(key)
        if key in self._vectors:
            del self._vectors[key]
        self._values[key] = None
        self._commit = None

    def append(self, key: bytes, item: bytes) -> None:
        """Add an encoded item to the SCALE vector at a key, in constant time however long it is.

        Where the stored value is not a vector, it becomes one with just that item.
        Source: sp_io::storage::append
        """
        vector = self._vectors.get(key)
        if vector is None:
            vector = _Vector.of(self.get(key))
            if key not in self._undo:
                self._remember(key)
            self._vectors[key] = vector
        elif key not in self._undo:
            self._remember(key)
        vector.count += 1
        vector.body += item
        self._values.pop(key, None)
        self._commit = None

    def next_key(self, key: bytes) -> bytes | None:
        """The first key that is strictly greater, or None."""
        below = self._base.next_key(key)
        while below is not None and self._is_deleted(below):
            below = self._base.next_key(below)
        above = self._next_written(key, b"")
        return above if below is None or (above is not None and above < below) else below

    def keys(self, prefix: bytes = b"") -> Iterator[bytes]:
        """The keys that start with `prefix`, in order.

        The state may be changed on the way: a key that is written ahead of the last one given will be given, one that
        is deleted ahead will not, and what happens behind has no effect.
        """
        base_keys = self._base.keys(prefix)
        below = next(base_keys, None)
        last: bytes | None = None
        while True:
            above = self._next_written(last, prefix)
            while below is not None and ((last is not None and below <= last) or self._is_deleted(below)):
                below = next(base_keys, None)
            if below is None and above is None:
                return
            last = below if above is None or (below is not None and below < above) else above
            assert last is not None, "one of the two is a key"
            yield last

    def clear_prefix(self, prefix: bytes, limit: int | None = None) -> int:
        """Delete the first `limit` keys that start with `prefix` (None: all), and tell how many."""
        count = 0
        if limit != 0:
            for key in self.keys(prefix):
                self.delete(key)
                count += 1
                if count == limit:
                    break
        return count

    def transaction(self) -> _Transaction:
        """A layer of writes for a `with` statement: kept where the body ends, dropped where it raises."""
        return self._transaction

    def changes(self) -> dict[bytes, bytes | None]:
        """The keys that were written and what they hold now, None where they were deleted. Only outside transactions.

        A key that was written back to what it was is among them.
        """
        if self._layers:
            raise RuntimeError("the changes of a state are known once its transactions have ended")
        return {key: self.get(key) for key in self._undo}

    def written(self, prefixes: tuple[bytes, ...]) -> list[bytes]:
        """The keys under any of these prefixes that were written, in the order in which they were first."""
        return [key for layer in (*self._layers, self._undo) for key in layer if key.startswith(prefixes)]

    def touched(self, prefix: bytes) -> bool:
        """Whether any key under a prefix was written, even if that was undone; if not, all of them are the base's."""
        self._sort()
        at = bisect_left(self._sorted, prefix)
        return at < len(self._sorted) and self._sorted[at].startswith(prefix)

    def original(self, key: bytes) -> bytes | None:
        """What a key held before the block. Only outside transactions."""
        before = self._undo.get(key, _UNKNOWN)
        return self._base.get(key) if isinstance(before, _Unknown | _Length) else before

    def commit(self) -> Commit:
        """The trie with the changes applied, and what a database needs of it. Only outside transactions."""
        if not isinstance(self._base, Trie):
            raise TypeError("only a state that stands on a trie has a root")
        changes = self.changes()
        if self._commit is None:
            self._commit = self._base.update(changes)
        return self._commit

    def root(self) -> bytes:
        """The root hash with the changes applied. Only outside transactions."""
        return self.commit().root

    def _read(self, key: bytes) -> bytes | None:
        vector = self._vectors.get(key)
        value = self._values[key] = self._base.get(key) if vector is None else vector.encode()
        return value

    def _remember(self, key: bytes) -> None:
        """Note what a key holds before the top layer's first write to it."""
        vector = self._vectors.get(key)
        if vector is None:
            self._undo[key] = self._values.get(key, _UNKNOWN)
        else:
            self._undo[key] = _Length(vector, vector.count, len(vector.body))
        if key not in self._known:
            self._known.add(key)
            self._fresh.append(key)

    def _begin(self) -> None:
        self._layers.append(self._undo)
        self._undo = {}

    def _keep(self) -> None:
        top, self._undo = self._undo, self._layers.pop()
        below = self._undo
        if not below:
            self._undo = top
            return
        for key, before in top.items():
            if key not in below:
                below[key] = before

    def _undo_layer(self) -> None:
        top, self._undo = self._undo, self._layers.pop()
        values, vectors = self._values, self._vectors
        for key, before in top.items():
            if isinstance(before, _Length):
                vector = vectors[key] = before.vector
                vector.count = before.items
                del vector.body[before.size :]
                values.pop(key, None)
                continue
            vectors.pop(key, None)
            if isinstance(before, _Unknown):
                values.pop(key, None)
            else:
                values[key] = before
        self._commit = None

    def _is_deleted(self, key: bytes) -> bool:
        """Whether a key of the base is gone."""
        return self._values.get(key, _UNKNOWN) is None

    def _next_written(self, key: bytes | None, prefix: bytes) -> bytes | None:
        """The first written key behind `key` that starts with `prefix` and still has a value."""
        self._sort()
        keys = self._sorted
        at = bisect_left(keys, prefix) if key is None else bisect_right(keys, key)
        while at < len(keys) and keys[at].startswith(prefix):
            if keys[at] in self._vectors or self.get(keys[at]) is not None:
                return keys[at]
            at += 1
        return None

    def _sort(self) -> None:
        if len(self._fresh) > 16:
            self._sorted = sorted(self._known)
        else:
            for key in self._fresh:
                insort(self._sorted, key)
        self._fresh.clear()
