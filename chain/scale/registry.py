"""Portable type registry: the numbered types of metadata V14 and V15.

Source: scale_info::PortableRegistry
"""

from __future__ import annotations

from dataclasses import dataclass

from chain.scale.codec import Codec
from chain.scale.compact import encode_compact

_SIZES = (8, 16, 32, 64, 128, 256)
PRIMITIVES = ("bool", "char", "str", *(f"u{n}" for n in _SIZES), *(f"i{n}" for n in _SIZES))


def encode_text(text: str) -> bytes:
    """A SCALE string."""
    raw = text.encode()
    return encode_compact(len(raw)) + raw


def encode_texts(texts: tuple[str, ...]) -> bytes:
    """A SCALE vector of strings."""
    return encode_compact(len(texts)) + b"".join(map(encode_text, texts))


def encode_option(raw: bytes | None) -> bytes:
    """A SCALE option of something already encoded."""
    return b"\0" if raw is None else b"\1" + raw


@dataclass(frozen=True, slots=True)
class FieldDef:
    """A field of a composite or of a variant; `name` is None in tuple-like ones."""

    name: str | None
    type_id: int
    type_name: str | None = None
    docs: tuple[str, ...] = ()

    def encode(self) -> bytes:
        return (
            encode_option(None if self.name is None else encode_text(self.name))
            + encode_compact(self.type_id)
            + encode_option(None if self.type_name is None else encode_text(self.type_name))
            + encode_texts(self.docs)
        )


@dataclass(frozen=True, slots=True)
class VariantDef:
    """One variant of an enum."""

    name: str
    fields: tuple[FieldDef, ...]
    index: int
    docs: tuple[str, ...] = ()

    def encode(self) -> bytes:
        return encode_text(self.name) + encode_fields(self.fields) + bytes([self.index]) + encode_texts(self.docs)


def encode_fields(fields: tuple[FieldDef, ...]) -> bytes:
    """A SCALE vector of field definitions."""
    return encode_compact(len(fields)) + b"".join(f.encode() for f in fields)


@dataclass(frozen=True, slots=True)
class TypeDef:
    """The definition of a type, already encoded with its kind byte."""

    raw: bytes

    @staticmethod
    def composite(*fields: FieldDef) -> TypeDef:
        return TypeDef(b"\0" + encode_fields(fields))

    @staticmethod
    def variant(*variants: VariantDef) -> TypeDef:
        return TypeDef(b"\1" + encode_compact(len(variants)) + b"".join(v.encode() for v in variants))

    @staticmethod
    def sequence(type_id: int) -> TypeDef:
        return TypeDef(b"\2" + encode_compact(type_id))

    @staticmethod
    def array(length: int, type_id: int) -> TypeDef:
        return TypeDef(b"\3" + length.to_bytes(4, "little") + encode_compact(type_id))

    @staticmethod
    def tuple(*type_ids: int) -> TypeDef:
        return TypeDef(b"\4" + encode_compact(len(type_ids)) + b"".join(map(encode_compact, type_ids)))

    @staticmethod
    def primitive(name: str) -> TypeDef:
        return TypeDef(b"\5" + bytes([PRIMITIVES.index(name)]))

    @staticmethod
    def compact(type_id: int) -> TypeDef:
        return TypeDef(b"\6" + encode_compact(type_id))

    @staticmethod
    def bit_sequence(store: int, order: int) -> TypeDef:
        return TypeDef(b"\7" + encode_compact(store) + encode_compact(order))


class TypeRegistry:
    """Numbers codecs in the order in which they are first asked for; the same codec always has the same number."""

    def __init__(self) -> None:
        self._ids: dict[int, int] = {}
        self._codecs: list[Codec] = []
        self._defs: list[TypeDef] = []

    def id_of(self, codec: Codec) -> int:
        """The number of `codec`, registered with everything it refers to."""
        known = self._ids.get(id(codec))
        if known is not None:
            return known
        number = self._ids[id(codec)] = len(self._codecs)
        self._codecs.append(codec)
        # the place is taken before the definition is asked for, so that a type may refer to itself
        self._defs.append(TypeDef(b""))
        self._defs[number] = codec.describe(self)
        return number

    def encode(self) -> bytes:
        """The registry as metadata carries it."""
        params = [
            encode_compact(len(codec.params))
            + b"".join(
                encode_text(name) + encode_option(None if inner is None else encode_compact(self.id_of(inner)))
                for name, inner in codec.params
            )
            for codec in self._codecs_with_params()
        ]
        rows = [
            encode_compact(number)
            + encode_texts(codec.path)
            + params[number]
            + definition.raw
            + encode_texts(codec.docs)
            for number, (codec, definition) in enumerate(zip(self._codecs, self._defs, strict=True))
        ]
        return encode_compact(len(rows)) + b"".join(rows)

    def _codecs_with_params(self) -> list[Codec]:
        """Every codec, after those that occur only as type parameters were registered too."""
        done = 0
        while done < len(self._codecs):
            for _, inner in self._codecs[done].params:
                if inner is not None:
                    self.id_of(inner)
            done += 1
        return self._codecs
