"""`subnetInfo_*`: subnets and their neurons, most in SCALE. Source: subtensor_custom_rpc"""

from __future__ import annotations

from chain.types import H256, AccountId
from node.node import Node
from node.rpc.errors import RpcError
from node.rpc.methods import method
from node.rpc.parameters import U8, U16, Address, Hash
from node.rpc.questions import ask, failing
from runtime.apis.subnets import SubnetInfoRuntimeApi, SubnetRegistrationRuntimeApi

INFO, INFOS = "Unable to get subnet info", "Unable to get subnets info"
MARKET, GRAPHS, SELECTION = (
    "Unable to get dynamic subnets info",
    "Unable to get metagraps",
    "Unable to get selective metagraph",
)
"""What the chain says where a question fails."""


def _ask(node: Node, at: H256 | None, why: str, name: str, *values: object) -> list[int]:
    return ask(node, at, why, f"SubnetInfoRuntimeApi_{name}", *values)


@method()
def subnetInfo_getSubnetInfo(node: Node, netuid: U16, at: Hash | None = None) -> list[int]:
    """The figures of a subnet."""
    return _ask(node, at, INFO, "get_subnet_info", netuid)


@method()
def subnetInfo_getSubnetsInfo(node: Node, at: Hash | None = None) -> list[int]:
    """The figures of all subnets."""
    return _ask(node, at, INFOS, "get_subnets_info")


@method()
def subnetInfo_getSubnetInfo_v2(node: Node, netuid: U16, at: Hash | None = None) -> list[int]:
    """The figures of a subnet, and what its owner tells of it."""
    return _ask(node, at, INFO, "get_subnet_info_v2", netuid)


@method()
def subnetInfo_getSubnetsInfo_v2(node: Node, at: Hash | None = None) -> list[int]:
    """The figures of all subnets, and what their owners tell of them."""
    return _ask(node, at, INFOS, "get_subnets_info_v2")


@method()
def subnetInfo_getSubnetHyperparams(node: Node, netuid: U16, at: Hash | None = None) -> list[int]:
    """The hyperparameters of a subnet, in their first form."""
    return _ask(node, at, INFO, "get_subnet_hyperparams", netuid)


@method()
def subnetInfo_getSubnetHyperparamsV2(node: Node, netuid: U16, at: Hash | None = None) -> list[int]:
    """The hyperparameters of a subnet, in their second form."""
    return _ask(node, at, INFO, "get_subnet_hyperparams_v2", netuid)


@method()
def subnetInfo_getAllDynamicInfo(node: Node, at: Hash | None = None) -> list[int]:
    """The markets of all subnets."""
    return _ask(node, at, MARKET, "get_all_dynamic_info")


@method()
def subnetInfo_getDynamicInfo(node: Node, netuid: U16, at: Hash | None = None) -> list[int]:
    """The market of a subnet."""
    return _ask(node, at, MARKET, "get_dynamic_info", netuid)


@method()
def subnetInfo_getAllMetagraphs(node: Node, at: Hash | None = None) -> list[int]:
    """All subnets and all their neurons."""
    return _ask(node, at, GRAPHS, "get_all_metagraphs")


@method()
def subnetInfo_getMetagraph(node: Node, netuid: U16, at: Hash | None = None) -> list[int]:
    """A subnet and all its neurons."""
    return _ask(node, at, MARKET, "get_metagraph", netuid)


@method()
def subnetInfo_getAllMechagraphs(node: Node, at: Hash | None = None) -> list[int]:
    """The metagraphs of all mechanisms."""
    return _ask(node, at, GRAPHS, "get_all_mechagraphs")


@method()
def subnetInfo_getMechagraph(node: Node, netuid: U16, mecid: U8, at: Hash | None = None) -> list[int]:
    """The metagraph of one mechanism of a subnet."""
    return _ask(node, at, MARKET, "get_mechagraph", netuid, mecid)


@method()
def subnetInfo_getSubnetState(node: Node, netuid: U16, at: Hash | None = None) -> list[int]:
    """The neurons of a subnet."""
    return _ask(node, at, "Unable to get subnet state info", "get_subnet_state", netuid)


@method()
def subnetInfo_getSelectiveMetagraph(
    node: Node, netuid: U16, metagraph_index: list[U16], at: Hash | None = None
) -> list[int]:
    """The asked fields of a metagraph."""
    return _ask(node, at, SELECTION, "get_selective_metagraph", netuid, tuple(metagraph_index))


@method()
def subnetInfo_getColdkeyAutoStakeHotkey(
    node: Node, coldkey: Address, netuid: U16, at: Hash | None = None
) -> list[int]:
    """Where a coldkey's incentives on a subnet are staked to."""
    return _ask(
        node, at, "Unable to get coldkey auto stake hotkey", "get_coldkey_auto_stake_hotkey", AccountId(coldkey), netuid
    )


@method()
def subnetInfo_getSelectiveMechagraph(
    node: Node, netuid: U16, mecid: U8, metagraph_index: list[U16], at: Hash | None = None
) -> list[int]:
    """The asked fields of a mechanism's metagraph."""
    return _ask(node, at, SELECTION, "get_selective_mechagraph", netuid, mecid, tuple(metagraph_index))


@method()
def subnetInfo_getSubnetAccountId(node: Node, netuid: U16, at: Hash | None = None) -> list[int]:
    """The account that holds a subnet's TAO."""
    try:
        return _ask(node, at, INFO, "get_subnet_account_id", netuid)
    except RpcError as error:
        raise RpcError(error.code, "Subnet does not exist") from None


@method()
def subnetInfo_getLockCost(node: Node, at: Hash | None = None) -> int:
    """What a subnet costs, in rao."""
    with failing("Unable to get subnet lock cost"):
        api = SubnetRegistrationRuntimeApi(node.runtime(at))
        return api.get_network_registration_cost()


@method()
def subnetInfo_getSubnetToPrune(node: Node, at: Hash | None = None) -> int | None:
    """The subnet that would make room for another; null while all are immune."""
    with failing("Unable to get subnet to prune"):
        return SubnetInfoRuntimeApi(node.runtime(at)).get_subnet_to_prune()
