"""Codecs of values made of other values: vectors, arrays, tuples, options, results, maps, sets, bits."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

from chain.errors import DecodeError
from chain.scale.codec import Codec, Plan
from chain.scale.compact import decode_compact, encode_compact
from chain.scale.registry import FieldDef, TypeDef, TypeRegistry, VariantDef


def decode_length(data: bytes, at: int, min_size: int) -> tuple[int, int]:
    """A compact count of items of at least `min_size` bytes, checked against the bytes that remain.

    An item of no size is counted as one byte, so that a short input cannot announce work without end.
    """
    count, at = decode_compact(data, at)
    if count * (min_size or 1) > len(data) - at:
        raise DecodeError(f"{count} items announced, {len(data) - at} bytes remain")
    return count, at


def decode_items(codec: Codec, count: int, data: bytes, at: int) -> tuple[list[Any], int]:
    """`count` values of one codec, one behind the other."""
    items: list[Any] = []
    decode, append = codec.decode, items.append
    try:
        for _ in range(count):
            value, at = decode(data, at)
            append(value)
    except DecodeError as error:
        raise error.within(f"[{len(items)}]") from None
    return items, at


class VecCodec(Codec):
    """`Vec<T>` as a tuple; `limit` is the most items a bounded vector holds."""

    min_size = 1

    def __init__(self, item: Codec, limit: int | None = None) -> None:
        self.item, self.limit = item, limit

    def encode(self, value: tuple[Any, ...]) -> bytes:
        if self.limit is not None and len(value) > self.limit:
            raise OverflowError(f"{len(value)} items, at most {self.limit} are allowed")
        return encode_compact(len(value)) + b"".join(map(self.item.encode, value))

    def decode(self, data: bytes, at: int) -> tuple[tuple[Any, ...], int]:
        count, at = decode_length(data, at, self.item.min_size)
        if self.limit is not None and count > self.limit:
            raise DecodeError(f"{count} items, at most {self.limit} are allowed")
        items, at = decode_items(self.item, count, data, at)
        return tuple(items), at

    def ready(self) -> Codec:
        self.item.ready()
        return self

    def describe(self, types: TypeRegistry) -> TypeDef:
        return TypeDef.sequence(types.id_of(self.item))


class PackedCodec(Codec):
    """`Vec<T>` of items as wide as their least size, as the bytes of the items."""

    min_size = 1

    def __init__(self, item: Codec) -> None:
        self.item = item

    def encode(self, value: bytes) -> bytes:
        count, rest = divmod(len(value), self.item.min_size)
        if rest:
            raise ValueError(f"{len(value)} bytes are not a whole number of items of {self.item.min_size}")
        return encode_compact(count) + value

    def decode(self, data: bytes, at: int) -> tuple[bytes, int]:
        count, at = decode_length(data, at, self.item.min_size)
        end = at + count * self.item.min_size
        return data[at:end], end

    def describe(self, types: TypeRegistry) -> TypeDef:
        return TypeDef.sequence(types.id_of(self.item))


class ArrayCodec(Codec):
    """`[T; length]` as a tuple."""

    def __init__(self, item: Codec, length: int) -> None:
        self.item, self.length = item, length
        self.min_size = item.min_size * length

    def encode(self, value: tuple[Any, ...]) -> bytes:
        if len(value) != self.length:
            raise ValueError(f"expected {self.length} items, got {len(value)}")
        return b"".join(map(self.item.encode, value))

    def decode(self, data: bytes, at: int) -> tuple[tuple[Any, ...], int]:
        items, at = decode_items(self.item, self.length, data, at)
        return tuple(items), at

    def ready(self) -> Codec:
        self.item.ready()
        return self

    def describe(self, types: TypeRegistry) -> TypeDef:
        return TypeDef.array(self.length, types.id_of(self.item))


class TupleCodec(Codec):
    """A tuple of different types."""

    def __init__(self, items: tuple[Codec, ...]) -> None:
        self.items = items
        self.min_size = sum(item.min_size for item in items)
        plans = [item.plan for item in items]
        if items and all(plan is not None for plan in plans):
            self.plan = join_plans([plan for plan in plans if plan is not None])

    def encode(self, value: tuple[Any, ...]) -> bytes:
        if len(value) != len(self.items):
            raise ValueError(f"expected {len(self.items)} items, got {len(value)}")
        return b"".join([item.encode(v) for item, v in zip(self.items, value, strict=True)])

    def decode(self, data: bytes, at: int) -> tuple[tuple[Any, ...], int]:
        out: list[Any] = []
        try:
            for item in self.items:
                value, at = item.decode(data, at)
                out.append(value)
        except DecodeError as error:
            raise error.within(str(len(out))) from None
        return tuple(out), at

    def ready(self) -> Codec:
        for item in self.items:
            item.ready()
        return self

    def describe(self, types: TypeRegistry) -> TypeDef:
        return TypeDef.tuple(*map(types.id_of, self.items))


class UnitCodec(TupleCodec):
    """The empty tuple, in Python None."""

    def __init__(self) -> None:
        super().__init__(())

    def encode(self, value: Any) -> bytes:
        return b""

    def decode(self, data: bytes, at: int) -> tuple[Any, int]:
        return None, at


def join_plans(plans: list[Plan]) -> Plan:
    """The plan of a tuple of planned values."""

    def read(names: Any) -> str:
        parts, at = [], 0
        for plan in plans:
            parts.append(plan.read(names[at : at + plan.count]))
            at += plan.count
        return "(" + ", ".join(parts) + ",)"

    def write(value: str) -> list[str]:
        # the first argument also checks that there are no more items, and no fewer
        items = [f"{sized}({value})[0]", *(f"{value}[{n}]" for n in range(1, len(plans)))]
        return [arg for item, plan in zip(items, plans, strict=True) for arg in plan.write(item)]

    def check_size(value: tuple[Any, ...]) -> tuple[Any, ...]:
        if len(value) != len(plans):
            raise ValueError(f"expected {len(plans)} items, got {len(value)}")
        return value

    sized = f"sized_{len(plans)}"
    bound = {name: obj for plan in plans for name, obj in plan.names.items()} | {sized: check_size}
    size, count = sum(p.size for p in plans), sum(p.count for p in plans)
    return Plan("".join(p.format for p in plans), count, size, read, write, bound)


class OptionCodec(Codec):
    """`Option<T>`: None, or the value itself."""

    path = ("Option",)
    min_size = 1

    def __init__(self, inner: Codec) -> None:
        self.inner = inner
        self.params = (("T", inner),)

    def encode(self, value: Any) -> bytes:
        return b"\0" if value is None else b"\1" + self.inner.encode(value)

    def decode(self, data: bytes, at: int) -> tuple[Any, int]:
        flag = data[at] if at < len(data) else 2
        if flag == 0:
            return None, at + 1
        if flag == 1:
            return self.inner.decode(data, at + 1)
        raise DecodeError("an option begins with 0 or 1")

    def ready(self) -> Codec:
        self.inner.ready()
        return self

    def describe(self, types: TypeRegistry) -> TypeDef:
        some = FieldDef(None, types.id_of(self.inner))
        return TypeDef.variant(VariantDef("None", (), 0), VariantDef("Some", (some,), 1))


class MapCodec(Codec):
    """`BTreeMap<K, V>` as a read-only mapping; written in the order of its keys."""

    path = ("BTreeMap",)
    min_size = 1

    def __init__(self, key: Codec, value: Codec) -> None:
        self.sequence = VecCodec(TupleCodec((key, value)))
        self.params = (("K", key), ("V", value))

    def encode(self, value: Any) -> bytes:
        return self.sequence.encode(tuple(sorted(value.items())))

    def decode(self, data: bytes, at: int) -> tuple[Any, int]:
        pairs, at = self.sequence.decode(data, at)
        return MappingProxyType(dict(pairs)), at

    def ready(self) -> Codec:
        self.sequence.ready()
        return self

    def describe(self, types: TypeRegistry) -> TypeDef:
        return TypeDef.composite(FieldDef(None, types.id_of(self.sequence)))


class SetCodec(Codec):
    """`BTreeSet<T>` as a frozenset; written in the order of its items."""

    path = ("BTreeSet",)
    min_size = 1

    def __init__(self, item: Codec) -> None:
        self.sequence = VecCodec(item)
        self.params = (("T", item),)

    def encode(self, value: Any) -> bytes:
        return self.sequence.encode(tuple(sorted(value)))

    def decode(self, data: bytes, at: int) -> tuple[Any, int]:
        items, at = self.sequence.decode(data, at)
        return frozenset(items), at

    def ready(self) -> Codec:
        self.sequence.ready()
        return self

    def describe(self, types: TypeRegistry) -> TypeDef:
        return TypeDef.composite(FieldDef(None, types.id_of(self.sequence)))


class BitsCodec(Codec):
    """A bit sequence, least significant bit first, in bytes; as a tuple of bool.

    Source: bitvec::BitVec<u8, Lsb0>
    """

    min_size = 1

    def __init__(self, store: Codec) -> None:
        self.store, self.order = store, _OrderCodec()

    def encode(self, value: tuple[bool, ...]) -> bytes:
        digits = "".join("1" if bit else "0" for bit in reversed(value))
        return encode_compact(len(value)) + int(digits or "0", 2).to_bytes((len(value) + 7) // 8, "little")

    def decode(self, data: bytes, at: int) -> tuple[tuple[bool, ...], int]:
        count, at = decode_compact(data, at)
        end = at + (count + 7) // 8
        if end > len(data):
            raise DecodeError(f"{count} bits announced, {len(data) - at} bytes remain")
        bits = tuple(bool(byte >> n & 1) for byte in data[at:end] for n in range(8))
        return bits[:count], end

    def describe(self, types: TypeRegistry) -> TypeDef:
        return TypeDef.bit_sequence(types.id_of(self.store), types.id_of(self.order))


class _OrderCodec(Codec):
    """The marker type of the bit order in metadata."""

    path = ("bitvec", "order", "Lsb0")

    def describe(self, types: TypeRegistry) -> TypeDef:
        return TypeDef.composite()
