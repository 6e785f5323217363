"""Storage queries as the new JSON-RPC methods put them: what of which key.

Source: the JSON-RPC interface specification, chainHead_v1_storage and archive_v1_storage
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from chain.hashing import blake2_256
from chain.trie.tree import Trie
from node.rpc.errors import invalid_params
from node.rpc.parameters import Hex, decoder

KINDS = ("value", "hash", "closestDescendantMerkleValue", "descendantsValues", "descendantsHashes")
DESCENDANTS = ("descendantsValues", "descendantsHashes")

_hex = decoder(Hex)


@dataclass(frozen=True, slots=True)
class StorageItem:
    """One query: a key, what is asked of it, and behind which key the descendants begin."""

    key: bytes
    kind: str
    after: bytes | None = None


def read_items(items: list[dict[str, Any]]) -> list[StorageItem]:
    """The queries of a request. Raises: RpcError -32602 that names what is wrong."""
    return [_read_item(item, at) for at, item in enumerate(items)]


def _read_item(item: dict[str, Any], at: int) -> StorageItem:
    unknown = item.keys() - {"key", "type", "paginationStartKey"}
    if unknown:
        raise invalid_params(f"`items[{at}]`: unknown field `{min(unknown)}`")
    kind = item.get("type")
    if kind not in KINDS:
        raise invalid_params(f"`items[{at}].type`: expected one of {', '.join(KINDS)}")
    try:
        start = item.get("paginationStartKey")
        found = StorageItem(_hex(item.get("key")), kind, None if start is None else _hex(start))
    except ValueError as error:
        raise invalid_params(f"`items[{at}]`: expected {error}") from None
    if found.after is not None and kind not in DESCENDANTS:
        raise invalid_params(f"`items[{at}].paginationStartKey`: only descendants have pages")
    return found


def results(trie: Trie, item: StorageItem) -> Iterator[dict[str, Any]]:
    """What a state has for one query."""
    if item.kind in DESCENDANTS:
        for key, value in trie.items(item.key, after=item.after):
            yield _result(key, value, item.kind == "descendantsHashes")
    elif item.kind == "closestDescendantMerkleValue":
        node = trie.closest_descendant(item.key)
        if node is not None:
            # a reference is the Merkle value behind its length
            yield {"key": item.key, "closestDescendantMerkleValue": node.reference[1:]}
    else:
        found = trie.get(item.key)
        if found is not None:
            yield _result(item.key, found, item.kind == "hash")


def _result(key: bytes, value: bytes, is_hashed: bool) -> dict[str, Any]:
    return {"key": key, "hash": blake2_256(value)} if is_hashed else {"key": key, "value": value}
