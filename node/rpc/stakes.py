"""`stakeInfo_*`: locks, in SCALE. Source: subtensor_custom_rpc"""

from __future__ import annotations

from chain.types import AccountId
from node.node import Node
from node.rpc.methods import method
from node.rpc.parameters import U16, Address, Hash
from node.rpc.questions import ask


@method()
def stakeInfo_getColdkeyLock(node: Node, coldkey: Address, netuid: U16, at: Hash | None = None) -> list[int]:
    """A coldkey's lock on a subnet."""
    api = "StakeInfoRuntimeApi_get_coldkey_lock"
    return ask(node, at, "Unable to get coldkey lock", api, AccountId(coldkey), netuid)
