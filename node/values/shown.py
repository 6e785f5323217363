"""Values of the chain as JSON: accounts as SS58 addresses, bytes as text or hexadecimal, enums by the variant's name.

Numbers beyond 2^53 - 1 are text, since many readers of JSON hold no more. `node.values.given` reads all of it back.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chain.errors import DecodeError, DispatchError, ModuleError
from chain.extrinsic import Extrinsic
from chain.hashing import blake2_256
from chain.keys import encode_ss58
from chain.scale.basic import BoolCodec, BytesCodec, CompactCodec, FixedBytesCodec, IntCodec, NamedCodec, StrCodec
from chain.scale.codec import Codec
from chain.scale.composites import EnumCodec, Field, PlainEnumCodec, StructCodec
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
from chain.scale.hints import SomeCodec
from chain.types import EraCodec, Id
from runtime.frame.call import RuntimeCall, RuntimeCallCodec
from runtime.frame.construct import Construct, OuterEnum, Runtime
from runtime.frame.errors import MEANINGS, DispatchErrorCodec, names_of_errors
from runtime.pallets.system import EventRecord

ACCOUNT = ("sp_core", "crypto", "AccountId32")
SAFE = (1 << 53) - 1
"""The largest whole number that a double holds with all below it."""


def to_json(codec: Codec, value: Any) -> Any:
    """A value that a codec reads, as JSON."""
    show = _SHOWN.get(type(codec))
    if show is None:
        show = next((s for kind, s in _SHOWN.items() if isinstance(codec, kind)), _show_raw)
        _SHOWN[type(codec)] = show
    return show(codec, value)


def _show_raw(codec: Codec, value: Any) -> Any:
    return f"0x{codec.encode(value).hex()}"


def show_number(value: int) -> int | str:
    """A whole number, as text where a double would lose some of it."""
    return value if abs(value) <= SAFE else str(int(value))


def _show_number(codec: Codec, value: Any) -> Any:
    return None if value is None else show_number(value)


def _show_itself(codec: Codec, value: Any) -> Any:
    return value


def show_bytes(value: bytes) -> str:
    """Bytes as the text that they are, or as hexadecimal."""
    try:
        text = value.decode()
    except UnicodeDecodeError:
        return f"0x{value.hex()}"
    return text if text.isprintable() and text and not text.startswith("0x") else f"0x{value.hex()}"


def _show_bytes(codec: Codec, value: bytes) -> str:
    return show_bytes(value)


def _show_named(codec: Any, value: Any) -> Any:
    return encode_ss58(value) if codec.path == ACCOUNT else to_json(codec.inner, value)


def _show_option(codec: Any, value: Any) -> Any:
    return None if value is None else to_json(codec.inner, value)


def _show_some(codec: Any, value: Any) -> Any:
    return None if value is None else {"Some": to_json(codec.inner, value.value)}


def show_fields(fields: tuple[Field, ...], value: Any) -> dict[str, Any]:
    """The fields of a struct or of a variant by their wire names."""
    return {f.wire_name or f.name: to_json(f.codec, getattr(value, f.name)) for f in fields}


def _show_struct(codec: Any, value: Any) -> Any:
    return show_fields(codec.fields, value)


def _show_enum(codec: Any, value: Any) -> Any:
    if isinstance(value, Id):
        return encode_ss58(value.value)
    for variant in codec.list_variants():
        if variant.cls is type(value):
            if not variant.fields:
                return variant.name
            if len(variant.fields) == 1 and variant.fields[0].wire_name is None:
                return {variant.name: to_json(variant.fields[0].codec, getattr(value, variant.fields[0].name))}
            return {variant.name: show_fields(variant.fields, value)}
    return {type(value).__name__: _show_raw(codec, value)}


def _show_plain_enum(codec: Any, value: Any) -> Any:
    return value.name


def _show_tuple(codec: Any, value: Any) -> Any:
    return [to_json(c, v) for c, v in zip(codec.items, value, strict=True)]


def _show_list(codec: Any, value: Any) -> Any:
    return [to_json(codec.item, item) for item in value]


def _show_set(codec: Any, value: Any) -> Any:
    return [to_json(codec.sequence.item, item) for item in sorted(value)]


def _show_map(codec: Any, value: Any) -> Any:
    key, item = codec.sequence.item.items
    return [[to_json(key, k), to_json(item, v)] for k, v in value.items()]


def _show_bits(codec: Any, value: Any) -> Any:
    return list(value)


def _show_era(codec: Any, value: Any) -> Any:
    return {"period": value.period, "phase": value.phase} if value.period else "immortal"


def _show_unit(codec: Any, value: Any) -> Any:
    return None


def call_json(codec: Codec, call: RuntimeCall) -> dict[str, Any]:
    """A call by its wire names."""
    bound = call.bound
    fields = zip(bound.fields, call.args, strict=True)
    return {
        "pallet": bound.pallet,
        "name": bound.name,
        "args": {f.wire_name or f.name: to_json(f.codec, value) for f, value in fields},
    }


def _show_outer(codec: Any, value: Any) -> Any:
    for pallet, inner in codec.pallets.values():
        for variant in inner.listed:
            if variant.cls is type(value):
                return {"pallet": pallet, "name": variant.name, "fields": show_fields(variant.fields, value)}
    return _show_raw(codec, value)


def _show_error(codec: Any, error: DispatchError) -> dict[str, Any]:
    if isinstance(error, ModuleError):
        return {"name": error.args[0], "doc": error_doc(error)}
    kind, index = getattr(error, "kind", None), getattr(error, "index", None)
    name = next(variant.name for variant in codec.wire.list_variants() if variant.index == index)
    return {"name": name if kind is None else f"{name}.{kind}", "doc": error_doc(error)}


def error_doc(error: DispatchError) -> str:
    """What an error means, in one line."""
    meaning = MEANINGS.get(getattr(error, "kind", None) or "")
    return meaning or " ".join((type(error).__doc__ or "").split())


def error_json(construct: Construct, error: DispatchError) -> dict[str, Any]:
    """Why a call failed: the pallet whose error it is (None for an error of every chain), its name, what it means."""
    shown = _show_error(construct.dispatch_error, error)
    for wire in construct.wire:
        if any(type(error) is cls for section in wire.sections for cls in section.errors.values()):
            return {"pallet": wire.name, **shown}
    return {"pallet": None, **shown}


def error_names(construct: Construct) -> list[str]:
    """All names that `error_json` may give."""
    own = [name for wire in construct.wire for section in wire.sections for name in section.errors]
    return [*dict.fromkeys(own), *names_of_errors()]


_SHOWN: dict[type[Codec], Callable[[Any, Any], Any]] = {
    SomeCodec: _show_some,
    UnitCodec: _show_unit,
    IntCodec: _show_number,
    CompactCodec: _show_number,
    BoolCodec: _show_itself,
    StrCodec: _show_itself,
    BytesCodec: _show_bytes,
    FixedBytesCodec: _show_raw,
    NamedCodec: _show_named,
    OptionCodec: _show_option,
    StructCodec: _show_struct,
    EnumCodec: _show_enum,
    PlainEnumCodec: _show_plain_enum,
    MapCodec: _show_map,
    SetCodec: _show_set,
    BitsCodec: _show_bits,
    TupleCodec: _show_tuple,
    VecCodec: _show_list,
    ArrayCodec: _show_list,
    PackedCodec: _show_list,
    EraCodec: _show_era,
    RuntimeCallCodec: call_json,
    OuterEnum: _show_outer,
    DispatchErrorCodec: _show_error,
}
"""How values of each kind of codec are shown; a subclass is looked for before what it extends."""


def event_json(runtime: Runtime, record: EventRecord) -> dict[str, Any]:
    """An event of a block. `extrinsic` is the index of the extrinsic that it belongs to, None for the block itself."""
    shown = to_json(runtime.construct.event, record.event)
    index = getattr(record.phase, "value", None)
    return {"extrinsic": index, "phase": type(record.phase).__name__, **shown}


def extrinsic_json(runtime: Runtime, raw: bytes) -> dict[str, Any]:
    """An extrinsic: its hash, who signed it (None for nobody) with what values of extensions, and its call."""
    try:
        extrinsic: Extrinsic = runtime.construct.format.decode(raw)
    except DecodeError as error:
        return {
            "hash": f"0x{blake2_256(raw).hex()}",
            "signer": None,
            "extensions": {},
            "call": None,
            "error": str(error),
        }
    names = [e for e in runtime.extensions if e.explicit is not None]
    values = {
        extension.identifier: to_json(codec, value)
        for extension, codec, value in zip(
            names, runtime.construct.format.extensions, extrinsic.extensions, strict=False
        )
    }
    signer = extrinsic.address
    return {
        "hash": f"0x{extrinsic.hash.hex()}",
        "signer": encode_ss58(signer.value) if isinstance(signer, Id) else None,
        "extensions": values,
        "call": call_json(runtime.construct.call, extrinsic.call),
    }
