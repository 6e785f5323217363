"""Structs and enums: Python classes whose fields have codecs, compiled to two functions each.

Neighbouring fields of fixed width are read by one `struct.unpack_from`; the code that does it is written once
from the class and kept, so nothing is looked up while running.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from chain.errors import DecodeError
from chain.scale.codec import Codec, Decode, Encode, Plan, doc_lines
from chain.scale.registry import FieldDef, TypeDef, TypeRegistry, VariantDef


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a struct or of an enum's variant; `wire_name` is None in tuple-like ones."""

    name: str
    wire_name: str | None
    codec: Codec
    type_name: str | None = None

    def describe(self, types: TypeRegistry) -> FieldDef:
        return FieldDef(self.wire_name, types.id_of(self.codec), self.type_name)


class StructCodec(Codec):
    """A class with typed fields, one behind the other on the wire."""

    def __init__(self, cls: type, path: tuple[str, ...], fields: tuple[Field, ...]) -> None:
        self.cls, self.path, self.fields = cls, path, fields
        self.docs = doc_lines(cls.__doc__)
        self.min_size = sum(f.codec.min_size for f in fields)
        self.plan = plan_of(cls, fields)
        self._compiled = False
        self.encode = lambda value: self.ready().encode(value)
        self.decode = lambda data, at: self.ready().decode(data, at)

    def ready(self) -> Codec:
        if not self._compiled:
            self._compiled = True
            for f in self.fields:
                f.codec.ready()
            self.encode, self.decode = compile_fields(self.cls, self.fields)
        return self

    def describe(self, types: TypeRegistry) -> TypeDef:
        return TypeDef.composite(*(f.describe(types) for f in self.fields))


@dataclass(frozen=True, slots=True)
class VariantOf:
    """One variant of a data-carrying enum: its class and its fields."""

    cls: type
    name: str
    index: int
    fields: tuple[Field, ...]

    def describe(self, types: TypeRegistry) -> VariantDef:
        fields = tuple(f.describe(types) for f in self.fields)
        return VariantDef(self.name, fields, self.index, doc_lines(self.cls.__doc__))


class EnumCodec(Codec):
    """A class whose direct subclasses are the variants; one byte tells which."""

    min_size = 1

    def __init__(
        self, path: tuple[str, ...], docs: tuple[str, ...], variants: Callable[[], Sequence[VariantOf]]
    ) -> None:
        self.path, self.docs, self._variants = path, docs, variants
        self._by_index: dict[int, Decode] = {}
        self._by_class: dict[type, Encode] = {}
        self._names: dict[int, str] = {}

    def ready(self) -> Codec:
        if not self._names:
            variants = self._variants()
            self._names = {v.index: v.name for v in variants}
            for v in variants:
                for f in v.fields:
                    f.codec.ready()
                self._by_class[v.cls], self._by_index[v.index] = compile_fields(v.cls, v.fields, bytes([v.index]))
        return self

    def encode(self, value: Any) -> bytes:
        if not self._names:
            self.ready()
        return self._by_class[type(value)](value)

    def decode(self, data: bytes, at: int) -> tuple[Any, int]:
        if not self._names:
            self.ready()
        if at >= len(data):
            raise DecodeError("the bytes end where a variant should be named")
        decode = self._by_index.get(data[at])
        if decode is None:
            raise DecodeError(f"{'::'.join(self.path)} has no variant {data[at]}")
        try:
            return decode(data, at + 1)
        except DecodeError as error:
            raise error.within(self._names[data[at]]) from None

    def list_variants(self) -> Sequence[VariantOf]:
        """The variants with their fields."""
        return self._variants()

    def describe(self, types: TypeRegistry) -> TypeDef:
        return TypeDef.variant(*(v.describe(types) for v in self._variants()))


class PlainEnumCodec(Codec):
    """A Python Enum of integers: an enum whose variants carry nothing."""

    min_size = 1

    def __init__(self, cls: Any, path: tuple[str, ...]) -> None:
        self.cls, self.path, self.docs = cls, path, doc_lines(cls.__doc__)
        self._members = {member.value: member for member in cls}
        self._raw = {member: bytes([member.value]) for member in cls}

    def encode(self, value: Any) -> bytes:
        return self._raw[value]

    def decode(self, data: bytes, at: int) -> tuple[Any, int]:
        if at >= len(data):
            raise DecodeError("the bytes end where a variant should be named")
        member = self._members.get(data[at])
        if member is None:
            raise DecodeError(f"{self.cls.__name__} has no variant {data[at]}")
        return member, at + 1

    def describe(self, types: TypeRegistry) -> TypeDef:
        return TypeDef.variant(*(VariantDef(m.name, (), m.value) for m in self.cls))


def plan_of(cls: type, fields: tuple[Field, ...]) -> Plan | None:
    """The plan of a struct all of whose fields have one."""
    plans = [f.codec.plan for f in fields]
    if not fields or any(plan is None for plan in plans):
        return None
    known = [plan for plan in plans if plan is not None]
    name = f"make_{cls.__name__}_{id(cls)}"

    def read(names: Sequence[str]) -> str:
        parts, at = [], 0
        for plan in known:
            parts.append(plan.read(names[at : at + plan.count]))
            at += plan.count
        return f"{name}({', '.join(parts)})"

    def write(value: str) -> list[str]:
        return [arg for f, plan in zip(fields, known, strict=True) for arg in plan.write(f"{value}.{f.name}")]

    bound = {name: cls} | {key: obj for plan in known for key, obj in plan.names.items()}
    size, count = sum(p.size for p in known), sum(p.count for p in known)
    return Plan("".join(p.format for p in known), count, size, read, write, bound)


@dataclass(frozen=True, slots=True)
class _Run:
    """Neighbouring fields that all have a plan, or one field that has none."""

    fields: tuple[Field, ...]
    planned: bool


def _runs(fields: tuple[Field, ...]) -> list[_Run]:
    runs: list[_Run] = []
    for f in fields:
        planned = f.codec.plan is not None
        if planned and runs and runs[-1].planned:
            runs[-1] = _Run((*runs[-1].fields, f), True)
        else:
            runs.append(_Run((f,), planned))
    return runs


def _short(run: _Run, data: bytes, at: int) -> DecodeError:
    """The error of the first field of `run` that cannot be read at `at`."""
    for f in run.fields:
        try:
            _, at = f.codec.decode(data, at)
        except DecodeError as error:
            return error.within(f.name.rstrip("_"))
    raise AssertionError("every field of the run can be read")


def _refuse(fields: tuple[Field, ...], value: Any) -> Exception:
    """Let the first field that cannot be written say so, as it does on its own."""
    for f in fields:
        f.codec.encode(getattr(value, f.name))
    return AssertionError("every field can be written")


def compile_fields(cls: type, fields: tuple[Field, ...], prefix: bytes = b"") -> tuple[Encode, Decode]:
    """The two functions of a class; `prefix` is the variant's index byte in an enum."""
    bound: dict[str, Any] = {"cls": cls, "DecodeError": DecodeError, "StructError": struct.error}
    bound |= {"short": _short, "refuse": _refuse, "fields": fields}
    read, values, chunks, variables = [], [], [], 0
    if prefix:
        bound["prefix"] = prefix
        chunks.append("prefix")
    for n, run in enumerate(_runs(fields)):
        if not run.planned:
            f = run.fields[0]
            bound[f"decode_{n}"], bound[f"encode_{n}"] = f.codec.decode, f.codec.encode
            read += ["try:", f"    v{variables}, at = decode_{n}(data, at)"]
            read += ["except DecodeError as error:", f"    raise error.within({f.name.rstrip('_')!r}) from None"]
            values.append(f"v{variables}")
            variables += 1
            chunks.append(f"encode_{n}(value.{f.name})")
            continue
        plans = [f.codec.plan for f in run.fields if f.codec.plan is not None]
        packer = struct.Struct("<" + "".join(p.format for p in plans))
        bound |= {f"unpack_{n}": packer.unpack_from, f"pack_{n}": packer.pack, f"run_{n}": run}
        names, arguments = [], []
        for f, plan in zip(run.fields, plans, strict=True):
            bound |= plan.names
            own = [f"v{variables + k}" for k in range(plan.count)]
            variables += plan.count
            names += own
            values.append(plan.read(own))
            arguments += plan.write(f"value.{f.name}")
        chunks.append(f"pack_{n}({', '.join(arguments)})")
        # values are built at once, so that what is wrong in them (a bool of 2) is told with this run's place
        read += ["try:", f"    {', '.join(names)}, = unpack_{n}(data, at)"]
        for k in range(len(run.fields)):
            expression = values[-len(run.fields) + k]
            read.append(f"    f{n}_{k} = {expression}")
        values[-len(run.fields) :] = [f"f{n}_{k}" for k in range(len(run.fields))]
        read += ["except (StructError, IndexError):", f"    raise short(run_{n}, data, at) from None"]
        read.append(f"at += {packer.size}")
    body = "\n    ".join([*read, f"return cls({', '.join(values)}), at"])
    joined = " + ".join(chunks) if chunks else "b''"
    source = f"def decode(data, at):\n    {body}\ndef encode(value):\n    try:\n        return {joined}\n"
    source += "    except StructError:\n        raise refuse(fields, value) from None\n"
    exec(compile(source, f"<scale {cls.__name__}>", "exec"), bound)
    return bound["encode"], bound["decode"]
