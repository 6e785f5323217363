"""`chainHead_v1_*`: the head of the chain, and what the blocks near it hold.

Source: the JSON-RPC interface specification, chainHead
"""

from __future__ import annotations

from itertools import islice
from typing import Any

from chain.types import H256
from node.node import Node
from node.rpc.errors import RpcError
from node.rpc.follow import INVALID_RUNTIME_CALL, Event, Follow, Operation
from node.rpc.methods import Caller, method, subscription
from node.rpc.parameters import Hash, Hex
from node.rpc.storage_items import DESCENDANTS, StorageItem, read_items, results
from runtime.frame.apis import call_api

REACHED_LIMITS = -32800
MAX_FOLLOWS = 2
"""How many subscriptions a connection may have."""
ITEMS_PER_EVENT = 256
ITEMS_PER_CONTINUE = 4096
"""After so many items of one query the client has to ask for more."""
LIMIT_REACHED = {"result": "limitReached"}


@subscription(
    notification="chainHead_v1_followEvent", unsubscribe="chainHead_v1_unfollow", with_caller=True, tells_end=False
)
async def chainHead_v1_follow(node: Node, caller: Caller, with_runtime: bool) -> Follow:
    """Follow the head: the finalized blocks, then each new, best and finalized block, which stay pinned for you."""
    if sum(isinstance(stream, Follow) for stream in caller.streams.values()) >= MAX_FOLLOWS:
        raise RpcError(REACHED_LIMITS, "Maximum number of chainHead_follow has been reached")
    return Follow(node, with_runtime)


def _follow(caller: Caller, identifier: str) -> Follow | None:
    found = caller.streams.get(identifier)
    return found if isinstance(found, Follow) and not found.has_stopped else None


@method(with_caller=True)
def chainHead_v1_header(node: Node, caller: Caller, follow_subscription: str, hash: Hash) -> Any:
    """The SCALE encoding of a pinned block's header; null where the subscription has ended."""
    follow = _follow(caller, follow_subscription)
    if follow is None:
        return None
    follow.ensure_pinned(hash)
    return node.header(hash).encode()


@method(with_caller=True)
def chainHead_v1_body(node: Node, caller: Caller, follow_subscription: str, hash: Hash) -> Any:
    """Ask for the extrinsics of a pinned block."""

    async def work(operation: Operation) -> Event:
        block = node.chain.block(hash)
        return {"event": "operationBodyDone", "value": [] if block is None else list(block.extrinsics)}

    follow = _follow(caller, follow_subscription)
    if follow is None or follow.room() < 1:
        return LIMIT_REACHED
    follow.ensure_pinned(hash)
    return {"result": "started", "operationId": follow.start(work)}


@method(with_caller=True)
def chainHead_v1_call(
    node: Node, caller: Caller, follow_subscription: str, hash: Hash, function: str, call_parameters: Hex
) -> Any:
    """Ask for the SCALE result of a runtime API method at a pinned block."""

    async def work(operation: Operation) -> Event:
        output = call_api(node.runtime(hash), function, call_parameters)
        return {"event": "operationCallDone", "output": output}

    follow = _follow(caller, follow_subscription)
    if follow is None:
        return LIMIT_REACHED
    follow.ensure_pinned(hash)
    if not follow.with_runtime:
        raise RpcError(
            INVALID_RUNTIME_CALL,
            "The `chainHead_follow` subscription was started with `withRuntime` set to `false`",
        )
    return {"result": "started", "operationId": follow.start(work)} if follow.room() >= 1 else LIMIT_REACHED


@method(with_caller=True)
def chainHead_v1_storage(
    node: Node,
    caller: Caller,
    follow_subscription: str,
    hash: Hash,
    items: list[dict[str, Any]],
    child_trie: Hex | None = None,
) -> Any:
    """Ask for storage of a pinned block; what there is no room for is discarded from the back."""
    queries = read_items(items)

    async def work(operation: Operation) -> Event:
        await _tell_items(node, hash, operation, [] if child_trie is not None else kept)
        return {"event": "operationStorageDone"}

    follow = _follow(caller, follow_subscription)
    if follow is None:
        return LIMIT_REACHED
    follow.ensure_pinned(hash)
    kept = queries[: max(follow.room(), 0)]
    if queries and not kept:
        return LIMIT_REACHED
    identifier = follow.start(work, len(kept))
    return {"result": "started", "operationId": identifier, "discardedItems": len(queries) - len(kept)}


async def _tell_items(node: Node, block: H256, operation: Operation, queries: list[StorageItem]) -> None:
    trie = node.chain.trie(block)
    single = [found for query in queries if query.kind not in DESCENDANTS for found in results(trie, query)]
    if single:
        operation.tell("operationStorageItems", items=single)
    for query in queries:
        found, told = results(trie, query) if query.kind in DESCENDANTS else iter(()), 0
        while page := list(islice(found, ITEMS_PER_EVENT)):
            if told and told % ITEMS_PER_CONTINUE == 0:
                await operation.wait_for_continue()
            operation.tell("operationStorageItems", items=page)
            told += len(page)


@method(with_caller=True)
def chainHead_v1_continue(node: Node, caller: Caller, follow_subscription: str, operation_id: str) -> None:
    """Let a storage query go on that waits for that."""
    follow = _follow(caller, follow_subscription)
    operation = None if follow is None else follow.operations.get(operation_id)
    if operation is not None:
        operation.go_on()


@method(with_caller=True)
def chainHead_v1_stopOperation(node: Node, caller: Caller, follow_subscription: str, operation_id: str) -> None:
    """End an operation that runs."""
    follow = _follow(caller, follow_subscription)
    if follow is not None:
        follow.stop(operation_id)


@method(with_caller=True)
def chainHead_v1_unpin(node: Node, caller: Caller, follow_subscription: str, hash_or_hashes: Hash | list[Hash]) -> None:
    """Let pinned blocks go, all or none."""
    follow = _follow(caller, follow_subscription)
    if follow is not None:
        hashes = hash_or_hashes if isinstance(hash_or_hashes, list) else [hash_or_hashes]
        follow.unpin(hashes)
