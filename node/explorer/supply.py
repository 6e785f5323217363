"""The issuance against its cap, the halvings, and how a block's emission is divided."""

from __future__ import annotations

from typing import Any

from chain.errors import StateDiscarded
from node.node import Node
from node.values.shown import show_number
from runtime.fixed import U16_MAX
from runtime.pallets.emission.issuance import DEFAULT_BLOCK_EMISSION, calculate_block_emission, calculate_halvings
from runtime.pallets.subtensor.types import ROOT
from runtime.taonet import Taonet
from runtime.units import MAX_SUPPLY, TaoBalance

LAST = TaoBalance(MAX_SUPPLY - 1)
"""The most that can be issued while halvings can be counted, in rao."""
RATE_BLOCKS = 100
"""Over how many blocks the present rate is measured."""


def supply(node: Node) -> dict[str, Any]:
    """All that the explorer says of TAO as a whole, in rao."""
    runtime, best = node.runtime(), node.chain.best.number
    issuance = runtime.tao.TotalIssuance
    emission, halvings = calculate_block_emission(issuance), calculate_halvings(min(issuance, LAST))
    rate = _growth(node, issuance)
    threshold = threshold_of(halvings + 1)
    left = threshold - issuance
    ledger, pools = runtime.ledger, runtime.pools
    to_pools, to_buys = sum(ledger.SubnetTaoInEmission.values()), sum(ledger.SubnetExcessTao.values())
    return {
        "number": best,
        "issuance": show_number(issuance),
        "cap": show_number(MAX_SUPPLY),
        "blockEmission": emission,
        "halvings": halvings,
        "thresholds": [_threshold(k, issuance) for k in range(1, DEFAULT_BLOCK_EMISSION.bit_length() + 1)],
        "nextHalving": {
            "issuance": show_number(threshold),
            "missing": show_number(left),
            "blockAtFullEmission": best + -(-left // emission) if emission else None,
            "blockAtPresentRate": None if rate is None else best + -(-left * rate[1] // rate[0]),
        },
        "growth": None if rate is None else {"rao": show_number(rate[0]), "blocks": rate[1]},
        "toPools": show_number(to_pools),
        "toBuys": show_number(to_buys),
        "recycled": show_number(max(emission - to_pools - to_buys, 0)),
        "inPools": show_number(sum(pools.SubnetTAO.values()) - pools.SubnetTAO[ROOT]),
        "onRoot": show_number(pools.SubnetTAO[ROOT]),
        "split": _split(runtime),
    }


def threshold_of(halving: int) -> TaoBalance:
    """The issuance, in rao, from which on the emission has been halved so many times."""
    return TaoBalance(MAX_SUPPLY - (MAX_SUPPLY >> halving))


def _threshold(halving: int, issuance: int) -> dict[str, Any]:
    at = threshold_of(halving)
    return {
        "halving": halving,
        "issuance": show_number(at),
        "emission": DEFAULT_BLOCK_EMISSION >> halving,
        "isPassed": issuance >= at,
    }


def _growth(node: Node, issuance: int) -> tuple[int, int] | None:
    """By how much the issuance grew in how many of the last blocks; None where it did not, or nobody can tell."""
    best = node.chain.best.number
    block = node.chain.hash_of(max(best - RATE_BLOCKS, 0))
    if block is None or best == 0:
        return None
    try:
        before = node.runtime(block).tao.TotalIssuance
    except StateDiscarded:
        return None
    # the best block's state must stay the one that is kept loaded
    node.runtime()
    blocks = min(best, RATE_BLOCKS)
    # no more than blocks emit: the rest was made by hand, and will not go on
    grown = min(issuance - before, blocks * calculate_block_emission(before))
    return (grown, blocks) if grown > 0 else None


def _split(runtime: Taonet) -> dict[str, int]:
    """How a subnet's alpha is divided, in parts of 65535: owner, then miners and validators one half of the rest."""
    owner = runtime.parameters.SubnetOwnerCut
    rest = U16_MAX - owner
    return {"owner": owner, "miners": rest // 2, "validators": rest - rest // 2, "scale": U16_MAX}
