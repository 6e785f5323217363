"""Codecs of numbers, booleans, compacts, text and bytes."""

from __future__ import annotations

from typing import Any

from chain.errors import DecodeError
from chain.scale.codec import Codec, Plan
from chain.scale.compact import decode_compact, encode_compact
from chain.scale.registry import FieldDef, TypeDef, TypeRegistry

_FORMATS = {(1, False): "B", (2, False): "H", (4, False): "I", (8, False): "Q"} | {
    (1, True): "b",
    (2, True): "h",
    (4, True): "i",
    (8, True): "q",
}


class IntCodec(Codec):
    """A little-endian integer of `size` bytes."""

    def __init__(self, size: int, signed: bool = False) -> None:
        self.size, self.signed, self.min_size = size, signed, size
        self.name = f"{'i' if signed else 'u'}{size * 8}"
        self.plan = self._make_plan()
        bits = size * 8
        self.bounds = (-(1 << bits - 1), (1 << bits - 1) - 1) if signed else (0, (1 << bits) - 1)

        def encode(value: int) -> bytes:
            return value.to_bytes(size, "little", signed=signed)

        def decode(data: bytes, at: int) -> tuple[int, int]:
            end = at + size
            if end > len(data):
                raise DecodeError(f"{self.name} needs {size} bytes, {max(0, len(data) - at)} remain")
            return int.from_bytes(data[at:end], "little", signed=signed), end

        self.encode, self.decode = encode, decode

    def _make_plan(self) -> Plan:
        size, signed = self.size, self.signed
        if (size, signed) in _FORMATS:
            return Plan(_FORMATS[size, signed], 1, size, lambda v: v[0], lambda x: [x])
        return Plan(
            f"{size}s",
            1,
            size,
            lambda v: f"from_bytes({v[0]}, 'little', signed={signed})",
            lambda x: [f"({x}).to_bytes({size}, 'little', signed={signed})"],
            {"from_bytes": int.from_bytes},
        )

    def describe(self, types: TypeRegistry) -> TypeDef:
        return TypeDef.primitive(self.name)


class BoolCodec(Codec):
    """One byte, 0 or 1."""

    min_size = 1
    plan = Plan("B", 1, 1, lambda v: f"BOOLS[{v[0]}]", lambda x: [f"1 if {x} else 0"], {"BOOLS": (False, True)})

    def encode(self, value: bool) -> bytes:
        return b"\1" if value else b"\0"

    def decode(self, data: bytes, at: int) -> tuple[bool, int]:
        if at >= len(data):
            raise DecodeError("bool needs 1 byte, 0 remain")
        if data[at] > 1:
            raise DecodeError(f"a bool is 0 or 1, not {data[at]}")
        return data[at] == 1, at + 1

    def describe(self, types: TypeRegistry) -> TypeDef:
        return TypeDef.primitive("bool")


class CompactCodec(Codec):
    """A compact integer, no larger than `inner` holds."""

    min_size = 1

    def __init__(self, inner: Codec) -> None:
        self.inner = inner
        number: Any = inner
        while not isinstance(number, IntCodec) and not is_unit(number):
            number = number.inner
        limit = number.bounds[1] if isinstance(number, IntCodec) else 0

        def encode(value: int) -> bytes:
            if value > limit:
                raise OverflowError(f"compact value {value} is above {limit}")
            return encode_compact(value)

        def decode(data: bytes, at: int) -> tuple[int, int]:
            value, end = decode_compact(data, at)
            if value > limit:
                raise DecodeError(f"compact value {value} is above {limit}")
            return value, end

        def encode_unit(value: Any) -> bytes:
            return b""

        def decode_unit(data: bytes, at: int) -> tuple[None, int]:
            return None, at

        self.encode, self.decode = encode, decode
        if is_unit(number):  # MultiAddress::Index is a compact of nothing
            self.encode, self.decode, self.min_size = encode_unit, decode_unit, 0

    def describe(self, types: TypeRegistry) -> TypeDef:
        return TypeDef.compact(types.id_of(self.inner))


def is_unit(codec: Codec) -> bool:
    """Whether `codec` is the empty tuple."""
    return getattr(codec, "items", None) == ()


class StrCodec(Codec):
    """UTF-8 text with a compact length."""

    min_size = 1

    def encode(self, value: str) -> bytes:
        raw = value.encode()
        return encode_compact(len(raw)) + raw

    def decode(self, data: bytes, at: int) -> tuple[str, int]:
        raw, end = decode_bytes(data, at)
        try:
            return raw.decode(), end
        except UnicodeDecodeError:
            raise DecodeError("text is not UTF-8") from None

    def describe(self, types: TypeRegistry) -> TypeDef:
        return TypeDef.primitive("str")


def decode_bytes(data: bytes, at: int) -> tuple[bytes, int]:
    """Bytes with a compact length; the length is checked before anything is copied."""
    size, at = decode_compact(data, at)
    end = at + size
    if end > len(data):
        raise DecodeError(f"{size} bytes announced, {len(data) - at} remain")
    return data[at:end], end


class BytesCodec(Codec):
    """`Vec<u8>` as Python bytes."""

    min_size = 1

    def __init__(self, item: Codec, limit: int | None = None) -> None:
        self.item, self.limit = item, limit

        def encode(value: bytes) -> bytes:
            if limit is not None and len(value) > limit:
                raise OverflowError(f"{len(value)} bytes, at most {limit} are allowed")
            return encode_compact(len(value)) + value

        def decode(data: bytes, at: int) -> tuple[bytes, int]:
            value, end = decode_bytes(data, at)
            if limit is not None and len(value) > limit:
                raise DecodeError(f"{len(value)} bytes, at most {limit} are allowed")
            return value, end

        self.encode, self.decode = encode, decode

    def describe(self, types: TypeRegistry) -> TypeDef:
        return TypeDef.sequence(types.id_of(self.item))


class FixedBytesCodec(Codec):
    """`[u8; size]` as Python bytes."""

    def __init__(self, size: int, item: Codec) -> None:
        self.size, self.item, self.min_size = size, item, size

        def exact(value: bytes) -> bytes:
            if len(value) != size:
                raise ValueError(f"expected {size} bytes, got {len(value)}")
            return value

        def decode(data: bytes, at: int) -> tuple[bytes, int]:
            end = at + size
            if end > len(data):
                raise DecodeError(f"{size} bytes needed, {max(0, len(data) - at)} remain")
            return data[at:end], end

        self.encode, self.decode = exact, decode
        name = f"exact_{size}"
        self.plan = Plan(f"{size}s", 1, size, lambda v: v[0], lambda x: [f"{name}({x})"], {name: exact})

    def describe(self, types: TypeRegistry) -> TypeDef:
        return TypeDef.array(self.size, types.id_of(self.item))


class NamedCodec(Codec):
    """A struct of one unnamed field, whose Python value is the field's own: `Slot(u64)` is an int."""

    def __init__(self, path: tuple[str, ...], inner: Codec, field: str | None, docs: tuple[str, ...] = ()) -> None:
        self.path, self.inner, self.field, self.docs = path, inner, field, docs
        self.min_size, self.plan = inner.min_size, inner.plan
        # the inner codec is not compiled yet: it may hold this one
        self.encode = lambda value: self.ready().encode(value)
        self.decode = lambda data, at: self.ready().decode(data, at)

    def ready(self) -> Codec:
        inner = self.inner.ready()
        self.encode, self.decode = inner.encode, inner.decode
        return self

    def describe(self, types: TypeRegistry) -> TypeDef:
        return TypeDef.composite(FieldDef(self.field, types.id_of(self.inner)))


class PartsCodec(NamedCodec):
    """Parts of a whole: a struct of one unnamed number in metadata, an int in Python that is at most the whole.

    Source: sp_arithmetic::per_things, Decode
    """

    def __init__(self, path: tuple[str, ...], number: Codec, whole: int) -> None:
        super().__init__(path, number, None)
        self.whole, self.plan = whole, None  # a number too large is refused, which a plan could not do

    def ready(self) -> Codec:
        number = self.inner.ready()

        def encode(value: int) -> bytes:
            if value > self.whole:
                raise OverflowError(f"{value} parts of {self.whole}")
            return number.encode(value)

        def decode(data: bytes, at: int) -> tuple[int, int]:
            value, end = number.decode(data, at)
            if value > self.whole:
                raise DecodeError(f"{value} parts of {self.whole} are more than the whole")
            return value, end

        self.encode, self.decode = encode, decode
        return self
