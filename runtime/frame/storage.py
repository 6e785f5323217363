"""Storage items: a value is an attribute, a map is a dict, and every change of state is a visible assignment."""

from __future__ import annotations

import typing
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import NoneType
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast, overload

from chain.hashing import blake2_128, blake2_256, twox_64, twox_128, twox_256
from chain.scale.codec import Codec
from chain.scale.hints import Codecs
from chain.state import State

if TYPE_CHECKING:
    from runtime.frame.pallet import Pallet

K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Hasher:
    """How a key becomes part of a storage key. `index` is the metadata's; `size` is the hash's length in bytes."""

    name: str
    index: int
    hash: Callable[[bytes], bytes]
    size: int
    reversible: bool


Blake2_128 = Hasher("Blake2_128", 0, blake2_128, 16, False)
Blake2_256 = Hasher("Blake2_256", 1, blake2_256, 32, False)
Blake2_128Concat = Hasher("Blake2_128Concat", 2, lambda key: blake2_128(key) + key, 16, True)
Twox128 = Hasher("Twox128", 3, twox_128, 16, False)
Twox256 = Hasher("Twox256", 4, twox_256, 32, False)
Twox64Concat = Hasher("Twox64Concat", 5, lambda key: twox_64(key) + key, 8, True)
Identity = Hasher("Identity", 6, lambda key: key, 0, True)


class _Missing:
    """The default of an item that has none."""


MISSING: Any = _Missing()

Decoded = dict[bytes, tuple[bytes, Any]]
"""What was read or written last, by storage key: the stored bytes, and the value while those very bytes are stored."""

MEMO_LIMIT = 8192
"""How many storage keys a map keeps so as not to hash them again."""


@dataclass(slots=True)
class Accessor:
    """A storage item in its place in a runtime: its prefix, its codecs, its default."""

    prefix: bytes
    keys: tuple[tuple[Codec, Hasher], ...]
    value: Codec
    default: Any
    optional: bool
    memo: dict[Any, bytes] = field(default_factory=dict)

    def key(self, *parts: Any) -> bytes:
        """The storage key under these parts; fewer parts than the map has give the prefix of what is under them."""
        if len(parts) > len(self.keys):
            raise TypeError(f"a key of {len(self.keys)} parts cannot have {len(parts)}")
        return self.prefix + b"".join(h.hash(c.encode(p)) for (c, h), p in zip(self.keys, parts, strict=False))

    def decode_key(self, key: bytes, skip: int = 0) -> Any:
        """The key that a storage key was made of, without its first `skip` parts."""
        at, parts = len(self.prefix), []
        for codec, hasher in self.keys:
            if not hasher.reversible:
                raise TypeError(f"{hasher.name} keys cannot be read back")
            value, at = codec.decode(key, at + hasher.size)
            parts.append(value)
        return parts[skip] if len(parts) - skip == 1 else tuple(parts[skip:])

    def default_bytes(self) -> bytes:
        """What the metadata gives clients for an absent value."""
        return b"\0" if self.optional else self.value.encode(self.default)


class StorageItem:
    """What value and map declarations have in common."""

    name: str
    hashers: tuple[Hasher, ...] = ()
    default: Any
    counted: Codec | None = None

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @property
    def hints(self) -> tuple[Any, ...]:
        """The type arguments of the declaration."""
        return typing.get_args(self.__orig_class__)  # type: ignore[attr-defined]

    def bind(self, prefix: bytes, codecs: Codecs, pallet: Any) -> Accessor:
        """This item in the pallet with storage prefix `prefix`; a callable default is given the pallet."""
        default = self.default
        if callable(default) and not isinstance(default, type):
            default = default(pallet)
        hint = self.hints[-1]
        optional = default is MISSING
        if optional and not self.hashers:
            (hint,) = (a for a in typing.get_args(hint) if a is not NoneType)
        keys: tuple[tuple[Codec, Hasher], ...] = ()
        if self.hashers:
            key = self.hints[0]
            parts = typing.get_args(key) if len(self.hashers) > 1 else (key,)
            keys = tuple((codecs.of(p), h) for p, h in zip(parts, self.hashers, strict=True))
        return Accessor(
            prefix + twox_128(self.name.encode()), keys, codecs.of(hint), None if optional else default, optional
        )


class StorageValue(StorageItem, Generic[V]):
    """One value, read and written like an attribute of the pallet.

    Without a default its type is `T | None`: it reads None while absent, and `del` or None removes it.
    """

    def __init__(self, *, default: V | Callable[[Any], V] = MISSING) -> None:
        self.default = default

    @overload
    def __get__(self, pallet: None, owner: type) -> StorageValue[V]: ...
    @overload
    def __get__(self, pallet: Pallet, owner: type) -> V: ...
    def __get__(self, pallet: Pallet | None, owner: type) -> Any:
        if pallet is None:
            return self
        accessor = pallet.accessors[self.name]
        raw = pallet.state.get(accessor.prefix)
        if raw is None:
            return accessor.default
        known = pallet.decoded.get(accessor.prefix)
        if known is None or known[0] is not raw:
            known = pallet.decoded[accessor.prefix] = (raw, accessor.value.decode(raw, 0)[0])
        return known[1]

    def __set__(self, pallet: Pallet, value: V) -> None:
        accessor = pallet.accessors[self.name]
        if value is None and accessor.optional:
            pallet.state.delete(accessor.prefix)
        else:
            raw = accessor.value.encode(value)
            pallet.state.set(accessor.prefix, raw)
            pallet.decoded[accessor.prefix] = (raw, value)

    def __delete__(self, pallet: Pallet) -> None:
        pallet.state.delete(pallet.accessors[self.name].prefix)


class StorageMap(StorageItem, Generic[K, V]):
    """Many values under typed keys, read and written like a dict; several hashers make a double or an n map.

    A missing key of a map without default raises KeyError; `get` gives None.
    """

    def __init__(self, *hashers: Hasher, default: V | Callable[[Any], V] = MISSING) -> None:
        self.hashers = hashers
        self.default = default

    @overload
    def __get__(self, pallet: None, owner: type) -> StorageMap[K, V]: ...
    @overload
    def __get__(self, pallet: Pallet, owner: type) -> BoundMap[K, V]: ...
    def __get__(self, pallet: Pallet | None, owner: type) -> Any:
        if pallet is None:
            return self
        bound: BoundMap[K, V] = BoundMap(pallet.accessors[self.name], pallet.state, pallet.decoded)
        pallet.__dict__[self.name] = bound
        return bound


class BoundMap(Generic[K, V]):
    """A storage map over one state."""

    __slots__ = ("_accessor", "_decode", "_decoded", "_encode", "_encode_key", "_hash", "_memo", "_prefix", "_state")

    def __init__(self, accessor: Accessor, state: State, decoded: Decoded) -> None:
        self._accessor, self._state, self._decoded = accessor, state, decoded
        self._prefix = accessor.prefix
        self._encode, self._decode = accessor.value.encode, accessor.value.decode
        if len(accessor.keys) == 1:
            codec, hasher = accessor.keys[0]
            self._encode_key, self._hash = codec.encode, hasher.hash
        self._memo = accessor.memo

    @property
    def prefix(self) -> bytes:
        """What all storage keys of the map begin with."""
        return self._prefix

    def key(self, key: K) -> bytes:
        """The storage key of `key`. The keys of a map are hashed once and kept, up to a bound."""
        found = self._memo.get(key)
        if found is None:
            if len(self._memo) >= MEMO_LIMIT:
                self._memo.clear()
            if len(self._accessor.keys) == 1:
                found = self._prefix + self._hash(self._encode_key(key))
            else:
                parts = cast(tuple[Any, ...], key)
                if len(parts) != len(self._accessor.keys):
                    raise TypeError(f"a key of {len(self._accessor.keys)} parts cannot have {len(parts)}")
                found = self._accessor.key(*parts)
            self._memo[key] = found
        return found

    def get(self, key: K) -> V | None:
        """The stored value, or None where nothing is stored, whatever the default."""
        raw = self._state.get(self.key(key))
        return None if raw is None else self._decode(raw, 0)[0]

    def __getitem__(self, key: K) -> V:
        stored = self.key(key)
        raw = self._state.get(stored)
        if raw is not None:
            known = self._decoded.get(stored)
            if known is None or known[0] is not raw:
                known = self._decoded[stored] = (raw, self._decode(raw, 0)[0])
            value: V = known[1]
            return value
        if self._accessor.optional:
            raise KeyError(key)
        default: V = self._accessor.default
        return default

    def __setitem__(self, key: K, value: V) -> None:
        stored, raw = self.key(key), self._encode(value)
        self._state.set(stored, raw)
        self._decoded[stored] = (raw, value)

    def __delitem__(self, key: K) -> None:
        self._state.delete(self.key(key))

    def __contains__(self, key: K) -> bool:
        return self._state.get(self.key(key)) is not None

    def __iter__(self) -> Iterator[K]:
        return self.keys()

    def append(self, key: K, item: bytes) -> None:
        """Add one encoded item to the vector under `key`."""
        self._state.append(self.key(key), item)

    def keys(self, *first: Any) -> Iterator[Any]:
        """The stored keys in the order of their storage keys; under the parts `first`, what follows those parts."""
        for raw in self._state.keys(self._accessor.key(*first)):
            yield self._accessor.decode_key(raw, len(first))

    def items(self, *first: Any) -> Iterator[tuple[Any, V]]:
        """Keys as `keys` gives them, with their values."""
        for raw in self._state.keys(self._accessor.key(*first)):
            stored = self._state.get(raw)
            if stored is not None:
                yield self._accessor.decode_key(raw, len(first)), self._decode(stored, 0)[0]

    def values(self, *first: Any) -> Iterator[V]:
        """The stored values in the order of their storage keys."""
        for raw in self._state.keys(self._accessor.key(*first)):
            stored = self._state.get(raw)
            if stored is not None:
                yield self._decode(stored, 0)[0]

    def clear(self, *first: Any, limit: int | None = None) -> int:
        """Remove everything under the parts `first` (of all the map without any), and say how much that was."""
        return self._state.clear_prefix(self._accessor.key(*first), limit)


class Constant(Generic[V]):
    """A value fixed by the runtime, published in the metadata; a runtime's preset may replace it."""

    name: str

    def __init__(self, value: V) -> None:
        self.value = value

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @property
    def hint(self) -> Any:
        """The type argument of the declaration."""
        return typing.get_args(self.__orig_class__)[0]  # type: ignore[attr-defined]

    # no __set__: the value that the runtime puts into the instance's dict comes first
    def __get__(self, pallet: Any, owner: type) -> V:
        return self.value


class Setting(Constant[V]):
    """A constant that the metadata does not show, since the chain has it in its code only."""
