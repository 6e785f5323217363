"""`transaction_v1_*`: extrinsics that are offered again and again until the client stops that.

Source: the JSON-RPC interface specification, transaction
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from typing import Any

from chain.errors import DecodeError, TransactionError
from node.node import Node
from node.pool import PoolError
from node.rpc.errors import RpcError
from node.rpc.methods import Caller, method
from node.rpc.parameters import Hex

INVALID_OPERATION = -32602
MAX_BROADCASTS = 16
"""How many extrinsics one client may have broadcast at a time."""


class Broadcast:
    """An extrinsic that is offered to the pool with each block, until it is included or found invalid."""

    def __init__(self, node: Node, extrinsic: bytes) -> None:
        self._node, self._extrinsic = node, extrinsic
        self._imported = node.imported.subscribe()
        self._task = asyncio.get_running_loop().create_task(self._go_on())
        self._offer()

    def close(self) -> None:
        """Offer it no more; if it is in the pool it stays there."""
        self._task.cancel()
        self._imported.close()

    def _offer(self) -> None:
        """The client is told nothing of what becomes of it: it looks for its extrinsic in the blocks."""
        try:
            self._node.runtime().construct.format.decode(self._extrinsic)
            # a pool that is full now, or has it already, may take it later
            with contextlib.suppress(PoolError):
                self._node.pool.submit(self._extrinsic)
        except (DecodeError, TransactionError):
            self._imported.close()

    async def _go_on(self) -> None:
        async for news in self._imported:
            block = self._node.chain.block(news.hash)
            if block is not None and self._extrinsic in block.extrinsics:
                self._imported.close()
            else:
                self._offer()


@method(with_caller=True)
def transaction_v1_broadcast(node: Node, caller: Caller, transaction: Hex) -> str | None:
    """Offer an extrinsic until `transaction_v1_stop`; an id, null with too many. Invalid ones are dropped silently."""
    if sum(isinstance(kept, Broadcast) for kept in caller.kept.values()) >= MAX_BROADCASTS:
        return None
    identifier = os.urandom(8).hex()
    caller.kept[identifier] = Broadcast(node, transaction)
    return identifier


@method(with_caller=True)
def transaction_v1_stop(node: Node, caller: Caller, operation_id: str) -> Any:
    """Offer an extrinsic no more."""
    if not isinstance(caller.kept.get(operation_id), Broadcast):
        raise RpcError(INVALID_OPERATION, "Invalid operation id")
    caller.kept.pop(operation_id).close()
