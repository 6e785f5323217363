"""Storage as people write it: raw pairs, or values by pallet and item, turned into raw changes.

    [["0x26aa...", "0x00"], ["0x3f14...", null]]
    {"Sudo": {"Key": "5Grwva..."}, "System": {"Account": [[["5Grwva..."], {"providers": 1, "data": {"free": 500}}]]}}

Fields that are left out of a struct have its defaults. `{"Pallet": {"$removePrefix": ["Item"]}}` removes a whole item.
"""

from __future__ import annotations

import dataclasses
from typing import Any

from chain.errors import ChainError
from chain.keys import KeyFormatError, decode_ss58
from chain.scale.basic import BoolCodec, BytesCodec, CompactCodec, FixedBytesCodec, IntCodec, NamedCodec, StrCodec
from chain.scale.codec import Codec
from chain.scale.composites import EnumCodec, PlainEnumCodec, StructCodec
from chain.scale.containers import (
    ArrayCodec,
    BitsCodec,
    MapCodec,
    OptionCodec,
    SetCodec,
    TupleCodec,
    UnitCodec,
    VecCodec,
)
from runtime.frame.construct import Runtime
from runtime.frame.storage import Accessor

Changes = dict[bytes, bytes | None]


class StorageValueError(ChainError, ValueError):
    """A value that does not fit its storage item; the message names pallet, item and field."""


def storage_changes(runtime: Runtime, values: Any) -> Changes:
    """The raw changes that `values` ask for. Raises: StorageValueError."""
    if isinstance(values, list):
        return dict(_raw_pair(pair) for pair in values)
    if not isinstance(values, dict):
        raise StorageValueError("storage is a list of [key, value] or an object by pallet and item")
    changes: Changes = {}
    for pallet, items in values.items():
        if not isinstance(items, dict):
            raise StorageValueError(f"{pallet}: not an object of items")
        for item, value in items.items():
            if item == "$removePrefix":
                for name in value:
                    accessor = _accessor(runtime, pallet, name)
                    changes |= dict.fromkeys(runtime.state.keys(accessor.prefix))
            else:
                changes |= _item_changes(_accessor(runtime, pallet, item), f"{pallet}.{item}", value)
    return changes


def _raw_pair(pair: Any) -> tuple[bytes, bytes | None]:
    try:
        key, value = pair
        return _hex(key), None if value is None else _hex(value)
    except (TypeError, ValueError, AttributeError):
        raise StorageValueError(f"{pair!r} is not [hexadecimal key, hexadecimal value or null]") from None


def _hex(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x"))


def _accessor(runtime: Runtime, pallet: str, item: str) -> Accessor:
    try:
        return runtime.construct.accessor(pallet, item)
    except KeyError as error:
        raise StorageValueError(str(error.args[0])) from None


def _item_changes(accessor: Accessor, where: str, value: Any) -> Changes:
    if not accessor.keys:
        return {accessor.prefix: _encode(accessor.value, value, where)}
    if not isinstance(value, list):
        raise StorageValueError(f"{where}: a map is a list of [[keys], value]")
    changes: Changes = {}
    for entry in value:
        if not (isinstance(entry, list) and len(entry) == 2 and isinstance(entry[0], list)):
            raise StorageValueError(f"{where}: {entry!r} is not [[keys], value]")
        if len(entry[0]) != len(accessor.keys):
            raise StorageValueError(f"{where}: {len(accessor.keys)} keys are needed, {len(entry[0])} given")
        keys = [from_json(codec, k, where) for (codec, _), k in zip(accessor.keys, entry[0], strict=True)]
        try:
            key = accessor.key(*keys)
        except (OverflowError, ValueError, TypeError) as error:
            raise StorageValueError(f"{where}: {error}") from None
        changes[key] = _encode(accessor.value, entry[1], where)
    return changes


def _encode(codec: Codec, value: Any, where: str) -> bytes | None:
    if value is None:
        return None
    if (
        isinstance(value, str)
        and value.startswith("0x")
        and not isinstance(_plain(codec), BytesCodec | FixedBytesCodec)
    ):
        return _hex(value)
    try:
        return codec.encode(from_json(codec, value, where))
    except (OverflowError, ValueError, TypeError, KeyError, AttributeError) as error:
        if isinstance(error, StorageValueError):
            raise
        raise StorageValueError(f"{where}: {error}") from None


def _plain(codec: Codec) -> Codec:
    while isinstance(codec, NamedCodec):
        codec = codec.inner
    return codec


def from_json(codec: Codec, value: Any, where: str) -> Any:
    """The Python value that a codec encodes, from JSON. Raises: StorageValueError that names the field."""
    codec = _plain(codec)
    if isinstance(codec, UnitCodec):
        return None
    if isinstance(codec, IntCodec | CompactCodec):
        return _number(value, where)
    if isinstance(codec, BoolCodec | StrCodec):
        expected = bool if isinstance(codec, BoolCodec) else str
        if not isinstance(value, expected):
            raise StorageValueError(f"{where}: {value!r} is not {expected.__name__}")
        return value
    if isinstance(codec, BytesCodec | FixedBytesCodec):
        return _bytes(codec, value, where)
    if isinstance(codec, OptionCodec):
        return None if value is None else from_json(codec.inner, value, where)
    if isinstance(codec, StructCodec):
        return _struct(codec, value, where)
    if isinstance(codec, EnumCodec):
        return _enum(codec, value, where)
    if isinstance(codec, PlainEnumCodec):
        try:
            return codec.cls[value]
        except KeyError:
            raise StorageValueError(f"{where}: {value!r} is none of {', '.join(m.name for m in codec.cls)}") from None
    return _container(codec, value, where)


def _number(value: Any, where: str) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str):
        try:
            return int(value.replace(",", ""), 0)
        except ValueError:
            pass
    raise StorageValueError(f"{where}: {value!r} is not a whole number")


def _bytes(codec: Codec, value: Any, where: str) -> bytes:
    if isinstance(value, str):
        try:
            if not value.startswith("0x") and isinstance(codec, FixedBytesCodec) and codec.size == 32:
                return decode_ss58(value)
            return _hex(value) if value.startswith("0x") else value.encode()
        except (ValueError, KeyFormatError) as error:
            raise StorageValueError(f"{where}: {error}") from None
    raise StorageValueError(f"{where}: {value!r} is neither hexadecimal nor an address")


def _struct(codec: StructCodec, value: Any, where: str) -> Any:
    if not isinstance(value, dict):
        raise StorageValueError(f"{where}: {value!r} is not an object")
    by_name = {f.wire_name or f.name: f for f in codec.fields}
    unknown = sorted(set(value) - set(by_name))
    if unknown:
        raise StorageValueError(f"{where}: no field {unknown[0]!r}; there are {', '.join(by_name)}")
    defaults = {f.name: f.default for f in dataclasses.fields(codec.cls)}
    filled = {}
    for name, f in by_name.items():
        if name in value:
            filled[f.name] = from_json(f.codec, value[name], f"{where}.{name}")
        elif defaults[f.name] is dataclasses.MISSING:
            raise StorageValueError(f"{where}: field {name!r} is missing")
    return codec.cls(**filled)


def _enum(codec: EnumCodec, value: Any, where: str) -> Any:
    name, inner = (value, None) if isinstance(value, str) else next(iter(value.items()), ("", None))
    for variant in codec.list_variants():
        if variant.name == name:
            if not variant.fields:
                return variant.cls()
            if len(variant.fields) == 1 and variant.fields[0].wire_name is None:
                return variant.cls(from_json(variant.fields[0].codec, inner, f"{where}.{name}"))
            if not isinstance(inner, dict):
                raise StorageValueError(f"{where}.{name}: {inner!r} is not an object")
            fields = {
                f.name: from_json(f.codec, inner[f.wire_name or f.name], f"{where}.{name}.{f.wire_name}")
                for f in variant.fields
            }
            return variant.cls(**fields)
    raise StorageValueError(f"{where}: no variant {name!r}")


def _container(codec: Codec, value: Any, where: str) -> Any:
    if isinstance(codec, MapCodec):
        pair = codec.sequence.item
        assert isinstance(pair, TupleCodec)
        entries = value.items() if isinstance(value, dict) else value
        return {from_json(pair.items[0], k, where): from_json(pair.items[1], v, where) for k, v in entries}
    if not isinstance(value, list):
        raise StorageValueError(f"{where}: {value!r} is not a list")
    if isinstance(codec, SetCodec):
        return frozenset(from_json(codec.sequence.item, item, where) for item in value)
    if isinstance(codec, BitsCodec):
        return tuple(value)
    if isinstance(codec, TupleCodec):
        if len(value) != len(codec.items):
            raise StorageValueError(f"{where}: {len(codec.items)} items are needed, {len(value)} given")
        return tuple(from_json(c, v, f"{where}[{n}]") for n, (c, v) in enumerate(zip(codec.items, value, strict=True)))
    assert isinstance(codec, VecCodec | ArrayCodec)
    return tuple(from_json(codec.item, item, f"{where}[{n}]") for n, item in enumerate(value))
