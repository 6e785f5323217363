"""From a Python type hint to its codec.

| hint | SCALE |
|---|---|
| `u8` ... `u256`, `i8` ... `i128`, `bool`, `str` | the same |
| `bytes` | `Vec<u8>` |
| `Annotated[bytes, Fixed(32)]` | `[u8; 32]` |
| `Annotated[tuple[T, ...], Fixed(3)]` | `[T; 3]` |
| `tuple[T, ...]` | `Vec<T>` |
| `Annotated[tuple[T, ...], Bounded(81)]` | `BoundedVec<T, 81>` |
| `tuple[A, B]` | a tuple |
| `None`, `tuple[()]` | the empty tuple, in Python None |
| `T | None` | `Option<T>` |
| `Some[T | None] | None` | `Option<Option<T>>`; what is there is a `Some` |
| `Mapping[K, V]`, `frozenset[T]` | `BTreeMap<K, V>`, `BTreeSet<T>` |
| `Annotated[tuple[bool, ...], Bits()]` | a bit sequence |
| `Annotated[bytes, Packed(T)]` | `Vec<T>` of a fixed-width `T`, in Python the bytes of its items |
| `Compact[T]` | `Compact<T>` |
| `Annotated[T, Named("sp_consensus_slots::Slot")]` | a struct of one field, in Python the field itself |
| `Annotated[u8, Parts("sp_arithmetic::per_things::Percent", 100)]` | the same, with a number of at most 100 |
| a `@struct` class, a subclass of `ScaleEnum`, an `enum.Enum` of integers | a struct, an enum |
| a class with `scale_codec(codecs)` | the codec that it gives |
| `NewType("Slot", u64)` | what it stands for |
"""

from __future__ import annotations

import ast
import dataclasses
import enum
import operator
import sys
import types
import typing
from collections.abc import Callable, Mapping
from functools import cache
from typing import Annotated, Any, ClassVar, NewType, TypeVar, dataclass_transform

from chain.scale.basic import (
    BoolCodec,
    BytesCodec,
    CompactCodec,
    FixedBytesCodec,
    IntCodec,
    NamedCodec,
    PartsCodec,
    StrCodec,
)
from chain.scale.codec import Codec, doc_lines, split_path
from chain.scale.composites import EnumCodec, Field, PlainEnumCodec, StructCodec, VariantOf
from chain.scale.containers import (
    ArrayCodec,
    BitsCodec,
    MapCodec,
    OptionCodec,
    PackedCodec,
    SetCodec,
    TupleCodec,
    UnitCodec,
    VecCodec,
)

T = TypeVar("T")


@dataclasses.dataclass(frozen=True)
class Int:
    """Marks an int as a number of `size` bytes."""

    size: int
    signed: bool = False


@dataclasses.dataclass(frozen=True)
class Fixed:
    """Marks bytes or a tuple as an array of `length` items."""

    length: int


@dataclasses.dataclass(frozen=True)
class Bounded:
    """Marks bytes or a tuple as a vector of at most `limit` items."""

    limit: int
    path: str = "bounded_collections::bounded_vec::BoundedVec"


@dataclasses.dataclass(frozen=True)
class Named:
    """Marks a value as the only field of a struct with this type path; `field` is the field's name, if it has one."""

    path: str
    field: str | None = None


@dataclasses.dataclass(frozen=True)
class Parts:
    """Marks a number as parts of `whole`, the only field of a struct with this type path; more cannot be read."""

    path: str
    whole: int


@dataclasses.dataclass(frozen=True)
class Bits:
    """Marks a tuple of bool as a bit sequence."""


@dataclasses.dataclass(frozen=True)
class Packed:
    """Marks bytes as those of a vector of items of this hint, whose width is fixed."""

    item: Any


@dataclasses.dataclass(frozen=True)
class CompactMark:
    """Marks a number as compact."""


u8 = Annotated[int, Int(1)]
u16 = Annotated[int, Int(2)]
u32 = Annotated[int, Int(4)]
u64 = Annotated[int, Int(8)]
u128 = Annotated[int, Int(16)]
u256 = Annotated[int, Int(32)]
i8 = Annotated[int, Int(1, True)]
i16 = Annotated[int, Int(2, True)]
i32 = Annotated[int, Int(4, True)]
i64 = Annotated[int, Int(8, True)]
i128 = Annotated[int, Int(16, True)]
Compact = Annotated[T, CompactMark()]


def frozen(cls: type[T], *, slots: bool = False) -> type[T]:
    """The class as a frozen dataclass. Without a docstring it has an empty one, not its signature."""
    doc = cls.__dict__.get("__doc__") or ""
    made = dataclasses.dataclass(frozen=True, eq=False, repr=False, slots=slots)(cls)
    made.__doc__ = doc
    return made


@dataclass_transform(frozen_default=True)
def struct(
    path: str, *, unnamed: bool = False, params: Mapping[str, Any] | None = None
) -> Callable[[type[T]], type[T]]:
    """Make a class a SCALE struct with this type path: a frozen dataclass whose fields all have codecs.

    Fields of an `unnamed` struct have names in Python only. `params` are type parameters that clients look for.
    """

    def decorate(cls: type[T]) -> type[T]:
        made = compare_by_fields(frozen(cls, slots=True))
        made.scale_path = split_path(path)  # type: ignore[attr-defined]
        made.scale_unnamed = unnamed  # type: ignore[attr-defined]
        made.scale_params = dict(params or {})  # type: ignore[attr-defined]
        return made

    return decorate


def compare_by_fields(cls: type[T]) -> type[T]:
    """Give a dataclass equality, hash and text by its fields, which `dataclass` would compile at each start."""
    names = [f.name for f in dataclasses.fields(cls)]  # type: ignore[arg-type]
    values = operator.attrgetter(*names) if names else type

    def equal(self: Any, other: object) -> bool:
        return type(self) is type(other) and values(self) == values(other)

    def show(self: Any) -> str:
        shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in names)
        return f"{cls.__qualname__}({shown})"

    for name, method in (("__eq__", equal), ("__hash__", lambda self: hash(values(self))), ("__repr__", show)):
        if cls.__dict__.get(name) is None:
            setattr(cls, name, method)
    return cls


class FieldsByName:
    """Equality, hash and text of a dataclass by its fields, for classes of which there are hundreds.

    `dataclass` would compile them for each class, and a node would start so much later.
    """

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        return hash(tuple(self.__dict__.values()))

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in self.__dict__.items())
        return f"{type(self).__qualname__}({shown})"


@dataclass_transform(frozen_default=True)
class ScaleEnum(FieldsByName):
    """An enum whose variants carry data: subclass it with `path`, and each variant from that with `index`."""

    scale_path: ClassVar[tuple[str, ...]]
    scale_unnamed: ClassVar[bool]
    index: ClassVar[int]
    scale_params: ClassVar[dict[str, Any]]
    """Type parameters that clients look for, by name."""
    variants: ClassVar[list[type[ScaleEnum]]]
    wire_name: ClassVar[str]

    def __init_subclass__(
        cls,
        path: str | None = None,
        index: int | None = None,
        name: str | None = None,
        unnamed: bool = True,
        params: Mapping[str, Any] | None = None,
    ) -> None:
        if path is not None:
            cls.scale_path, cls.variants, cls.scale_params = split_path(path), [], dict(params or {})
            return
        if index is None:
            raise TypeError(f"{cls.__name__} needs `path` (an enum) or `index` (a variant)")
        frozen(cls)
        cls.index, cls.wire_name, cls.scale_unnamed = index, name or cls.__name__, unnamed
        cls.variants.append(cls)


def declare_variant(base: type[ScaleEnum], name: str, index: int, payload: Any = None) -> type[ScaleEnum]:
    """Add a variant to an enum whose variants come from a table; `payload` is the hint of its only field."""
    body = {"__annotations__": {} if payload is None else {"value": payload}, "__module__": base.__module__}
    return types.new_class(
        f"{base.__name__}{name}", (base,), {"index": index, "name": name}, lambda ns: ns.update(body)
    )


@dataclasses.dataclass(frozen=True, slots=True)
class Ok(typing.Generic[T]):
    """The good outcome of a `Result`."""

    value: T


@dataclasses.dataclass(frozen=True, slots=True)
class Err(typing.Generic[T]):
    """The bad outcome of a `Result`."""

    error: T


@dataclasses.dataclass(frozen=True, slots=True)
class Some(typing.Generic[T]):
    """What is there of an option of an option, where a bare None would not tell which of them is empty."""

    value: T


_READ: dict[tuple[str, str], Any] = {}
"""What hints mean, by their module and their text."""


def hints_of(owner: type | Callable[..., Any]) -> dict[str, Any]:
    """What `typing.get_type_hints` gives with extras; a text that a module has often is read once."""
    found: dict[str, Any] = {}
    try:
        for each in owner.__mro__[::-1] if isinstance(owner, type) else (owner,):
            own = vars(each) if isinstance(each, type) else {"__annotations__": each.__annotations__}
            for name, hint in own.get("__annotations__", {}).items():
                found[name] = _read(each.__module__, hint) if isinstance(hint, str) else hint
    except NameError:  # a hint that names something of its own class body
        return typing.get_type_hints(owner, include_extras=True)
    return found


def _read(module: str, text: str) -> Any:
    key = module, text
    if key not in _READ:
        _READ[key] = eval(text, vars(sys.modules[module]))
    return _READ[key]


class Codecs:
    """Codecs by type hint. The same hint always gives the same codec, so that metadata counts a type once.

    `bindings` give the codecs of types that only a finished runtime knows, such as its call.
    """

    def __init__(self, bindings: Mapping[Any, Codec] | None = None) -> None:
        self._codecs: dict[Any, Codec] = dict(bindings or {})

    def of(self, hint: Any) -> Codec:
        """The codec of `hint`, compiled. Raises: TypeError where there is none."""
        return self.find(hint).ready()

    def find(self, hint: Any) -> Codec:
        """The codec of `hint`, which may still be uncompiled."""
        hint = types.NoneType if hint is None else hint
        found = self._codecs.get(hint)
        if found is None:
            found = self._codecs[hint] = self._build(hint)
        return found

    def bind(self, hint: Any, codec: Codec) -> None:
        """Give `hint` a codec that could not be known when this was made."""
        self._codecs[hint] = codec

    def fields_of(self, cls: type) -> tuple[Field, ...]:
        """The fields of a dataclass, with their codecs."""
        hints = hints_of(cls)
        unnamed = getattr(cls, "scale_unnamed", False)
        return tuple(
            Field(
                f.name,
                None if unnamed else f.name.rstrip("_"),
                self.find(hints[f.name]),
                type_name(f.type),
            )
            for f in dataclasses.fields(cls)
        )

    def _build(self, hint: Any) -> Codec:
        if isinstance(hint, NewType):
            return self.find(hint.__supertype__)
        origin, args = typing.get_origin(hint), typing.get_args(hint)
        if origin is Annotated:
            return self._marked(args[0], args[-1], args[1:-1])
        if origin is tuple and not args:
            return self.find(types.NoneType)
        if origin is tuple:
            if len(args) == 2 and args[1] is Ellipsis:
                return VecCodec(self.find(args[0]))
            return TupleCodec(tuple(self.find(a) for a in args))
        if origin in (typing.Union, types.UnionType):
            return self._union(args)
        if origin in (Mapping, typing.get_origin(Mapping[str, str])):
            return MapCodec(self.find(args[0]), self.find(args[1]))
        if origin is frozenset:
            return SetCodec(self.find(args[0]))
        if hint in _PLAIN:
            return _PLAIN[hint]()
        if hint is bytes:
            return BytesCodec(self.find(u8))
        if isinstance(hint, type):
            return self._class(hint)
        raise TypeError(f"no SCALE codec for {hint!r}")

    def _union(self, args: tuple[Any, ...]) -> Codec:
        if types.NoneType in args:
            inner: Any = typing.Union[tuple(a for a in args if a is not types.NoneType)]  # noqa: UP007
            if typing.get_origin(inner) is Some:
                return SomeCodec(self.find(typing.get_args(inner)[0]))
            return OptionCodec(self.find(inner))
        sides = {typing.get_origin(a): typing.get_args(a) for a in args}
        if len(args) != 2 or set(sides) != {Ok, Err}:
            raise TypeError(f"no SCALE codec for a union of {args!r}")
        return ResultCodec(self.find(sides[Ok][0]), self.find(sides[Err][0]))

    def _marked(self, base: Any, mark: Any, before: tuple[Any, ...]) -> Codec:
        inner = base if not before else Annotated[base, *before]
        if isinstance(mark, Int):
            return IntCodec(mark.size, mark.signed)
        if isinstance(mark, CompactMark):
            return CompactCodec(self.find(inner))
        if isinstance(mark, Named):
            return NamedCodec(split_path(mark.path), self.find(inner), mark.field)
        if isinstance(mark, Parts):
            return PartsCodec(split_path(mark.path), self.find(inner), mark.whole)
        if isinstance(mark, Bits):
            return BitsCodec(self.find(u8))
        if isinstance(mark, Packed):
            return PackedCodec(self.find(mark.item))
        if not isinstance(mark, Fixed | Bounded):
            raise TypeError(f"no SCALE codec for a hint marked {mark!r}")
        item = None if base is bytes else self.find(typing.get_args(base)[0])
        if isinstance(mark, Fixed):
            return FixedBytesCodec(mark.length, self.find(u8)) if item is None else ArrayCodec(item, mark.length)
        vec = BytesCodec(self.find(u8), mark.limit) if item is None else VecCodec(item, mark.limit)
        # described by the unbounded vector, so that metadata counts it once
        return BoundedCodec(split_path(mark.path), vec, self.find(base))

    def _class(self, cls: type) -> Codec:
        if hasattr(cls, "scale_codec"):
            own: Codec = cls.scale_codec(self)
            return own
        if issubclass(cls, enum.Enum):
            return PlainEnumCodec(cls, getattr(cls, "scale_path", lambda: (cls.__name__,))())
        if issubclass(cls, ScaleEnum):
            made = EnumCodec(cls.scale_path, doc_lines(cls.__doc__), lambda: self._variants(cls))
            made.params = self._params(cls)
            return made
        if dataclasses.is_dataclass(cls):
            made_struct = StructCodec(
                cls, getattr(cls, "scale_path", (cls.__module__, cls.__name__)), self.fields_of(cls)
            )
            made_struct.params = self._params(cls)
            return made_struct
        raise TypeError(f"no SCALE codec for {cls!r}")

    def _params(self, cls: Any) -> tuple[tuple[str, Codec], ...]:
        return tuple((name, self.find(hint)) for name, hint in getattr(cls, "scale_params", {}).items())

    def _variants(self, cls: type[ScaleEnum]) -> list[VariantOf]:
        return [VariantOf(v, v.wire_name, v.index, self.fields_of(v)) for v in cls.variants]


class BoundedCodec(NamedCodec):
    """A bounded vector: a struct of one unnamed vector in metadata, the tuple or the bytes in Python."""

    def __init__(self, path: tuple[str, ...], bounded: Codec, unbounded: Codec) -> None:
        self.unbounded = unbounded
        super().__init__(path, bounded, None)

    def describe(self, types: Any) -> Any:
        return NamedCodec(self.path, self.unbounded, None).describe(types)


class SomeCodec(OptionCodec):
    """An option of something that may be None itself: None, or a `Some` of it."""

    def encode(self, value: Some[Any] | None) -> bytes:
        return b"\0" if value is None else b"\1" + self.inner.encode(value.value)

    def decode(self, data: bytes, at: int) -> tuple[Some[Any] | None, int]:
        value, end = super().decode(data, at)
        return (Some(value) if data[at] else None), end


class ResultCodec(EnumCodec):
    """`Result<T, E>` as `Ok` or `Err`."""

    def __init__(self, ok: Codec, err: Codec) -> None:
        variants = [
            VariantOf(Ok, "Ok", 0, (Field("value", None, ok),)),
            VariantOf(Err, "Err", 1, (Field("error", None, err),)),
        ]
        super().__init__(("Result",), (), lambda: variants)
        self.params = (("T", ok), ("E", err))

    def describe(self, types: Any) -> Any:
        from chain.scale.registry import TypeDef, VariantDef

        described = [v.describe(types) for v in self._variants()]
        return TypeDef.variant(*(VariantDef(d.name, d.fields, d.index) for d in described))


_PLAIN: dict[Any, Callable[[], Codec]] = {
    bool: BoolCodec,
    str: StrCodec,
    types.NoneType: UnitCodec,
}


def type_name(hint: Any) -> str | None:
    """What a client shows as the type of a field: the hint as it stands in the source, in the chain's spelling."""
    if isinstance(hint, str):
        return _spelt(hint)
    mark = typing.get_args(hint)[-1] if typing.get_origin(hint) is Annotated else None
    return IntCodec(mark.size, mark.signed).name if isinstance(mark, Int) else getattr(hint, "__name__", None)


_SPELLINGS = {"bytes": "Vec<u8>", "frozenset": "BTreeSet", "Mapping": "BTreeMap", "None": "()"}


@cache
def _spelt(hint: str) -> str:
    return _SPELLINGS.get(hint, hint) if hint.isidentifier() else _spell(ast.parse(hint, mode="eval").body)


def _spell(node: ast.expr) -> str:
    match node:
        case ast.BinOp(left=left, op=ast.BitOr(), right=ast.Constant(value=None)):
            return f"Option<{_spell(left)}>"
        case ast.Subscript(ast.Name("Annotated"), ast.Tuple([items, ast.Call(ast.Name("Fixed"), [length])])):
            return f"[{_spell(items).removeprefix('Vec<').removesuffix('>')}; {ast.unparse(length)}]"
        case ast.Subscript(ast.Name("Annotated"), ast.Tuple([hint, *_])) | ast.Subscript(ast.Name("Some"), hint):
            return _spell(hint)
        case ast.Subscript(ast.Name("tuple"), ast.Tuple([item, ast.Constant(types.EllipsisType())])):
            return f"Vec<{_spell(item)}>"
        case ast.Subscript(ast.Name("tuple"), ast.Tuple(items)):
            return f"({', '.join(map(_spell, items))})"
        case ast.Subscript(generic, ast.Tuple(items)):
            return f"{_spell(generic)}<{', '.join(map(_spell, items))}>"
        case ast.Subscript(generic, item):
            return f"{_spell(generic)}<{_spell(item)}>"
    text = ast.unparse(node)
    return _SPELLINGS.get(text, text)


_DEFAULT = Codecs()


def codec_of(hint: Any) -> Codec:
    """The codec of a type hint that needs no runtime to be known."""
    return _DEFAULT.of(hint)


def encode(hint: Any, value: Any) -> bytes:
    """The encoding of `value` as a `hint`."""
    return codec_of(hint).encode(value)


def decode(hint: Any, data: bytes) -> Any:
    """The value that `data` is the whole encoding of. Raises: DecodeError, also for left-over bytes."""
    value, at = codec_of(hint).decode(data, 0)
    ensure_end(data, at)
    return value


def ensure_end(data: bytes, at: int) -> None:
    """Raise DecodeError unless `at` is the end of `data`."""
    from chain.errors import DecodeError

    if at != len(data):
        raise DecodeError(f"{len(data) - at} bytes are left over")
