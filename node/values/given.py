"""Values as people write them, in JSON or plain Python: turned into what a codec encodes.

Numbers may be text, accounts SS58 addresses or secret URIs such as `//Alice`, bytes text or hexadecimal. Fields that
are left out of a struct have its defaults. A call is `{"pallet": "Balances", "name": "burn", "args": {"value": 1}}`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from chain.keys import KeyFormatError, Keypair, decode_ss58
from chain.scale.basic import (
    BoolCodec,
    BytesCodec,
    CompactCodec,
    FixedBytesCodec,
    IntCodec,
    NamedCodec,
    StrCodec,
    is_unit,
)
from chain.scale.codec import Codec
from chain.scale.composites import EnumCodec, Field, PlainEnumCodec, StructCodec
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
from chain.types import AccountId, Id, MultiAddress
from node.values.amounts import COMMAS, fit_amount, parse_amount
from node.values.names import ValueFault, nearest
from runtime.frame.call import RuntimeCall, RuntimeCallCodec

DEV_NAMES = ("Alice", "Bob", "Charlie", "Dave", "Eve", "Ferdie", "One", "Two", "Three")
"""The names of development accounts: `Alice` is the key of `//Alice`."""


def plain(codec: Codec) -> Codec:
    """The codec without the name that metadata gives it."""
    while isinstance(codec, NamedCodec):
        codec = codec.inner
    return codec


def from_json(codec: Codec, value: Any, where: str) -> Any:
    """The Python value that a codec encodes, from JSON. Raises: ValueFault that names the field."""
    codec = plain(codec)
    if isinstance(codec, UnitCodec):
        return None
    if isinstance(codec, RuntimeCallCodec):
        return _call(codec, value, where)
    if isinstance(codec, IntCodec | CompactCodec):
        return _in_range(codec, _number(value, where), where)
    if isinstance(codec, BoolCodec | StrCodec):
        expected = bool if isinstance(codec, BoolCodec) else str
        if not isinstance(value, expected):
            raise ValueFault(f"{where}: {value!r} is not {expected.__name__}")
        return value
    if isinstance(codec, BytesCodec | FixedBytesCodec):
        return _bytes(codec, value, where)
    if isinstance(codec, OptionCodec):
        return None if value is None else from_json(codec.inner, value, where)
    if isinstance(codec, StructCodec):
        return _struct(codec, value, where)
    if isinstance(codec, EnumCodec):
        if codec.path == MultiAddress.scale_path and not isinstance(value, dict | MultiAddress):
            return Id(account_of(value, where))
        return _enum(codec, value, where)
    if isinstance(codec, PlainEnumCodec):
        if isinstance(value, codec.cls):
            return value
        try:
            return codec.cls[value]
        except KeyError:
            raise ValueFault(f"{where}: {value!r} is none of {', '.join(m.name for m in codec.cls)}") from None
    return _container(codec, value, where)


def split_name(name: str) -> tuple[str, str]:
    """`Pallet.item` as its two names. Raises: ValueFault for anything else."""
    pallet, dot, item = name.partition(".")
    if not dot or not item:
        raise ValueFault(f"{name!r} is not Pallet.name")
    return pallet, item


def account_of(value: Any, where: str) -> AccountId:
    """The account that a value names. Raises: ValueFault."""
    if isinstance(value, Keypair):
        return value.account
    if isinstance(value, bytes) and len(value) == 32:
        return AccountId(value)
    try:
        if isinstance(value, str) and value.startswith("//"):
            return dev_key(value).account
        if isinstance(value, str) and value.startswith("0x") and len(value) == 66:
            return AccountId(bytes.fromhex(value[2:]))
        return decode_ss58(str(value))
    except (ValueError, KeyFormatError) as error:
        raise ValueFault(f"{where}: {value!r} names no account: {error}") from None


@lru_cache(maxsize=1024)
def dev_key(uri: str) -> Keypair:
    """The sr25519 key of a secret URI such as `//Alice`. Raises: KeyFormatError."""
    return Keypair.from_uri(uri)


def _call(codec: RuntimeCallCodec, value: Any, where: str) -> RuntimeCall:
    if isinstance(value, RuntimeCall):
        return value
    if not (isinstance(value, dict) and set(value) <= {"pallet", "name", "args"} and {"pallet", "name"} <= set(value)):
        raise ValueFault(f"{where}: {value!r} is not {{pallet, name, args}}")
    return call_of(codec, value["pallet"], value["name"], value.get("args") or {})


def call_of(codec: RuntimeCallCodec, pallet: str, name: str, arguments: Mapping[str, Any]) -> RuntimeCall:
    """A call by its wire names. Raises: ValueFault that suggests the nearest name."""
    where = f"{pallet}.{name}"
    try:
        bound = codec.find(pallet, name)
    except KeyError:
        names = codec.names()
        if pallet not in names:
            raise ValueFault(f"no pallet {pallet} has calls{nearest(pallet, names)}") from None
        raise ValueFault(f"{pallet} has no call {name}{nearest(name, names[pallet])}") from None
    fields = {f.wire_name or f.name: f for f in bound.fields}
    unknown = [given for given in arguments if given not in fields]
    if unknown:
        hint = nearest(unknown[0], fields)
        raise ValueFault(f"{where} has no argument {unknown[0]}{hint}; it takes {', '.join(fields) or 'none'}")
    missing = [needed for needed in fields if needed not in arguments]
    if missing:
        raise ValueFault(f"{where}: argument {missing[0]} is missing; it takes {', '.join(fields)}")
    subnets = {value for name, value in arguments.items() if name.endswith("netuid") and isinstance(value, int)}
    return RuntimeCall(bound, tuple(_argument(f, arguments[n], f"{where}.{n}", subnets) for n, f in fields.items()))


def _argument(field: Field, value: Any, where: str, subnets: set[int]) -> Any:
    """An argument of a call; a number may be an amount with its unit."""
    inner = plain(field.codec)
    inner = plain(inner.inner) if isinstance(inner, OptionCodec) else inner
    if isinstance(value, str) and isinstance(inner, IntCodec | CompactCodec):
        amount = parse_amount(value)
        if amount is not None:
            return _in_range(inner, fit_amount(amount, field.type_name or "", subnets, where), where)
    return from_json(field.codec, value, where)


def _number(value: Any, where: str) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and ("," not in value or COMMAS.fullmatch(value)):
        try:
            return int(value.replace(",", ""), 0)
        except ValueError:
            pass
    raise ValueFault(f"{where}: {value!r} is not a whole number")


def _in_range(codec: Codec, number: int, where: str) -> int:
    inner: Any = codec
    while not isinstance(inner, IntCodec) and not is_unit(inner):
        inner = inner.inner
    if isinstance(inner, IntCodec) and not inner.bounds[0] <= number <= inner.bounds[1]:
        raise ValueFault(f"{where}: {number} is not a number from {inner.bounds[0]} to {inner.bounds[1]}")
    return number


def _bytes(codec: Codec, value: Any, where: str) -> bytes:
    if isinstance(value, bytes):
        return value
    if isinstance(codec, FixedBytesCodec) and codec.size == 32 and not _is_hex(value):
        return account_of(value, where)
    if isinstance(value, str):
        try:
            return bytes.fromhex(value[2:]) if value.startswith("0x") else value.encode()
        except ValueError as error:
            raise ValueFault(f"{where}: {error}") from None
    raise ValueFault(f"{where}: {value!r} is neither hexadecimal nor an address")


def _is_hex(value: Any) -> bool:
    return isinstance(value, str) and value.startswith("0x")


def _struct(codec: StructCodec, value: Any, where: str) -> Any:
    if isinstance(value, codec.cls):
        return value
    if not isinstance(value, dict):
        raise ValueFault(f"{where}: {value!r} is not an object")
    by_name = {f.wire_name or f.name: f for f in codec.fields}
    unknown = sorted(set(value) - set(by_name))
    if unknown:
        raise ValueFault(f"{where}: no field {unknown[0]!r}; there are {', '.join(by_name)}")
    defaults = {f.name: f.default for f in dataclasses.fields(codec.cls)}
    filled = {}
    for name, f in by_name.items():
        if name in value:
            filled[f.name] = from_json(f.codec, value[name], f"{where}.{name}")
        elif defaults[f.name] is dataclasses.MISSING:
            raise ValueFault(f"{where}: field {name!r} is missing")
    return codec.cls(**filled)


def _enum(codec: EnumCodec, value: Any, where: str) -> Any:
    variants = codec.list_variants()
    if any(type(value) is variant.cls for variant in variants):
        return value
    if not isinstance(value, str | dict) or not value:
        raise ValueFault(f"{where}: {value!r} names no variant")
    name, inner = (value, None) if isinstance(value, str) else next(iter(value.items()))
    for variant in variants:
        if variant.name == name:
            if not variant.fields:
                return variant.cls()
            if len(variant.fields) == 1 and variant.fields[0].wire_name is None:
                return variant.cls(from_json(variant.fields[0].codec, inner, f"{where}.{name}"))
            if not isinstance(inner, dict):
                raise ValueFault(f"{where}.{name}: {inner!r} is not an object")
            fields = {
                f.name: from_json(f.codec, inner[f.wire_name or f.name], f"{where}.{name}.{f.wire_name}")
                for f in variant.fields
            }
            return variant.cls(**fields)
    raise ValueFault(f"{where}: no variant {name!r}")


def _container(codec: Codec, value: Any, where: str) -> Any:
    if isinstance(codec, MapCodec):
        pair = codec.sequence.item
        assert isinstance(pair, TupleCodec)
        entries = value.items() if isinstance(value, dict) else value
        return {from_json(pair.items[0], k, where): from_json(pair.items[1], v, where) for k, v in entries}
    if not isinstance(value, list | tuple):
        raise ValueFault(f"{where}: {value!r} is not a list")
    if isinstance(codec, SetCodec):
        return frozenset(from_json(codec.sequence.item, item, where) for item in value)
    if isinstance(codec, BitsCodec):
        return tuple(value)
    if isinstance(codec, TupleCodec):
        if len(value) != len(codec.items):
            raise ValueFault(f"{where}: {len(codec.items)} items are needed, {len(value)} given")
        return tuple(from_json(c, v, f"{where}[{n}]") for n, (c, v) in enumerate(zip(codec.items, value, strict=True)))
    assert isinstance(codec, VecCodec | ArrayCodec)
    return tuple(from_json(codec.item, item, f"{where}[{n}]") for n, item in enumerate(value))
