"""Storage as people write and read it: raw pairs, or values by pallet and item, and back from raw keys and values.

    [["0x26aa...", "0x00"], ["0x3f14...", null]]
    {"Sudo": {"Key": "5Grwva..."}, "System": {"Account": [[["5Grwva..."], {"providers": 1, "data": {"free": 500}}]]}}

`{"Pallet": {"$removePrefix": ["Item"]}}` removes a whole item.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from chain.errors import DecodeError
from chain.scale.basic import BytesCodec, FixedBytesCodec
from chain.scale.codec import Codec
from node.values.given import from_json, plain
from node.values.names import ValueFault, nearest
from node.values.shown import show_bytes, to_json
from runtime.frame.construct import Construct, Runtime
from runtime.frame.storage import Accessor

Changes = dict[bytes, bytes | None]
PREFIX_LENGTH = 32
"""How many bytes of a storage key name the pallet and the item."""


def storage_changes(runtime: Runtime, values: Any) -> Changes:
    """The raw changes that `values` ask for. Raises: ValueFault."""
    if isinstance(values, list):
        return dict(_raw_pair(pair) for pair in values)
    if not isinstance(values, dict):
        raise ValueFault("storage is a list of [key, value] or an object by pallet and item")
    changes: Changes = {}
    for pallet, items in values.items():
        if not isinstance(items, dict):
            raise ValueFault(f"{pallet}: not an object of items")
        for item, value in items.items():
            if item == "$removePrefix":
                for name in value:
                    accessor = find_item(runtime.construct, pallet, name)
                    changes |= dict.fromkeys(runtime.state.keys(accessor.prefix))
            else:
                changes |= _item_changes(runtime.construct, pallet, item, value)
    return changes


def _raw_pair(pair: Any) -> tuple[bytes, bytes | None]:
    try:
        key, value = pair
        return _hex(key), None if value is None else _hex(value)
    except (TypeError, ValueError, AttributeError):
        raise ValueFault(f"{pair!r} is not [hexadecimal key, hexadecimal value or null]") from None


def _hex(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x"))


def find_item(construct: Construct, pallet: str, item: str) -> Accessor:
    """The storage item with these wire names. Raises: ValueFault that suggests the nearest."""
    try:
        return construct.accessor(pallet, item)
    except KeyError as error:
        items = list_items(construct)
        known = items.get(pallet)
        hint = nearest(pallet, items) if known is None else nearest(item, known)
        raise ValueFault(f"{error.args[0]}{hint}") from None


def list_items(construct: Construct) -> dict[str, list[str]]:
    """The names of all storage items by pallet, in the order of the metadata."""
    return {
        wire.name: [name for section in wire.sections for name in construct.accessors[section]]
        for wire in construct.wire
    }


def _item_changes(construct: Construct, pallet: str, item: str, value: Any) -> Changes:
    accessor, where = find_item(construct, pallet, item), f"{pallet}.{item}"
    if not accessor.keys:
        return {accessor.prefix: _encode(accessor.value, value, where)}
    if not isinstance(value, list):
        raise ValueFault(f"{where}: a map is a list of [[keys], value]")
    changes: Changes = {}
    for entry in value:
        if not (isinstance(entry, list) and len(entry) == 2 and isinstance(entry[0], list)):
            raise ValueFault(f"{where}: {entry!r} is not [[keys], value]")
        if len(entry[0]) != len(accessor.keys):
            raise ValueFault(f"{where}: {len(accessor.keys)} keys are needed, {len(entry[0])} given")
        key = storage_key(accessor, entry[0], where)
        changes[key] = _encode(accessor.value, entry[1], where)
    return changes


def storage_key(accessor: Accessor, parts: Iterable[Any], where: str) -> bytes:
    """The storage key under `parts`, fewer of them for a prefix. Raises: ValueFault."""
    given = list(parts)
    if len(given) > len(accessor.keys):
        raise ValueFault(f"{where}: {len(accessor.keys)} keys are needed, {len(given)} given")
    keys = [from_json(codec, k, where) for (codec, _), k in zip(accessor.keys, given, strict=False)]
    try:
        return accessor.key(*keys)
    except (OverflowError, ValueError, TypeError) as error:
        raise ValueFault(f"{where}: {error}") from None


def _encode(codec: Codec, value: Any, where: str) -> bytes | None:
    if value is None:
        return None
    is_hex = isinstance(value, str) and value.startswith("0x")
    if is_hex and not isinstance(plain(codec), BytesCodec | FixedBytesCodec):
        return _hex(value)
    try:
        return codec.encode(from_json(codec, value, where))
    except (OverflowError, ValueError, TypeError, KeyError, AttributeError) as error:
        if isinstance(error, ValueFault):
            raise
        raise ValueFault(f"{where}: {error}") from None


# -- from raw storage back ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Entry:
    """What a storage key names: pallet and item, and the key's parts, as JSON. None where nothing of it is known."""

    pallet: str | None
    item: str | None
    keys: tuple[Any, ...]
    codec: Codec | None

    def value(self, raw: bytes | None) -> Any:
        """A stored value as JSON: hexadecimal where it cannot be read, None for nothing."""
        if raw is None:
            return None
        try:
            if self.codec is not None:
                return to_json(self.codec, self.codec.decode(raw, 0)[0])
        except DecodeError:
            pass
        return f"0x{raw.hex()}"


@lru_cache(maxsize=8)
def _by_prefix(construct: Construct) -> dict[bytes, tuple[str, str, Accessor]]:
    return {
        accessor.prefix: (wire.name, name, accessor)
        for wire in construct.wire
        for section in wire.sections
        for name, accessor in construct.accessors[section].items()
    }


def entry_of(construct: Construct, key: bytes) -> Entry:
    """What a storage key names. Of parts whose hash cannot be turned back, the hash is given."""
    found = _by_prefix(construct).get(key[:PREFIX_LENGTH])
    if found is None:
        return Entry(None, None, (show_bytes(key),), None)
    pallet, item, accessor = found
    at, parts = PREFIX_LENGTH, []
    for codec, hasher in accessor.keys:
        if hasher.reversible:
            value, at = codec.decode(key, at + hasher.size)
            parts.append(to_json(codec, value))
        else:
            parts.append(f"0x{key[at : at + hasher.size].hex()}")
            at += hasher.size
    return Entry(pallet, item, tuple(parts), accessor.value)
