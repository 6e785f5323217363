"""`explorer_*`: what the explorer page shows. Safe, read only, and each answer is bounded."""

from __future__ import annotations

from typing import Any

from chain.types import H256, AccountId
from node.explorer import accounts, blocks, finding, subnets, supply
from node.node import CLIENT_NAME, VERSION, Node
from node.rpc.methods import method
from node.rpc.parameters import U8, U16, Address, Hash, NumberOrHex
from runtime.units import NetUid

MAX_BLOCKS = 100
MAX_EXTRINSICS = 100
MAX_ACCOUNTS = 200
MAX_HISTORY = 1 << 20


@method()
def explorer_chain(node: Node) -> dict[str, Any]:
    """Which chain this is, and the names of its development accounts by address."""
    runtime = node.runtime()
    return {
        "name": node.spec.name,
        "type": node.spec.chain_type,
        "client": f"{CLIENT_NAME} {VERSION}",
        "genesis": node.chain.genesis_hash,
        "specName": runtime.version.spec_name,
        "specVersion": runtime.version.spec_version,
        "names": accounts.names(node),
    }


@method()
def explorer_blocks(node: Node, from_: NumberOrHex | None = None, count: int = 20) -> list[dict[str, Any]]:
    """Lines for at most 100 blocks of the best chain, from number `from` down; from the best one without it."""
    best = node.chain.best.number
    return blocks.rows(node, best if from_ is None else min(from_, best), min(count, MAX_BLOCKS))


@method()
def explorer_block(node: Node, block: Hash | NumberOrHex, first: int = 0, limit: int = 50) -> dict[str, Any] | None:
    """A block by hash or number, with at most 100 of its extrinsics, decoded, from index `first`; null without one."""
    found = _hash_of(node, block)
    return None if found is None else blocks.block(node, found, first, min(limit, MAX_EXTRINSICS))


@method()
def explorer_extrinsics(node: Node, count: int = 10) -> list[dict[str, Any]]:
    """At most 100 of the newest signed extrinsics of the last 256 blocks, the newest first, as in a block."""
    return blocks.newest_signed(node, min(count, MAX_EXTRINSICS))


@method()
def explorer_extrinsic(node: Node, block: Hash | NumberOrHex, index: int) -> dict[str, Any] | None:
    """One extrinsic of a block, decoded, with its events and its outcome; null where there is none."""
    found = _hash_of(node, block)
    return None if found is None else blocks.extrinsic(node, found, index)


def _hash_of(node: Node, block: Hash | NumberOrHex) -> H256 | None:
    return node.chain.hash_of(block) if isinstance(block, int) else H256(block)


@method()
def explorer_account(node: Node, address: Address) -> dict[str, Any]:
    """An account: balances, stakes, hotkeys, neurons, subnets."""
    return accounts.account(node, AccountId(address))


@method()
def explorer_accounts(node: Node, limit: int = 50, after: Address | None = None) -> dict[str, Any]:
    """At most 200 accounts in the order of their storage keys, behind the account `after`; `next` goes on."""
    return accounts.page(node, min(limit, MAX_ACCOUNTS), None if after is None else AccountId(after))


@method()
def explorer_subnets(node: Node) -> dict[str, Any]:
    """Lines for all subnets: name, price, pool, emission."""
    return subnets.rows(node)


@method()
def explorer_subnet(node: Node, netuid: U16) -> dict[str, Any] | None:
    """A subnet with its parameters and at most 1,024 of its neurons; null where there is none."""
    return subnets.subnet(node, NetUid(netuid))


@method()
def explorer_bonds(node: Node, netuid: U16, mecid: U8 | None = None) -> dict[str, Any]:
    """The bonds of a subnet's mechanism by validator, at most 20,000 of them."""
    return subnets.bonds(node, NetUid(netuid), mecid or 0)


@method()
async def explorer_history(node: Node, netuid: U16, blocks: int = 1000, points: int = 60) -> list[dict[str, Any]]:
    """A subnet's price and pool at, at most, 120 of the last blocks, the oldest first."""
    return await subnets.history(node, NetUid(netuid), min(blocks, MAX_HISTORY), min(points, subnets.MAX_POINTS))


@method()
def explorer_supply(node: Node) -> dict[str, Any]:
    """The issuance, the halvings, and how a block's emission is divided."""
    return supply.supply(node)


@method()
async def explorer_find(node: Node, text: str) -> list[dict[str, Any]]:
    """What a text names: a block's number or hash, an extrinsic's hash, an address, a netuid."""
    return await finding.find(node, text)
