"""`archive_v1_*`: any block that the node keeps, and its storage.

Source: the JSON-RPC interface specification, archive
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

from chain.errors import ChainError
from chain.hashing import blake2_256
from chain.trie.tree import Trie
from node.node import Node
from node.rpc.errors import invalid_params
from node.rpc.methods import method, subscription
from node.rpc.parameters import Hash, Hex, decoder
from node.rpc.storage_items import read_items, results
from runtime.frame.apis import call_api

TURN = 256
"""How many items of a query are told before others get their turn."""
RETURN_TYPES = ("value", "hash")

_hex = decoder(Hex)


@method()
def archive_v1_genesisHash(node: Node) -> bytes:
    """The hash of the genesis block."""
    return node.chain.genesis_hash


@method()
def archive_v1_finalizedHeight(node: Node) -> int:
    """The number of the last finalized block."""
    return node.chain.finalized.number


@method()
def archive_v1_hashByHeight(node: Node, height: int) -> list[bytes]:
    """The blocks with a number: one at most among the finalized ones, all that are known behind them."""
    if height <= node.chain.finalized.number:
        found = node.chain.hash_of(height)
        return [] if found is None else [found]
    return [block for block, header in node.unfinalized.items() if header.number == height]


@method()
def archive_v1_header(node: Node, hash: Hash) -> Any:
    """The SCALE encoding of a header; null for an unknown hash."""
    header = node.chain.header(hash)
    return None if header is None else header.encode()


@method()
def archive_v1_body(node: Node, hash: Hash) -> Any:
    """The extrinsics of a block; null for an unknown hash."""
    block = node.chain.block(hash)
    return None if block is None else list(block.extrinsics)


@method()
def archive_v1_call(node: Node, hash: Hash, function: str, call_parameters: Hex) -> Any:
    """The SCALE result of a runtime API method at a block, or why there is none; null for an unknown hash."""
    if node.chain.header(hash) is None:
        return None
    try:
        return {"success": True, "value": call_api(node.runtime(hash), function, call_parameters)}
    except ChainError as error:
        return {"success": False, "error": str(error)}


@subscription(notification="archive_v1_storageEvent", unsubscribe="archive_v1_stopStorage", tells_end=False)
async def archive_v1_storage(
    node: Node, hash: Hash, items: list[dict[str, Any]], child_trie: Hex | None = None
) -> AsyncIterator[Any]:
    """What some keys hold after a block, item by item."""
    queries = [] if child_trie is not None else read_items(items)

    def events() -> Iterator[dict[str, Any]]:
        trie = node.chain.trie(hash)
        for query in queries:
            for found in results(trie, query):
                yield {"event": "storage", **found}

    return _told(events(), "storageDone", "storageError")


@subscription(notification="archive_v1_storageDiffEvent", unsubscribe="archive_v1_stopStorageDiff", tells_end=False)
async def archive_v1_storageDiff(
    node: Node, hash: Hash, items: list[dict[str, Any]] | None = None, previous_hash: Hash | None = None
) -> AsyncIterator[Any]:
    """How storage differs between a block and its parent, or an earlier one, key by key."""
    queries = [_read_query(item, at) for at, item in enumerate([{"returnType": "value"}] if items is None else items)]

    def events() -> Iterator[dict[str, Any]]:
        before = previous_hash or node.header(hash).parent_hash
        old, new = node.chain.trie(before), node.chain.trie(hash)
        for prefix, return_type in queries:
            for key, was, now in differences(old, new, prefix):
                kind = "added" if was is None else "deleted" if now is None else "modified"
                value = now if now is not None else was
                assert value is not None
                shown = {"value": value} if return_type == "value" else {"hash": blake2_256(value)}
                yield {"event": "storageDiff", "key": key, **shown, "type": kind}

    return _told(events(), "storageDiffDone", "storageDiffError")


def _read_query(item: dict[str, Any], at: int) -> tuple[bytes, str]:
    if item.get("returnType") not in RETURN_TYPES:
        raise invalid_params(f"`items[{at}].returnType`: expected one of {', '.join(RETURN_TYPES)}")
    try:
        return _hex(item.get("key", "0x")), item["returnType"]
    except ValueError as error:
        raise invalid_params(f"`items[{at}].key`: expected {error}") from None


def differences(old: Trie, new: Trie, prefix: bytes) -> Iterator[tuple[bytes, bytes | None, bytes | None]]:
    """The keys under a prefix whose values differ, in order, with both values."""
    left, right = old.items(prefix), new.items(prefix)
    was, now = next(left, None), next(right, None)
    while was is not None or now is not None:
        if now is None or (was is not None and was[0] < now[0]):
            assert was is not None
            yield was[0], was[1], None
            was = next(left, None)
        elif was is None or now[0] < was[0]:
            yield now[0], None, now[1]
            now = next(right, None)
        else:
            if was[1] != now[1]:
                yield now[0], was[1], now[1]
            was, now = next(left, None), next(right, None)


async def _told(events: Iterator[dict[str, Any]], done: str, failed: str) -> AsyncIterator[Any]:
    """The events, and a last one that says how it ended."""
    try:
        for told, event in enumerate(events, 1):
            yield event
            if told % TURN == 0:
                await asyncio.sleep(0)
    except ChainError as error:
        yield {"event": failed, "error": str(error)}
    else:
        yield {"event": done}
