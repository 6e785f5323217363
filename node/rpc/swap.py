"""`swap_*`: prices of alpha, and what swaps would give. Source: pallet_subtensor_swap_rpc"""

from __future__ import annotations

from chain.types import H256
from node.node import Node
from node.rpc.methods import method
from node.rpc.parameters import U16, U64, Hash
from node.rpc.questions import ask, failing
from runtime.apis.swap import SwapRuntimeApi
from runtime.units import NetUid


def _api(node: Node, at: H256 | None) -> SwapRuntimeApi:
    return SwapRuntimeApi(node.runtime(at))


@method()
def swap_currentAlphaPrice(node: Node, netuid: U16, at: Hash | None = None) -> int:
    """What one alpha of a subnet costs, in rao."""
    with failing("Unable to get current alpha price"):
        return _api(node, at).current_alpha_price(NetUid(netuid))


@method()
def swap_currentAlphaPriceAll(node: Node, at: Hash | None = None) -> list[dict[str, int]]:
    """What one alpha of each subnet costs, in rao."""
    with failing("Unable to get all current alpha prices"):
        prices = _api(node, at).current_alpha_price_all()
        return [{"netuid": each.netuid, "price": each.price} for each in prices]


@method()
def swap_simSwapTaoForAlpha(node: Node, netuid: U16, tao: U64, at: Hash | None = None) -> list[int]:
    """What `tao` rao would buy, in SCALE."""
    return ask(node, at, "Unable to simulate tao -> alpha swap", "SwapRuntimeApi_sim_swap_tao_for_alpha", netuid, tao)


@method()
def swap_simSwapAlphaForTao(node: Node, netuid: U16, alpha: U64, at: Hash | None = None) -> list[int]:
    """What `alpha` rao would bring, in SCALE."""
    why = "Unable to simulate alpha -> tao swap"
    return ask(node, at, why, "SwapRuntimeApi_sim_swap_alpha_for_tao", netuid, alpha)
