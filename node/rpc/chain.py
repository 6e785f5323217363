"""`chain_*`: headers and blocks."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from node.node import Node
from node.rpc.methods import method, subscription
from node.rpc.parameters import Hash, NumberOrHex
from node.rpc.shapes import block_json, header_json


@method()
def chain_getHeader(node: Node, hash: Hash | None = None) -> Any:
    """The header of a block, of the best one without a hash; null for an unknown hash."""
    header = node.chain.header(hash or node.chain.best.hash)
    return None if header is None else header_json(header)


@method()
def chain_getBlock(node: Node, hash: Hash | None = None) -> Any:
    """A block, the best one without a hash; null for an unknown hash."""
    block = node.chain.block(hash or node.chain.best.hash)
    return None if block is None else block_json(block)


@method(aliases=("chain_getHead",))
def chain_getBlockHash(node: Node, number: NumberOrHex | list[NumberOrHex] | None = None) -> Any:
    """The hash of a block of the best chain by number, of the best block without one; null where there is none."""
    if number is None:
        return node.chain.best.hash
    if isinstance(number, list):
        return [node.chain.hash_of(n) for n in number]
    return node.chain.hash_of(number)


@method(aliases=("chain_getFinalisedHead",))
def chain_getFinalizedHead(node: Node) -> bytes:
    """The hash of the last finalized block."""
    return node.chain.finalized.hash


@subscription(notification="chain_allHead", unsubscribe="chain_unsubscribeAllHeads")
async def chain_subscribeAllHeads(node: Node) -> AsyncIterator[Any]:
    """The header of each block that is imported; the best one at once."""
    imported = node.imported.subscribe()
    try:
        yield header_json(node.header())
        async for block in imported:
            yield header_json(block.header)
    finally:
        imported.close()


@subscription(
    notification="chain_newHead",
    unsubscribe="chain_unsubscribeNewHeads",
    aliases=("chain_subscribeNewHead", "subscribe_newHead"),
    unsubscribe_aliases=("chain_unsubscribeNewHead", "unsubscribe_newHead"),
)
async def chain_subscribeNewHeads(node: Node) -> AsyncIterator[Any]:
    """The header of each best block; the present one at once."""
    imported = node.imported.subscribe()
    try:
        yield header_json(node.header())
        async for block in imported:
            if block.is_best:
                yield header_json(block.header)
    finally:
        imported.close()


@subscription(
    notification="chain_finalizedHead",
    unsubscribe="chain_unsubscribeFinalizedHeads",
    aliases=("chain_subscribeFinalisedHeads",),
    unsubscribe_aliases=("chain_unsubscribeFinalisedHeads",),
)
async def chain_subscribeFinalizedHeads(node: Node) -> AsyncIterator[Any]:
    """The header of each finalized block; the last one at once."""
    finalized = node.finalized.subscribe()
    try:
        yield header_json(node.header(node.chain.finalized.hash))
        async for heads in finalized:
            for head in heads:
                yield header_json(node.header(head.hash))
    finally:
        finalized.close()
