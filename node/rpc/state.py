"""`state_*`: storage, proofs, runtime calls, metadata. And `childstate_*`, which is empty on this chain."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from itertools import islice
from typing import Any

from chain.errors import StateDiscarded, UnknownBlock
from chain.hashing import blake2_256
from chain.trie.proof import read_proof
from chain.trie.tree import Trie
from chain.types import H256
from node.node import Node
from node.rpc.errors import RpcError
from node.rpc.methods import method, subscription
from node.rpc.parameters import Hash, Hex
from node.rpc.shapes import version_json
from runtime.code import CODE_KEY
from runtime.frame.apis import call_api

MAX_PAGE = 1000
"""How many keys `state_getKeysPaged` gives at most."""
INVALID_RANGE, INVALID_COUNT = 4001, 4002


def _trie(node: Node, block: H256 | None) -> Trie:
    return node.chain.trie(block or node.chain.best.hash)


@method(aliases=("state_callAt",))
def state_call(node: Node, name: str, bytes: Hex, hash: Hash | None = None) -> Any:
    """The SCALE result of a runtime API method."""
    return call_api(node.runtime(hash), name, bytes)


@method(aliases=("state_getStorageAt",))
def state_getStorage(node: Node, key: Hex, hash: Hash | None = None) -> Any:
    """The value of a storage key; null where there is none."""
    return _trie(node, hash).get(key)


@method(aliases=("state_getStorageHashAt",))
def state_getStorageHash(node: Node, key: Hex, hash: Hash | None = None) -> Any:
    """The BLAKE2b-256 hash of the value of a storage key."""
    value = _trie(node, hash).get(key)
    return None if value is None else blake2_256(value)


@method(aliases=("state_getStorageSizeAt",))
def state_getStorageSize(node: Node, key: Hex, hash: Hash | None = None) -> Any:
    """The size in bytes of a value, or of all values under a prefix; null where there is nothing."""
    trie = _trie(node, hash)
    value = trie.get(key)
    if value is not None:
        return len(value)
    total = sum(len(found) for _, found in trie.items(key))
    return total or None


@method()
def state_getKeys(node: Node, prefix: Hex, hash: Hash | None = None) -> Any:
    """All keys under a prefix, in order."""
    return list(_trie(node, hash).keys(prefix))


@method(unsafe=True)
def state_getPairs(node: Node, prefix: Hex, hash: Hash | None = None) -> Any:
    """All keys under a prefix with their values, in order."""
    return list(_trie(node, hash).items(prefix))


@method(aliases=("state_getKeysPagedAt",))
def state_getKeysPaged(
    node: Node, prefix: Hex | None, count: int, start_key: Hex | None = None, hash: Hash | None = None
) -> Any:
    """Up to `count` keys under a prefix that come behind `start_key`, in order."""
    if not 0 <= count <= MAX_PAGE:
        raise RpcError(INVALID_COUNT, f"count exceeds maximum value. value: {count}, max: {MAX_PAGE}")
    return list(islice(_trie(node, hash).keys(prefix or b"", after=start_key), count))


@method()
def state_queryStorageAt(node: Node, keys: list[Hex], at: Hash | None = None) -> Any:
    """The values of some keys after one block."""
    block = at or node.chain.best.hash
    trie = _trie(node, block)
    return [{"block": block, "changes": [[key, trie.get(key)] for key in keys]}]


@method(unsafe=True)
def state_queryStorage(node: Node, keys: list[Hex], block: Hash, hash: Hash | None = None) -> Any:
    """The values of some keys after `block`, and how they changed up to the block `hash` (the best one)."""
    chain = node.chain
    first, last = node.header(block), node.header(hash)
    ends = (block, hash or chain.best.hash)
    if first.number > last.number or not all(chain.is_canonical(end) for end in ends):
        raise RpcError(INVALID_RANGE, f"Cannot resolve a block range ['{first.number}' ... '{last.number}]")
    answers, before = [], dict[bytes, bytes | None]()
    for number in range(first.number, last.number + 1):
        at = chain.hash_of(number)
        assert at is not None
        trie = chain.trie(at)
        now: dict[bytes, bytes | None] = {key: trie.get(key) for key in keys}
        changes = [[key, now[key]] for key in keys if number == first.number or now[key] != before[key]]
        if changes:
            answers.append({"block": at, "changes": changes})
        before = now
    return answers


@method()
def state_getReadProof(node: Node, keys: list[Hex], hash: Hash | None = None) -> Any:
    """The trie nodes with which anyone who knows the state root can check the values of some keys."""
    block = hash or node.chain.best.hash
    return {"at": block, "proof": read_proof(_trie(node, block), keys)}


@method()
def state_getMetadata(node: Node, hash: Hash | None = None) -> Any:
    """The runtime's metadata, version 14."""
    from runtime.frame.metadata import encode_metadata

    return encode_metadata(node.runtime(hash).construct, 14)


@method(aliases=("chain_getRuntimeVersion",))
def state_getRuntimeVersion(node: Node, hash: Hash | None = None) -> Any:
    """The runtime's version."""
    return version_json(node.runtime(hash).system.Version)


@subscription(
    notification="state_runtimeVersion",
    unsubscribe="state_unsubscribeRuntimeVersion",
    aliases=("chain_subscribeRuntimeVersion",),
    unsubscribe_aliases=("chain_unsubscribeRuntimeVersion",),
)
async def state_subscribeRuntimeVersion(node: Node) -> AsyncIterator[Any]:
    """The runtime's version at once, and whenever another runtime is installed."""
    imported = node.imported.subscribe()
    try:
        code = _trie(node, None).get(CODE_KEY)
        yield version_json(node.runtime().system.Version)
        async for block in imported:
            now = _trie(node, block.hash).get(CODE_KEY) if block.is_best else code
            if now != code:
                code = now
                yield version_json(node.runtime(block.hash).system.Version)
    finally:
        imported.close()


@subscription(notification="state_storage", unsubscribe="state_unsubscribeStorage")
async def state_subscribeStorage(node: Node, keys: list[Hex] | None = None) -> AsyncIterator[Any]:
    """The values of some keys at once, then those that change with each best block; without keys, all that change."""
    if keys is None:
        return _all_changes(node)
    return _changes(node, list(dict.fromkeys(keys)))


async def _changes(node: Node, keys: list[Hex]) -> AsyncIterator[Any]:
    imported = node.imported.subscribe()
    try:
        best = node.chain.best.hash
        trie = _trie(node, best)
        told: dict[bytes, bytes | None] = {key: trie.get(key) for key in keys}
        yield {"block": best, "changes": [[key, told[key]] for key in keys]}
        async for block in imported:
            if not block.is_best:
                continue
            changed = _differing(node, block.hash, keys, told)
            if changed:
                yield {"block": block.hash, "changes": changed}
    finally:
        imported.close()


def _differing(
    node: Node, block: H256, keys: Iterable[bytes], told: dict[bytes, bytes | None]
) -> list[list[bytes | None]]:
    """The keys whose values are not what was told last; `told` follows."""
    try:
        trie = _trie(node, block)
    except (StateDiscarded, UnknownBlock):  # the reader is so far behind that the state is gone
        return []
    changed: list[list[bytes | None]] = []
    for key in keys:
        value = trie.get(key)
        if value != told[key]:
            told[key] = value
            changed.append([key, value])
    return changed


async def _all_changes(node: Node) -> AsyncIterator[Any]:
    imported = node.imported.subscribe()
    try:
        async for block in imported:
            if block.is_best and block.changes:
                yield {"block": block.hash, "changes": [[k, v] for k, v in sorted(block.changes.items())]}
    finally:
        imported.close()


@method(aliases=("childstate_getKeysPagedAt",))
def childstate_getKeysPaged(
    node: Node,
    storage_key: Hex,
    prefix: Hex | None,
    count: int,
    start_key: Hex | None = None,
    hash: Hash | None = None,
) -> Any:
    """The keys of a child trie: none, since this chain has no child tries."""
    _trie(node, hash)
    return []


@method()
def childstate_getKeys(node: Node, storage_key: Hex, prefix: Hex, hash: Hash | None = None) -> Any:
    """The keys of a child trie: none."""
    _trie(node, hash)
    return []


@method()
def childstate_getStorage(node: Node, storage_key: Hex, key: Hex, hash: Hash | None = None) -> Any:
    """A value of a child trie: null."""
    _trie(node, hash)


@method()
def childstate_getStorageEntries(node: Node, storage_key: Hex, keys: list[Hex], hash: Hash | None = None) -> Any:
    """Values of a child trie: all null."""
    _trie(node, hash)
    return [None for _ in keys]


@method()
def childstate_getStorageHash(node: Node, storage_key: Hex, key: Hex, hash: Hash | None = None) -> Any:
    """The hash of a value of a child trie: null."""
    _trie(node, hash)


@method()
def childstate_getStorageSize(node: Node, storage_key: Hex, key: Hex, hash: Hash | None = None) -> Any:
    """The size of a value of a child trie: null."""
    _trie(node, hash)


@method()
def state_getChildReadProof(node: Node, storage_key: Hex, keys: list[Hex], hash: Hash | None = None) -> Any:
    """The proof that a child trie is not there."""
    block = hash or node.chain.best.hash
    return {"at": block, "proof": read_proof(_trie(node, block), [storage_key])}
