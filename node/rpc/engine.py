"""`engine_*`: make and finalize blocks on request. Source: sc_consensus_manual_seal"""

from __future__ import annotations

from typing import Any

from chain.errors import ChainError
from node.node import Node
from node.rpc.errors import RpcError
from node.rpc.methods import method
from node.rpc.parameters import Hash

EMPTY_POOL, CONSENSUS = 10_003, 10_006
"""Error codes of the manual-seal engine."""
EMPTY_POOL_TEXT = "Transaction pool is empty, set create_empty to true, if you want to create empty blocks"


@method(unsafe=True)
def engine_createBlock(node: Node, create_empty: bool, finalize: bool, parent_hash: Hash | None = None) -> Any:
    """Make a block; without `create_empty` only if the pool has something to include."""
    if not create_empty and not node.pool.ready_count:
        raise RpcError(EMPTY_POOL, EMPTY_POOL_TEXT)
    try:
        made = node.make_block(parent=parent_hash, finalize=finalize)
    except ChainError as error:
        raise RpcError(CONSENSUS, f"Consensus Error: {error}") from None
    aux = {
        "header_only": False,
        "clear_justification_requests": False,
        "needs_justification": False,
        "bad_justification": False,
        "is_new_best": node.chain.best.hash == made,
    }
    return {"hash": made, "aux": aux}


@method(unsafe=True)
def engine_finalizeBlock(node: Node, hash: Hash, justification: list[int] | None = None) -> bool:
    """Make a block and all before it final."""
    raw = None if justification is None else bytes(justification)
    try:
        node.chain.finalize(hash, raw)
    except ChainError as error:
        raise RpcError(CONSENSUS, f"Consensus Error: {error}") from None
    return True
